"""LaTeX: its code and comments, known from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.markers import Marker, Markers

_LEAD = re.compile(r"%(?P<gap>[ \t]*)(?P<word>/?mobilecalc)\b", re.IGNORECASE)

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

_TOKEN = re.compile(
    rf"\\(?:{_CODE})|(?:(?:\\(?!{_NAMELESS}).?|%{_NO_LEAD}[^\n]*)[^\\%]*){{1,1000}}", re.DOTALL
)
"""An environment or a command of code; or characters that a backslash escapes, and comments."""


def markers(text: str) -> Iterator[Marker]:
    """The markers of a document in LaTeX, and of each answer what comes first in it.

    An environment of code that nothing ends reaches to the end of the document, as in TeX.
    """
    line = 0
    found = _TOKEN.search(text)

    def skip(at: int, target: int) -> int:
        nonlocal found
        while at < target:
            if found is not None and found.start() < at:
                found = _TOKEN.search(text, at)
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

    return Markers(text, _LEAD, "").outside(skip)


_TYPED = str.maketrans({"─": "-", "≠": "!=", "│": "|", "┤": "|", "└": "+", "·": ".", "●": "*"})


def _typed(text: str) -> str:
    """A screen in letters that LaTeX has in every installation; a bar of blocks is one of #."""
    bars = re.sub("[\u2580-\u259f]", "#", text.translate(_TYPED))
    return bars.encode("latin-1", "replace").decode("latin-1")


def _escaped(text: str) -> str:
    from mobilecalc.views.latex import escaped

    return escaped(text)


LANGUAGE = Language(
    name="LaTeX",
    extensions=(".tex", ".latex", ".ltx"),
    comment="% {}",
    markers=markers,
    view="latex",
    fence=lambda text, language: f"\\begin{{verbatim}}\n{_typed(text)}\n\\end{{verbatim}}",
    image=lambda file, caption, _: (
        "\\begin{figure}[htbp]\n\\centering\n"
        f"\\includegraphics[width=\\linewidth,height=.8\\textheight,keepaspectratio]{{{file}}}\n"
        f"\\caption{{{_escaped(caption)}}}\n\\end{{figure}}"
    ),
    figure_extensions=(".pdf", ".png"),
    number=lambda text: _escaped(text).replace(" ", r"\,"),
)
