"""A document, read and written as it is but for its answers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import MobilecalcError
from mobilecalc.core.table import Table
from mobilecalc.notes.languages import Language, language_of
from mobilecalc.notes.questions import BadDocument, Figure, Question, questions
from mobilecalc.views import VIEWS

SCREEN_WIDTH = 92
"""Of a screen in a document, in characters."""


class Answer(NamedTuple):
    """What a command shows: a number for a sentence, a table, or a figure.

    format: the view that was asked for, "" where the document's own is meant. screen: the tables
    as the console has them.
    """

    words: str
    number: str = ""
    table: Table | None = None
    format: str = ""
    screen: str = ""
    figure: Figure | None = None


class Document(NamedTuple):
    """A file, its language, its text with its own line ends, and what it asks."""

    path: Path
    language: Language
    text: str
    asked: tuple[Question, ...]

    @staticmethod
    def read(path: Path) -> Document:
        """Raises `BadDocument` where it cannot be read or its markers do not fit together."""
        language = language_of(path)
        try:
            text = path.read_bytes().decode("utf-8")
        except OSError as error:
            raise BadDocument(str(path), 1, f"it cannot be read ({error.strerror}).") from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise BadDocument(
                str(path), line, "it is not in UTF-8.", mend="Save it in that encoding."
            ) from error
        return Document(path, language, text, tuple(questions(text, language, str(path))))


class Refreshed(NamedTuple):
    """A document, the answers of today to what it asks, and the figures that they show."""

    document: Document
    answers: tuple[str, ...]
    figures: tuple[Figure, ...]

    @property
    def text(self) -> str:
        """The document with these answers; all else is as it was."""
        parts, at = [], 0
        for question, answer in zip(self.document.asked, self.answers, strict=True):
            parts += [self.document.text[at : question.start], answer]
            at = question.end
        return "".join([*parts, self.document.text[at:]])

    @property
    def stale_figures(self) -> tuple[Figure, ...]:
        """Those whose file is not there, or has another content."""
        return tuple(
            figure for figure in self.figures if not _is_there(self.path_of(figure), figure)
        )

    @property
    def is_stale(self) -> bool:
        """Whether the document, or a figure of it, is not as it is today."""
        return self.text != self.document.text or bool(self.stale_figures)

    def path_of(self, figure: Figure) -> Path:
        """Where the figure's file is."""
        return self.document.path.parent / figure.file

    def differences(self) -> list[str]:
        """For each answer that is not as it was: the question, and what differs line by line."""
        name, text, found = str(self.document.path), self.document.text, []
        for question, new in zip(self.document.asked, self.answers, strict=True):
            old = text[question.start : question.end]
            if old != new:
                lines = difflib.unified_diff(
                    old.splitlines(), new.splitlines(), "there", "today", lineterm="", n=1
                )
                found.append("\n".join([f"{name}, line {question.line}: {question.words}", *lines]))
        found += [f"{name}: {figure.file} is not as it is today." for figure in self.stale_figures]
        return found


_VERSION = re.compile(rb'data-version="\w+"')


def _is_there(path: Path, figure: Figure) -> bool:
    """Whether the file has the figure: byte by byte, or drawn of the same specification."""
    try:
        content = path.read_bytes()
    except OSError:
        return False
    there, today = _VERSION.search(content), _VERSION.search(figure.content)
    return content == figure.content or bool(there and today and there[0] == today[0])


def refreshed(document: Document, answer: Callable[[Question], Answer]) -> Refreshed:
    """The document with each answer as `answer` gives it today. Nothing is written.

    Raises `BadDocument` where a table is asked for in a line of text, and what `answer` raises,
    with file and line.
    """
    answers, figures = [], list[Figure]()
    known: dict[tuple[str, bool], str] = {}
    newline = "\r\n" if "\r\n" in document.text else "\n"
    for question in document.asked:
        try:
            found = answer(question)
        except MobilecalcError as error:
            raise BadDocument(
                str(document.path),
                question.line,
                f"'{question.words}' has no answer. {error.what}",
                why=error.why,
                mend=error.mend,
            ) from error
        if found.figure is not None:
            figures.append(found.figure)
        key = question.words, question.in_line
        if key not in known:
            known[key] = _shown(found, question, document).replace("\n", newline)
        answers.append(known[key])
    return Refreshed(document, tuple(answers), tuple(figures))


def _shown(found: Answer, question: Question, document: Document) -> str:
    """The answer in the document's language, in its line or as a block."""
    language = document.language
    if found.number:
        number = language.number(found.number)
        return number if question.in_line else f"{number}\n"
    if question.in_line:
        raise BadDocument(
            str(document.path),
            question.line,
            f"'{question.words}' answers with more than a number, and cannot stand in a line.",
            why="The markers around the answer are in one line.",
            mend="Put the closing marker on a line of its own, or ask for a value.",
        )
    if found.figure is not None:
        block = language.image(found.figure.file, found.figure.caption, found.figure.described)
    elif found.table is None or found.format == "console":
        block = language.fence(f"$ mobilecalc {found.words}\n{found.screen}", "console")
    elif found.format in ("", language.view):
        block = VIEWS[language.view].fragment(found.table).strip("\n")
    elif found.format == "html" and language.name == "markdown":
        block = VIEWS["html"].fragment(found.table).strip("\n")
    else:
        block = language.fence(VIEWS[found.format].render(found.table).strip("\n"), found.format)
    return f"\n{block}\n\n"
