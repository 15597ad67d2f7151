"""The questions in a document: where they are, and what stands where their answers go."""

from __future__ import annotations

import re
from typing import NamedTuple

from mobilecalc.core.errors import MobilecalcError
from mobilecalc.notes.languages import Language, Marker


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
    """A chart that an answer asks for: its file below the document, and what it shows.

    caption: what it is of, in a line or two; described: what can be seen, for who cannot see it.
    """

    file: str
    content: bytes
    caption: str
    described: str


class BadDocument(MobilecalcError):
    """A document that cannot be read, or whose markers do not fit together."""

    def __init__(self, file: str, line: int, what: str, *, why: str = "", fix: str = "") -> None:
        """`line` is 0 for a fault of the whole document."""
        place = f"{file}, line {line}" if line else file
        super().__init__(f"{place}: {what}", why=why, fix=fix)


def reason(error: OSError) -> str:
    """Why the system refused, as a sentence."""
    return f"{(error.strerror or str(error)).rstrip('.')}."


def questions(text: str, language: Language, file: str) -> list[Question]:
    """The questions of a document, in order. Raises `BadDocument`, with the line."""
    found: list[Question] = []
    opening: Marker | None = None
    line, opened, counted = 1, 0, 0
    for marker in language.markers(text):
        line += text.count("\n", counted, marker.start)
        counted = marker.start
        if opening is not None and marker.kind == "close":
            found.append(_question(text, opening, opened, marker, language))
            opening = None
            continue
        _check(marker, opening, opened, line, language, file)
        opening, opened = marker, line
    if opening is not None:
        raise BadDocument(
            file,
            opened,
            f"the question '{cut(opening.words)}' is not closed.",
            fix=f"Put {language.closing} where its answer ends.",
        )
    return found


def _check(
    marker: Marker, opening: Marker | None, opened: int, line: int, language: Language, file: str
) -> None:
    """Raise `BadDocument` for a marker that opens no question there."""
    if marker.kind == "unknown":
        raise BadDocument(
            file,
            line,
            f"'{cut(marker.words)}' is no marker.",
            why=f"A question is asked by {language.example}, and closed by {language.closing}.",
            fix="Write it so, or begin the comment with another word.",
        )
    if marker.kind == "close":
        raise BadDocument(
            file,
            line,
            "an answer ends where none has begun.",
            fix=f"Begin it with a question, such as {language.example}, or delete the marker.",
        )
    if opening is not None:
        raise BadDocument(
            file,
            line,
            "a question stands inside the answer of another.",
            why=f"'{cut(opening.words)}' is open since line {opened}.",
            fix=f"Close it before: {language.closing}",
        )
    if not marker.words:
        raise BadDocument(
            file,
            line,
            "the marker asks nothing.",
            fix=f"Name a command behind the colon: {language.example}",
        )
    if len(marker.words) > LONGEST:
        raise BadDocument(
            file,
            line,
            f"the question '{cut(marker.words)}' has {len(marker.words):,} characters.",
            why=f"A question has at most {LONGEST:,} characters.",
        )


LONGEST = 2000
"""A question, in characters."""


def cut(words: str) -> str:
    """The words as a message quotes them: the first hundred characters."""
    return words if len(words) <= 100 else f"{words[:97]}..."


_BEFORE = re.compile(r"([ \t>]*)((?:[-*+]|\d+[.)])[ \t]+)?")
"""What a list or a quotation puts before its first line."""


def _question(
    text: str, opening: Marker, line: int, closing: Marker, language: Language
) -> Question:
    start, end = opening.end, closing.start
    in_line = language.closed and "\n" not in text[start:end]
    prefix = last = ""
    newline = "\n"
    if not in_line:
        start = text.index("\n", start) + 1
        newline = "\r\n" if text[start - 2 : start] == "\r\n" else "\n"
        if language.nests:
            prefix = _prefix(text, opening.start)
        first = text.rfind("\n", 0, end) + 1
        last = text[first:end] if not text[first:end].strip(" \t>") else ""
    return Question(
        opening.words, line, start, end, in_line, prefix, last, newline, text[start:end]
    )


def _prefix(text: str, at: int) -> str:
    """What the lines of a block have before them, where a marker stands in a list or quotation."""
    first = text.rfind("\n", 0, at) + 1
    before = _BEFORE.match(text, first)
    if before is None or before.end() < at:
        return ""
    return before[1] + " " * len(before[2] or "")
