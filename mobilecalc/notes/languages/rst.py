"""reStructuredText: its comments, directives and literal blocks, known by their indentation."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.lines import Lines, read
from mobilecalc.notes.languages.markers import Marker, Markers

_LEAD = re.compile(r"^[ \t]*\.\.(?P<gap>[ \t]*)(?P<word>/?mobilecalc)\b", re.MULTILINE | re.I)

_CODE = {
    *(
        "code",
        "code-block",
        "sourcecode",
        "literalinclude",
        "parsed-literal",
        "raw",
        "math",
        "csv-table",
        "prompt",
    ),
    *(
        "doctest",
        "testcode",
        "testoutput",
        "testsetup",
        "testcleanup",
        "graphviz",
        "digraph",
        "graph",
        "mermaid",
    ),
    *(
        "uml",
        "plantuml",
        "plot",
        "ipython",
        "jupyter-execute",
        "command-output",
        "program-output",
        "productionlist",
    ),
}
"""The directives whose content is no text."""

_DIRECTIVE = re.compile(r"\.\. +(?:\|[^|]*\| +)?(?P<name>[\w.+:-]*\w)\s*::(?: |$)")
_COMMENT = re.compile(r"\.\.(?: +(?!_|__ |\[[^\]\s]+\](?: |$)|\|)\S|$)")
_BULLETS = re.compile(r"(?:(?:[-*+\u2022\u2023\u2043]|\(?(?:\w|#|\d+|[ivxlcdmIVXLCDM]+)[.)]) +)*")

_COLONS = re.compile(r"(?<!\\)(?:\\\\)*::$")


class Block(NamedTuple):
    """A line: whether it is text, and what that says of the lines behind it.

    kind: "text", "blank", "code", "doctest", or "bare" (two points alone). code: the column from
    which on all is code, or -1. colons: the column of the paragraph that ended with `::`, or -1.
    quote: the character that each line of code begins with, if it is not indented.
    """

    kind: str = "blank"
    code: int = -1
    colons: int = -1
    quote: str = ""
    begins: bool = True

    @property
    def is_text(self) -> bool:
        """Whether comments are read in it."""
        return self.kind == "text"

    def behind(self, rest: str) -> Block:
        """The closing marker is a comment too: what is indented behind it belongs to it."""
        return Block("text", self.code)


def markers(text: str) -> Iterator[Marker]:
    """The markers of a document in reStructuredText, and of each answer what comes first in it."""
    found = Markers(text, _LEAD, "")

    def inside(at: int, end: int, block: Block) -> Iterator[Marker]:
        lead = found.after(at)
        if lead is not None and lead.start() < end:
            yield from found.read(lead)

    return read(Lines(text, Block(), _step), found, inside)


def _step(block: Block, line: str) -> Block:
    """The block of a line, from that of the line before."""
    line = line.expandtabs(8).rstrip()
    if not line:
        if block.quote or block.kind in ("doctest", "bare"):
            return Block()
        return Block("blank", block.code, block.colons)
    indent = len(line) - len(line.lstrip())
    if block.kind == "doctest":
        return block
    if block.quote and line.startswith(block.quote, indent):
        return block
    if block.code >= 0 and indent >= block.code:
        return Block("code", block.code)
    if block.kind == "blank" and block.colons >= 0:
        if indent > block.colons:
            return Block("code", block.colons + 1)
        if indent == block.colons and _is_mark(line[indent]):
            return Block("code", quote=line[indent])
    if block.kind == "blank" and line.startswith(">>> ", indent):
        return Block("doctest")
    return _text(line, indent)


def _is_mark(char: str) -> bool:
    return char.isascii() and not char.isalnum()


def _text(line: str, indent: int) -> Block:
    """A line of text: a comment, a directive or a paragraph."""
    bullets = _BULLETS.match(line, indent)
    indent = bullets.end() if bullets else indent
    if directive := _DIRECTIVE.match(line, indent):
        name = directive["name"].lower().rpartition(":")[2]
        return Block("text", indent + 1 if name in _CODE else -1)
    if _COMMENT.match(line, indent):
        return Block("bare" if len(line) == indent + 2 else "text", indent + 1)
    return Block("text", colons=indent if _COLONS.search(line, len(line) - 9) else -1)


def _indented(text: str, by: str = "   ") -> str:
    return "\n".join(f"{by}{line}" if line else "" for line in text.splitlines())


LANGUAGE = Language(
    name="reStructuredText",
    extensions=(".rst",),
    comment=".. {}",
    markers=markers,
    view="rst",
    fence=lambda text, language: f".. code-block:: {language}\n\n{_indented(text)}",
    image=lambda file, caption, alt: f".. figure:: {file}\n   :alt: {alt}\n\n   {caption}",
    figure_extensions=(".svg", ".png", ".pdf"),
    nests=True,
    spaced=True,
)
