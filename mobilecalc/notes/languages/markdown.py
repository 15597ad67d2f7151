"""Markdown: its blocks, as CommonMark has them, and the comments in their text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.lines import Lines, read
from mobilecalc.notes.languages.markers import Marker, Markers

_FRONT_MATTER = re.compile(r"---[ \t]*\r?\n(?:.*\n)*?(?:---|\.\.\.)[ \t\r]*$", re.MULTILINE)
"""YAML at the very beginning; no comment of HTML is in it."""

_LEAD = re.compile(r"<!--(?P<gap>\s*)(?P<word>/?mobilecalc)\b", re.IGNORECASE)

_DEEPEST = 50
"""Lists and quotations in one another; what is deeper is text."""

_QUOTE = re.compile(r" {0,3}> ?")
_HEADING = re.compile(r" {0,3}#{1,6}(?: |$)")
_UNDERLINE = re.compile(r" {0,3}(?:=+|-+) *$")
_SPECIAL = re.compile(r" {4}| {0,3}[>#`~<=_*+\-\d\[]")
"""How all begins that is no plain line of a paragraph."""

_FENCE = re.compile(r" {0,3}(`{3,}(?=[^`]*$)|~{3,})")
_ITEM = re.compile(r" {0,3}(?:[-+*]|(?P<number>\d{1,9})[.)])(?P<gap> +|$)")
_FOOTNOTE = re.compile(r" {0,3}\[\^[^\]\s]{1,99}\]:")

_TAGS = (
    "address|article|aside|base|basefont|blockquote|body|caption|center|col|colgroup|dd|details"
    "|dialog|dir|div|dl|dt|fieldset|figcaption|figure|footer|form|frame|frameset|h[1-6]|head|header"
    "|hr|html|iframe|legend|li|link|main|menu|menuitem|nav|noframes|ol|optgroup|option|p|param"
    "|search|section|summary|table|tbody|td|tfoot|th|thead|title|tr|track|ul"
)
_HTML = {
    r"</(?:script|pre|style|textarea)>": r"<(?:script|pre|style|textarea)(?:[ >]|$)",
    r"-->": r"<!--",
    r"\?>": r"<\?",
    r">": r"<![A-Za-z]",
    r"\]\]>": r"<!\[CDATA\[",
    r"^\s*$": rf"</?(?:{_TAGS})(?: |/?>|$)",
}
"""What ends a block of HTML, and what starts it."""

_STARTS = [(end, re.compile(rf" {{0,3}}{start}", re.IGNORECASE)) for end, start in _HTML.items()]
_ENDS = {end: re.compile(end, re.IGNORECASE) for end in _HTML}
_TAG_ALONE = re.compile(r" {0,3}<(?:[A-Za-z][\w-]*(?: [^<>]*)?/?|/[A-Za-z][\w-]* *)> *$", re.ASCII)


_RAW = re.compile(
    r"<!--|(<(?:script|pre|style|textarea)(?=[\s>]))|(<\?)|(<!\[CDATA\[)", re.IGNORECASE
)
_RAW_ENDS = (r"</(?:script|pre|style|textarea)>", r"\?>", r"\]\]>")
"""What in a block of HTML has no comments in it, and its end, which is that of such a block."""


class Block(NamedTuple):
    """A line: what it stands in, and what it is.

    containers: 0 for a quotation, and for an item of a list how far its text is indented. kind:
    "paragraph", "heading", "html", "fence", "code", "item" (an empty one) or "". end: what ends the
    fence or the HTML; "" if this line did.
    """

    containers: tuple[int, ...] = ()
    kind: str = ""
    begins: bool = False
    end: str = ""

    @property
    def is_text(self) -> bool:
        """Whether comments are read in it."""
        return self.kind in ("paragraph", "heading", "html")

    def behind(self, rest: str) -> Block:
        """What goes on behind an answer: a paragraph, if anything is in that line."""
        kind = "paragraph" if rest.strip() else ""
        return Block(self.containers, kind, begins=bool(kind))


def markers(text: str) -> Iterator[Marker]:
    """The markers of a document in Markdown, and of each answer what comes first in it."""
    found = Markers(text, _LEAD, "-->")

    def inside(at: int, end: int, block: Block) -> Iterator[Marker]:
        comments = _Comments(text, end, has_code=block.kind != "html")
        while (at := comments.after(at)) >= 0:
            lead = found.after(at)
            if lead is None or lead.start() != at:
                at = comments.behind(at)
                continue
            for marker in found.read(lead):
                yield marker
                at = marker.end
            if at >= end:
                return

    lines = Lines(text, Block(), _step)
    if front := _FRONT_MATTER.match(text):
        lines.skip_to(front.end())
    return read(lines, found, inside)


def _step(block: Block, line: str) -> Block:
    """The block of a line, from that of the line before."""
    line = line.rstrip(" \t\r").expandtabs(4)
    at, kept = _inside(block.containers, line)
    same = kept == len(block.containers)
    if same and block.end:
        return _goes_on(block, line, at)
    if at >= len(line):
        return Block(block.containers[: kept - (same and block.kind == "item")])
    return _begin(block, line, at, kept)


def _inside(containers: tuple[int, ...], line: str) -> tuple[int, int]:
    """Where the line goes on inside of its containers, and in how many of them it is."""
    at = 0
    for kept, width in enumerate(containers):
        if width == 0:
            if (quote := _QUOTE.match(line, at)) is None:
                return at, kept
            at = quote.end()
        elif line.startswith(" " * width, at):
            at += width
        elif at < len(line):
            return at, kept
    return at, len(containers)


def _goes_on(block: Block, line: str, at: int) -> Block:
    """A line of a fence or of HTML."""
    if block.kind == "fence":
        char, least = block.end[0], len(block.end)
        mark = line[at:].lstrip(" ")
        indented = len(line) - at - len(mark)
        ends = indented <= 3 and len(mark) >= least and not mark.strip(char)
        return Block(block.containers) if ends else block
    ends = bool(_ENDS[block.end].search(line, at))
    return Block(block.containers, "html", end="" if ends else block.end)


def _begin(block: Block, line: str, at: int, kept: int) -> Block:
    """What begins with a line, or the paragraph that goes on."""
    containers = block.containers[:kept]
    in_paragraph = block.kind == "paragraph"
    while _SPECIAL.match(line, at) and len(containers) < _DEEPEST:
        can_interrupt = not in_paragraph or kept < len(block.containers)
        if line.startswith("    ", at):
            return _continued(block) if in_paragraph else Block(containers, "code")
        if quote := _QUOTE.match(line, at):
            containers, at = (*containers, 0), quote.end()
        elif found := _leaf(line, at, containers, can_interrupt):
            return found
        elif (item := _item(line, at)) and (can_interrupt or item.interrupts):
            containers, at = (*containers, item.width), at + item.width
            if at >= len(line):
                return Block(containers, "item")
        else:
            break
        in_paragraph = False
        if at >= len(line):
            return Block(containers)
    return _continued(block) if in_paragraph else Block(containers, "paragraph", begins=True)


def _continued(block: Block) -> Block:
    return Block(block.containers, "paragraph")


def _leaf(line: str, at: int, containers: tuple[int, ...], can_interrupt: bool) -> Block | None:
    """A heading, a rule, a fence or HTML, if one begins there."""
    if _HEADING.match(line, at):
        return Block(containers, "heading", begins=True)
    if fence := _FENCE.match(line, at):
        return Block(containers, "fence", end=fence[1])
    for end, start in _STARTS:
        if start.match(line, at):
            ended = end != r"^\s*$" and _ENDS[end].search(line, at)
            return Block(containers, "html", begins=True, end="" if ended else end)
    if can_interrupt and _TAG_ALONE.match(line, at):
        return Block(containers, "html", begins=True, end=r"^\s*$")
    if _is_rule(line, at) or (not can_interrupt and _UNDERLINE.match(line, at)):
        return Block(containers)
    return None


def _is_rule(line: str, at: int) -> bool:
    mark = line[at:] if line[at : at + 4].lstrip(" ")[:1] in ("-", "_", "*") else ""
    mark = mark.replace(" ", "")
    return len(mark) >= 3 and not mark.strip(mark[0])


class _Item(NamedTuple):
    width: int
    interrupts: bool


def _item(line: str, at: int) -> _Item | None:
    """An item of a list, or a footnote, that begins there; whether a paragraph ends before it."""
    if _FOOTNOTE.match(line, at):
        return _Item(4, True)
    if (item := _ITEM.match(line, at)) is None:
        return None
    gap = len(item["gap"])
    if item.end() == len(line):
        return _Item(item.end() - gap + 1 - at, False)
    width = item.end() - at if gap <= 4 else item.end() - at - gap + 1
    return _Item(width, item["number"] is None or int(item["number"]) == 1)


_PLAIN = re.compile(r"(?:[^`\\<]+|\\.?|<(?!!--)|(`+)[^`]+\1(?!`)){1,1000}", re.DOTALL)
"""Text without comments, with escaped characters and code without backquotes in it."""

_TICKS = re.compile("`+")


class _Comments:
    """The comments of a block, that ends there: not in code, if the block can have any."""

    def __init__(self, text: str, end: int, *, has_code: bool) -> None:
        self._text, self._end, self._has_code = text, min(end, len(text)), has_code
        self._last: dict[int, int] = {}
        self._is_open = False

    def after(self, at: int) -> int:
        """Where the next one starts; -1 if none does."""
        if not self._has_code:
            return self._after_raw(at)
        while at < self._end:
            if plain := _PLAIN.match(self._text, at, self._end):
                at = plain.end()
            elif self._text.startswith("<!--", at):
                return at
            else:
                at = self._behind_code(at)
        return -1

    def _after_raw(self, at: int) -> int:
        """Where the next one starts in HTML; -1 if none does."""
        while found := _RAW.search(self._text, at, self._end):
            if found.lastindex is None:
                return found.start()
            end = _ENDS[_RAW_ENDS[found.lastindex - 1]].search(self._text, found.end(), self._end)
            if end is None:
                return -1
            at = end.end()
        return -1

    def behind(self, at: int) -> int:
        """Behind the one that starts there; behind its first characters, if it does not end."""
        closing = -1 if self._is_open else self._text.find("-->", at + 2, self._end)
        self._is_open = closing < 0
        return at + 4 if closing < 0 else closing + 3

    def _behind_code(self, at: int) -> int:
        """Behind the code that begins there, or behind the backquotes, if as many do not follow."""
        runs = _TICKS.finditer(self._text, at, self._end)
        if not self._last:
            self._last = {run.end() - run.start(): run.start() for run in runs}
            runs = _TICKS.finditer(self._text, at, self._end)
        opening = next(runs).end()
        if self._last.get(opening - at, at) <= at:
            return opening
        return next(run.end() for run in runs if run.end() - run.start() == opening - at)


LANGUAGE = Language(
    name="Markdown",
    dialects=("Quarto", "R Markdown", "MyST"),
    extensions=(".md", ".markdown", ".qmd", ".rmd", ".myst"),
    comment="<!-- {} -->",
    markers=markers,
    view="markdown",
    embeds=("html",),
    fence=lambda text, language: f"```{language}\n{text}\n```",
    image=lambda file, caption, _: f"![{caption.replace('[', '(').replace(']', ')')}]({file})",
    figure_extensions=(".svg", ".png"),
    closed=True,
    nests=True,
)
