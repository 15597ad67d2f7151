"""The figures of documents: whose file is whose, and whether it is up to date."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from mobilecalc.notes.languages import Language
from mobilecalc.notes.questions import BadDocument, Figure, Question, cut


class Drawn(NamedTuple):
    """A figure, the question that draws it, the document of that, and where its file is."""

    document: Path
    question: Question
    figure: Figure
    path: Path

    @property
    def is_current(self) -> bool:
        """Whether the file holds the figure."""
        content = _content(self.path)
        return content is not None and _is_same(content, self.figure.content)


_VERSION = re.compile(rb'data-version="\w+"')
"""What mobilecalc writes into each figure."""


def _is_same(one: bytes, other: bytes) -> bool:
    """Whether they are equal byte by byte, or drawn from the same specification."""
    first, second = _VERSION.search(one), _VERSION.search(other)
    return one == other or bool(first and second and first[0] == second[0])


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes() if path.is_file() else None
    except OSError:
        return None


def bad(document: Path, question: Question, what: str, why: str = "", fix: str = "") -> BadDocument:
    """The error of a question."""
    where = f"'{cut(question.words)}' {what}"
    return BadDocument(str(document), question.line, where, why=why, fix=fix)


def check_figures(drawn: Iterable[Drawn], documents: Iterable[Path]) -> None:
    """Raise `BadDocument` if a figure would replace a file that is not its own.

    That is a document, another figure of these documents, or what the answer does not show.
    """
    owners: dict[object, Drawn | None] = {_identity(path): None for path in documents}
    for one in drawn:
        owner = owners.setdefault(_identity(one.path), one)
        if owner is None:
            raise _replaces(one, "It is one of the documents.")
        if owner is not one and not _is_same(owner.figure.content, one.figure.content):
            raise _drawn_twice(one, owner)
        _check_file(one)


def _identity(path: Path) -> object:
    """The same for all names of a file."""
    try:
        found = path.stat()
    except OSError:
        return os.path.realpath(path)
    return found.st_dev, found.st_ino


def distinct(paths: Iterable[Path]) -> list[Path]:
    """Each file once, under the first of its names."""
    first: dict[object, Path] = {}
    for path in paths:
        first.setdefault(_identity(path), path)
    return list(first.values())


def _check_file(one: Drawn) -> None:
    """Raise `BadDocument` if something else is there."""
    if not os.path.lexists(one.path) or one.is_current:
        return
    content, file = _content(one.path), re.escape(one.figure.file)
    if not re.search(rf"(?<![\w./-]){file}(?![\w./-])", one.question.old):
        raise _replaces(
            one, "It is there already, and the document does not show it as this question's answer."
        )
    if content is None or not _VERSION.search(content):
        raise _replaces(one, "The file was not drawn by mobilecalc.")


def _replaces(one: Drawn, why: str) -> BadDocument:
    fix = "Give the figure another name, or move the file away."
    return bad(one.document, one.question, f"would replace {one.figure.file}.", why, fix)


def _drawn_twice(one: Drawn, owner: Drawn) -> BadDocument:
    place = f" of {owner.document}" if owner.document != one.document else ""
    return bad(
        one.document,
        one.question,
        f"draws {one.figure.file}.",
        f"The question in line {owner.question.line}{place} draws that file too, differently.",
        "Give one of them another name.",
    )


def check_extension(document: Path, question: Question, figure: Figure, language: Language) -> None:
    """Raise `BadDocument` for a file that the document's language cannot show."""
    path, known = Path(figure.file), language.figure_extensions
    if path.suffix.lower() not in known:
        what = f"draws a figure that {language.name} cannot show."
        fix = f"For example: --chart figures/{path.stem}{known[0]}"
        raise bad(document, question, what, f"It shows {', '.join(known)}.", fix)


def unique(drawn: Iterable[Drawn]) -> tuple[Drawn, ...]:
    """One for each file."""
    return tuple({_identity(one.path): one for one in drawn}.values())
