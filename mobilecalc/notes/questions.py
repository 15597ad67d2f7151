"""The questions in a document: where they are, and what stands where their answers go."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from typing import NamedTuple

from mobilecalc.core.errors import MobilecalcError
from mobilecalc.notes.languages import Language


class Question(NamedTuple):
    """What is asked, on which line, and where the old answer begins and ends.

    in_line: the answer stands in a line of text, and is no block of its own. prefix: what stands
    before each line of a block, as in a list or a quotation; last, before its closing marker.
    newline: how lines end there. old: the old answer.
    """

    words: str
    line: int
    start: int
    end: int
    in_line: bool
    prefix: str
    last: str
    newline: str
    old: str


class Figure(NamedTuple):
    """A picture that an answer asks for: its file below the document, and what it shows.

    caption: what it is of, in a line or two; described: what can be seen, for who cannot see it.
    """

    file: str
    content: bytes
    caption: str
    described: str


class BadDocument(MobilecalcError):
    """A document that cannot be read, or whose markers do not fit together."""

    def __init__(self, file: str, line: int, what: str, *, why: str = "", mend: str = "") -> None:
        super().__init__(f"{file}, line {line}: {what}", why=why, mend=mend)


def questions(text: str, language: Language, file: str) -> list[Question]:
    """The questions of a document, in order. Raises `BadDocument`, with the line."""
    found: list[Question] = []
    open_marker: re.Match[str] | None = None
    opened = 0
    ends = [match.start() for match in re.finditer("\n", text)]
    for marker in _markers(text, language):
        line = bisect_left(ends, marker.start()) + 1
        if "unknown" in marker.groupdict():
            raise BadDocument(
                file,
                line,
                f"'{marker['unknown']}' is no marker.",
                why=f"A question is asked by {language.example}, and closed by {_close(language)}.",
                mend="Write it so, or begin the comment with another word.",
            )
        opens = "question" in marker.groupdict()
        if opens and open_marker is not None:
            raise BadDocument(
                file,
                line,
                "a question stands inside the answer of another.",
                why=f"'{_asked(open_marker)}' is open since line {opened}.",
                mend=f"Close it before: {_close(language)}",
            )
        if not opens and open_marker is None:
            raise BadDocument(
                file,
                line,
                "an answer ends where none has begun.",
                mend=f"Begin it with a question, such as {language.example}, or delete the marker.",
            )
        if opens:
            open_marker, opened = marker, line
            if not _asked(marker):
                raise BadDocument(
                    file,
                    line,
                    "the marker asks nothing.",
                    mend=f"Name a command behind the colon: {language.example}",
                )
        elif open_marker is not None:
            found.append(_question(text, open_marker, opened, marker, language))
            open_marker = None
    if open_marker is not None:
        raise BadDocument(
            file,
            opened,
            f"the question '{_asked(open_marker)}' is not closed.",
            mend=f"Put {_close(language)} where its answer ends.",
        )
    return found


def _markers(text: str, language: Language) -> Iterator[re.Match[str]]:
    """What are markers, and what look like ones, in order; not in code outside of answers."""
    scans = [_Scan(p, text) for p in (language.opening, language.closing, language.unknown)]
    code = _Scan(language.literal, text)
    at, is_open = 0, False
    while matches := [match for scan in scans if (match := scan.after(at))]:
        marker = min(matches, key=lambda match: match.start())
        skipped = None if is_open else code.after(at)
        if skipped is not None and skipped.start() < marker.start():
            at = max(skipped.end(), at + 1)
            continue
        yield marker
        is_open = "question" in marker.groupdict()
        at = marker.end()


class _Scan:
    """The matches of a pattern, each looked for once while places only move on."""

    def __init__(self, pattern: re.Pattern[str], text: str) -> None:
        self._pattern, self._text = pattern, text
        self._next: re.Match[str] | None = pattern.search(text)

    def after(self, at: int) -> re.Match[str] | None:
        """The first match that begins there or behind."""
        if self._next is not None and self._next.start() < at:
            self._next = self._pattern.search(self._text, at)
        return self._next


_BEFORE = re.compile(r"([ \t>]*)((?:[-*+]|\d+[.)])[ \t]+)?")
"""What a list or a quotation puts before its first line."""


def _question(
    text: str, opening: re.Match[str], line: int, closing: re.Match[str], language: Language
) -> Question:
    start, end = opening.end(), closing.start()
    in_line = language.closed and "\n" not in text[start:end]
    prefix = last = ""
    newline = "\n"
    if not in_line:
        start = text.index("\n", start) + 1
        newline = "\r\n" if text[start - 2 : start] == "\r\n" else "\n"
        if language.nests:
            prefix = _prefix(text, opening.start())
        first = text.rfind("\n", 0, end) + 1
        last = text[first:end] if not text[first:end].strip(" \t>") else ""
    return Question(
        _asked(opening), line, start, end, in_line, prefix, last, newline, text[start:end]
    )


def _prefix(text: str, at: int) -> str:
    """What the lines of a block have before them, where a marker stands in a list or quotation."""
    first = text.rfind("\n", 0, at) + 1
    before = _BEFORE.match(text, first)
    if before is None or before.end() < at:
        return ""
    return before[1] + " " * len(before[2] or "")


def _asked(marker: re.Match[str]) -> str:
    return marker["question"].strip()


def _close(language: Language) -> str:
    return language.example.replace("mobilecalc: breakdown v1", "/mobilecalc")
