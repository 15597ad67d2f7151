"""Markers: the comments of a document that open a question or close its answer."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple


class Marker(NamedTuple):
    """A comment that begins with `mobilecalc`, and where it starts and ends.

    kind: "question", "close", or "unknown" if it is neither. words: the question, or the comment.
    """

    kind: str
    words: str
    start: int
    end: int


class Markers:
    """What looks like a marker in a text, in code or not.

    Each is searched for once while positions only increase, so a reader takes linear time.
    """

    def __init__(self, text: str, lead: re.Pattern[str], closing: str) -> None:
        """`lead`: the start of the comment, with groups `gap` (spaces, or else unknown) and `word`.

        `closing`: what ends the comment; "" if the end of the line does.
        """
        self._text, self._lead, self._closing = text, lead, closing
        self._next = lead.search(text)

    def after(self, at: int) -> re.Match[str] | None:
        """The first one that starts there or later."""
        if self._next is not None and self._next.start() < at:
            self._next = self._lead.search(self._text, at)
        return self._next

    def outside(self, skip: Callable[[int, int], int]) -> Iterator[Marker]:
        """The markers outside of code, in a language that is read from left to right.

        `skip` reads from a position to that of a marker, and returns the latter, or the end of the
        code that the marker is in.
        """
        at = 0
        while (lead := self.after(at)) is not None:
            at = skip(at, lead.start())
            if at > lead.start():
                continue
            for marker in self.read(lead):
                yield marker
                at = marker.end

    def read(self, lead: re.Match[str]) -> Iterator[Marker]:
        """The marker that starts with this match; behind a question, the first one of its answer.

        An answer is read as text, whatever is in it.
        """
        marker = self._marker(lead)
        yield marker
        if marker.kind == "question" and (first := self.after(marker.end)) is not None:
            yield self._marker(first)

    def _marker(self, lead: re.Match[str]) -> Marker:
        end, behind, whole = self._end(lead.end())
        rest = self._text[lead.end() : end].rstrip(" \t\r")
        whole = whole and not (lead["gap"] or "").strip(" \t")
        if whole and lead["word"] == "mobilecalc" and rest.startswith(":"):
            return Marker("question", rest[1:].strip(" \t"), lead.start(), behind)
        if whole and lead["word"] == "/mobilecalc" and not rest:
            return Marker("close", "", lead.start(), behind)
        return Marker("unknown", lead["word"] + rest, lead.start(), behind)

    def _end(self, at: int) -> tuple[int, int, bool]:
        """Where the words end, where the comment ends, and whether it ends in its line."""
        closing = self._text.find(self._closing, at) if self._closing else -1
        line = self._text.find("\n", at, closing if closing >= 0 else len(self._text))
        if closing >= 0 and line < 0:
            return closing, closing + len(self._closing), True
        line = len(self._text) if line < 0 else line
        if self._text[line - 1] == "\r":
            line -= 1
        return line, line, not self._closing
