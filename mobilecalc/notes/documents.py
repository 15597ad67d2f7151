"""A document, read and written as it is but for its answers."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from mobilecalc.answers.table import Table
from mobilecalc.core.errors import MobilecalcError
from mobilecalc.notes.figures import Drawn, bad, check_extension, unique
from mobilecalc.notes.languages import Language, language_of
from mobilecalc.notes.questions import BadDocument, Figure, Question, questions, reason
from mobilecalc.views import VIEWS, View

SCREEN_WIDTH = 92
"""Of a screen in a document, in characters."""


class Answer(NamedTuple):
    """What a command shows: a number for a sentence, a table, or a figure.

    view: the format that was asked for, None where the document's own is meant. screen: the tables
    as the console has them.
    """

    words: str
    number: str = ""
    table: Table | None = None
    view: View | None = None
    screen: str = ""
    figure: Figure | None = None


_MOST_BYTES = 100_000_000
"""Of a document."""

_MARK = "\ufeff"
"""What some editors begin a file in UTF-8 with."""


class Document(NamedTuple):
    """A file, its language, its text with its own line ends, and what it asks.

    path: as it was named. real: the file itself, in the folder that its questions name files from.
    mark: what stands before the text, a byte order mark or nothing.
    """

    path: Path
    real: Path
    language: Language
    mark: str
    text: str
    asked: tuple[Question, ...]

    @staticmethod
    def read(path: Path) -> Document:
        """Raises `BadDocument` where it cannot be read or its markers do not fit together."""
        language = language_of(path)
        try:
            text = _read(path).decode("utf-8")
        except OSError as error:
            raise BadDocument(str(path), 0, "it cannot be read.", why=reason(error)) from error
        except UnicodeDecodeError as error:
            line = error.object.count(b"\n", 0, error.start) + 1
            raise BadDocument(
                str(path), line, "it is not in UTF-8.", fix="Save it in that encoding."
            ) from error
        mark = _MARK if text.startswith(_MARK) else ""
        text = text.removeprefix(_MARK)
        asked = tuple(questions(text, language, str(path)))
        return Document(path, Path(os.path.realpath(path)), language, mark, text, asked)

    @property
    def content(self) -> bytes:
        """What the file held when it was read."""
        return f"{self.mark}{self.text}".encode()


def _read(path: Path) -> bytes:
    kind = path.stat()
    if not stat.S_ISREG(kind.st_mode):
        raise BadDocument(str(path), 0, "it is not a file.", fix="Name a document.")
    if kind.st_size > _MOST_BYTES:
        most = f"A document has at most {_MOST_BYTES:,} bytes."
        raise BadDocument(str(path), 0, f"it has {kind.st_size:,} bytes.", why=most)
    return path.read_bytes()


class Refreshed(NamedTuple):
    """A document, the answers of today to what it asks, and the figures that they show."""

    document: Document
    answers: tuple[str, ...]
    figures: tuple[Drawn, ...]

    @property
    def content(self) -> bytes:
        """The document with these answers; all else is as it was."""
        text, parts, at = self.document.text, [self.document.mark], 0
        for question, answer in zip(self.document.asked, self.answers, strict=True):
            parts += [text[at : question.start], answer]
            at = question.end
        return "".join([*parts, text[at:]]).encode()

    @property
    def changed(self) -> tuple[tuple[Question, str], ...]:
        """The questions whose answer is another than it was, and that answer."""
        pairs = zip(self.document.asked, self.answers, strict=True)
        return tuple((question, answer) for question, answer in pairs if question.old != answer)

    @property
    def stale_figures(self) -> tuple[Drawn, ...]:
        """Those whose file is not there, or has another content; one for each file."""
        return unique(one for one in self.figures if not one.is_current)

    @property
    def is_stale(self) -> bool:
        """Whether the document, or a figure of it, is not as it is today."""
        return bool(self.changed or self.stale_figures)


def refreshed(document: Document, answer: Callable[[Question], Answer]) -> Refreshed:
    """The document with each answer as `answer` gives it today. Nothing is written.

    Raises `BadDocument` where a table is asked for in a line of text, and what `answer` raises,
    with file and line.
    """
    answers: list[str] = []
    figures: list[Drawn] = []
    known: dict[tuple[object, ...], str] = {}
    for question in document.asked:
        try:
            found = answer(question)
        except MobilecalcError as error:
            what = f"has no answer. {error.what}"
            raise bad(document.path, question, what, error.why, error.fix) from error
        if (figure := found.figure) is not None:
            check_extension(document.path, question, figure, document.language)
            path = document.real.parent / figure.file
            figures.append(Drawn(document.path, question, figure, path))
        key = (question.words, question.in_line, question.prefix, question.last, question.newline)
        if key not in known:
            known[key] = _shown(found, question, document)
        answers.append(known[key])
    return Refreshed(document, tuple(answers), tuple(figures))


def _shown(found: Answer, question: Question, document: Document) -> str:
    """The answer in the document's language, in its line or as a block."""
    language = document.language
    if question.in_line:
        if found.number:
            return language.number(found.number)
        raise bad(
            document.path,
            question,
            "answers with more than a number, and cannot stand in a line.",
            "The markers around the answer are in one line.",
            "Put the closing marker on a line of its own, or ask for a value.",
        )
    if found.number:
        number = language.number(found.number)
        block = f"\n{number}\n\n" if language.spaced else f"{number}\n"
    else:
        block = f"\n{_block(found, language)}\n\n"
    *lines, _ = block.split("\n")
    placed = [f"{question.prefix}{line}" if line else question.prefix.rstrip() for line in lines]
    return question.newline.join([*placed, question.last])


def _block(found: Answer, language: Language) -> str:
    if found.figure is not None:
        figure = found.figure
        return language.image(figure.file, figure.caption, figure.described)
    view = found.view or VIEWS[language.view]
    if found.table is None or view.name == "console":
        return language.fence(f"$ mobilecalc {found.words}\n{found.screen}", "console")
    if view.name in (language.view, *language.embeds):
        return view.fragment(found.table).strip("\n")
    return language.fence(view.render(found.table).strip("\n"), view.name)
