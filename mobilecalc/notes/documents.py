"""A document, read and written as it is but for its answers."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import BadOption, MobilecalcError
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
        if path.exists() and not path.is_file():
            raise BadDocument(str(path), 1, "it is no file.", mend="Name a document.")
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
    figures: tuple[tuple[Question, Figure], ...]

    @property
    def text(self) -> str:
        """The document with these answers; all else is as it was."""
        parts, at = [], 0
        for question, answer in zip(self.document.asked, self.answers, strict=True):
            parts += [self.document.text[at : question.start], answer]
            at = question.end
        return "".join([*parts, self.document.text[at:]])

    @property
    def changed(self) -> tuple[Question, ...]:
        """The questions whose answer is another than it was."""
        pairs = zip(self.document.asked, self.answers, strict=True)
        return tuple(question for question, answer in pairs if question.old != answer)

    @property
    def stale_figures(self) -> tuple[tuple[Question, Figure], ...]:
        """Those whose file is not there, or has another content."""
        return tuple(
            (question, figure)
            for question, figure in self.figures
            if not _is_there(self.path_of(figure), figure)
        )

    @property
    def is_stale(self) -> bool:
        """Whether the document, or a figure of it, is not as it is today."""
        return bool(self.changed or self.stale_figures)

    def path_of(self, figure: Figure) -> Path:
        """Where the figure's file is."""
        return self.document.path.parent / figure.file

    def differences(self) -> list[str]:
        """For each answer that is not as it was: the question, and what differs line by line."""
        name, found = str(self.document.path), []
        for question, new in zip(self.document.asked, self.answers, strict=True):
            if question.old != new:
                lines = difflib.unified_diff(
                    question.old.splitlines(), new.splitlines(), "there", "today", lineterm="", n=1
                )
                found.append("\n".join([f"{name}, line {question.line}: {question.words}", *lines]))
        for question, figure in self.stale_figures:
            state = "another" if self.path_of(figure).exists() else "not there"
            found.append(
                f"{name}, line {question.line}: {question.words}\n{figure.file} is {state}."
            )
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
    answers: list[str] = []
    figures: dict[str, tuple[Question, Figure]] = {}
    known: dict[Question, str] = {}
    for question in document.asked:
        try:
            found = answer(question)
        except MobilecalcError as error:
            raise _bad(document, question, f"has no answer. {error.what}", error) from error
        if found.figure is not None:
            _check_figure(found.figure, question, document, figures)
            figures[found.figure.file] = question, found.figure
        key = question._replace(line=0, start=0, end=0, old="")
        if key not in known:
            known[key] = _shown(found, question, document)
        answers.append(known[key])
    return Refreshed(document, tuple(answers), tuple(figures.values()))


def _bad(
    document: Document, question: Question, what: str, cause: MobilecalcError | None = None
) -> BadDocument:
    why, mend = (cause.why, cause.mend) if cause else ("", "")
    where = str(document.path)
    return BadDocument(where, question.line, f"'{question.words}' {what}", why=why, mend=mend)


def _check_figure(
    figure: Figure,
    question: Question,
    document: Document,
    others: Mapping[str, tuple[Question, Figure]],
) -> None:
    """Raises `BadDocument` for a file that the document cannot show, or that is somebody's."""
    path = document.path.parent / figure.file
    endings = document.language.pictures
    if path.suffix.lower() not in endings:
        known = ", ".join(endings)
        mend = f"For example: --chart figures/{path.stem}{endings[0]}"
        what = f"draws a figure that {document.language.name} cannot show."
        raise _bad(document, question, what, BadOption("", why=f"It shows {known}.", mend=mend))
    if figure.file in others and others[figure.file][0].words != question.words:
        line = others[figure.file][0].line
        why = f"The question in line {line} draws that file too, and another figure."
        cause = BadOption("", why=why, mend="Give one of them another name.")
        raise _bad(document, question, f"draws {figure.file}.", cause)
    if path.exists() and figure.file not in question.old:
        cause = BadOption(
            "",
            why="It is there already, and the document does not show it as this question's answer.",
            mend="Give the figure another name, or move the file away.",
        )
        raise _bad(document, question, f"would replace {figure.file}.", cause)


def _shown(found: Answer, question: Question, document: Document) -> str:
    """The answer in the document's language, in its line or as a block."""
    language = document.language
    if question.in_line:
        if found.number:
            return language.number(found.number)
        cause = BadOption(
            "",
            why="The markers around the answer are in one line.",
            mend="Put the closing marker on a line of its own, or ask for a value.",
        )
        raise _bad(
            document,
            question,
            "answers with more than a number, and cannot stand in a line.",
            cause,
        )
    if found.number:
        number = language.number(found.number)
        block = f"\n{number}\n\n" if language.name == "restructuredtext" else f"{number}\n"
    else:
        block = f"\n{_block(found, language)}\n\n"
    *lines, _ = block.split("\n")
    placed = [f"{question.prefix}{line}" if line else question.prefix.rstrip() for line in lines]
    return question.newline.join([*placed, question.last])


def _block(found: Answer, language: Language) -> str:
    if found.figure is not None:
        figure = found.figure
        return language.image(figure.file, figure.caption, figure.described)
    if found.table is None or found.format == "console":
        return language.fence(f"$ mobilecalc {found.words}\n{found.screen}", "console")
    if found.format in ("", language.view):
        return VIEWS[language.view].fragment(found.table).strip("\n")
    if found.format == "html" and language.name == "markdown":
        return VIEWS["html"].fragment(found.table).strip("\n")
    return language.fence(VIEWS[found.format].render(found.table).strip("\n"), found.format)
