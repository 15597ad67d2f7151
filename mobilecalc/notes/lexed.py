"""LaTeX: its code and comments, known from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mobilecalc.notes.markers import Marker, Markers


def read(markers: Markers, skip: Callable[[int, int], int]) -> Iterator[Marker]:
    """The markers outside of code.

    `skip` reads from a position to that of a marker, and returns the latter, or the end of the code
    that the marker is in.
    """
    at = 0
    while (lead := markers.after(at)) is not None:
        at = skip(at, lead.start())
        if at > lead.start():
            continue
        marker = markers.read(lead)
        yield marker
        at = marker.end
        if marker.kind == "question":
            for marker in markers.answer(at):
                yield marker
                at = marker.end


_LATEX_LEAD = re.compile(r"%(?P<gap>[ \t]*)(?P<word>/?mobilecalc)\b", re.IGNORECASE)

_NO_LEAD = r"(?![ \t]*/?(?i:mobilecalc)\b)"

_ENVIRONMENTS = (
    r"[BL]?[Vv]erbatim\*?|SaveVerbatim|VerbatimOut|lstlisting|minted|comment|alltt|filecontents\*?"
    "|tcblisting|pycode|pyverbatim|python"
)

_CODE = (
    rf"begin\s{{0,9}}\{{(?P<name>{_ENVIRONMENTS})\}}"
    r"|(?:verb(?![a-zA-Z])\*?|lstinline(?:\[[^\]\n]{0,200}\])?"
    r"|mintinline(?:\[[^\]\n]{0,200}\])?\{[\w+-]{0,50}\})"
    r"(?P<bar>[^\w\s*])"
)

_NAMELESS = re.sub("[?]P<[a-z]+>", "?:", _CODE)

_LATEX = re.compile(
    rf"\\(?:{_CODE})|(?:(?:\\(?!{_NAMELESS}).?|%{_NO_LEAD}[^\n]*)[^\\%]*){{1,1000}}", re.DOTALL
)
"""An environment or a command of code; or characters that a backslash escapes, and comments."""


def latex(text: str) -> Iterator[Marker]:
    """The markers of a document in LaTeX, and of each answer what comes first in it.

    An environment of code that nothing ends reaches to the end of the document, as in TeX.
    """
    line = 0
    found = _LATEX.search(text)

    def skip(at: int, target: int) -> int:
        nonlocal found
        while at < target:
            if found is not None and found.start() < at:
                found = _LATEX.search(text, at)
            if found is None or found.start() >= target:
                return target
            at = behind(found)
        return at

    def behind(found: re.Match[str]) -> int:
        nonlocal line
        if bar := found["bar"]:
            if line < found.end():
                line = text.find("\n", found.end())
                line = len(text) if line < 0 else line
            closing = text.find("}" if bar == "{" else bar, found.end(), line)
            return closing + 1 if closing >= 0 else line
        if name := found["name"]:
            closing = text.find(f"\\end{{{name}}}", found.end())
            return closing if closing >= 0 else len(text)
        return found.end()

    return read(Markers(text, _LATEX_LEAD, ""), skip)
