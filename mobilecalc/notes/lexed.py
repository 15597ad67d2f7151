"""LaTeX and Typst: their code and comments, known from left to right."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mobilecalc.notes.markers import Marker, Markers

Skip = Callable[[str, "re.Match[str]"], int]


def _read(text: str, markers: Markers, token: re.Pattern[str], skip: Skip) -> Iterator[Marker]:
    """The markers outside of what `token` begins; `skip` says where that ends."""
    at = 0
    found = token.search(text)
    while (lead := markers.after(at)) is not None:
        if found is not None and found.start() < at:
            found = token.search(text, at)
        if found is not None and found.start() < lead.start():
            at = skip(text, found)
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

    def skip(text: str, found: re.Match[str]) -> int:
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

    return _read(text, Markers(text, _LATEX_LEAD, ""), _LATEX, skip)


_TYPST_LEAD = re.compile(r"(?://|(?P<gap>/\*))[ \t]*(?P<word>/?mobilecalc)\b", re.IGNORECASE)

_TYPST = re.compile(
    rf"`+|/\*|(?:(?:\\.?|(?<=:)//|//{_NO_LEAD}[^\n]*|/(?![/*]))[^\\/`]*){{1,1000}}", re.DOTALL
)
"""Raw text, a comment of several lines; or escaped characters, addresses and comments."""

_NESTED = re.compile(r"/\*|\*/")


def typst(text: str) -> Iterator[Marker]:
    """The markers of a document in Typst, and of each answer what comes first in it."""
    return _read(text, Markers(text, _TYPST_LEAD, ""), _TYPST, _skip_typst)


def _skip_typst(text: str, found: re.Match[str]) -> int:
    ticks = found.end() - found.start()
    if text[found.start()] == "`" and ticks != 2:
        closing = text.find("`" * ticks, found.end())
        return closing + ticks if closing >= 0 else len(text)
    if found[0] == "/*":
        depth = 1
        for mark in _NESTED.finditer(text, found.end()):
            depth += 1 if mark[0] == "/*" else -1
            if depth == 0:
                return mark.end()
        return len(text)
    return found.end()
