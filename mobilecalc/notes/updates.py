"""Several documents brought up to date together: all of them, or none."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TypeAlias

from mobilecalc.notes.documents import Answer, Document, Refreshed, refreshed
from mobilecalc.notes.figures import check_figures, distinct, unique
from mobilecalc.notes.questions import Question
from mobilecalc.notes.writing import Write, write_all

Answering: TypeAlias = Callable[[str, Path], Answer]
"""What answers the words of a question, in a document of that folder."""

Progress: TypeAlias = Callable[[int], AbstractContextManager[Callable[[], None]]]
"""Given how many questions there are, what is called when one of them is answered."""


def refreshed_all(
    paths: Sequence[Path], answering: Answering, progress: Progress
) -> list[Refreshed]:
    """Each document once, under the first of its names, with the answers of today.

    Nothing is written. Raises `BadDocument`.
    """
    documents = [Document.read(path) for path in distinct(paths)]
    today: list[Refreshed] = []
    with progress(sum(len(document.asked) for document in documents)) as answered:
        for document in documents:
            with _in_folder(document.real.parent) as folder:
                answer = _remembering(answering, folder, answered)
                today.append(refreshed(document, answer))
    check_figures(
        [drawn for one in today for drawn in one.figures], [one.document.real for one in today]
    )
    return today


def _remembering(
    answering: Answering, folder: Path, answered: Callable[[], None]
) -> Callable[[Question], Answer]:
    """Answers the same words once."""
    known: dict[str, Answer] = {}

    def answer(question: Question) -> Answer:
        if question.words not in known:
            known[question.words] = answering(question.words, folder)
        answered()
        return known[question.words]

    return answer


@contextmanager
def _in_folder(folder: Path) -> Iterator[Path]:
    """Paths in a question are resolved relative to the document's directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)


def write(today: Sequence[Refreshed]) -> list[str]:
    """Write all documents and their figures, or none: figures first. Returns a line for each.

    Raises `BadDocument` where a document is another than the one that was read, and
    `UnwritableOutput`.
    """
    figures = unique(drawn for one in today for drawn in one.stale_figures)
    writes = [Write(drawn.path, drawn.figure.content) for drawn in figures]
    writes += [
        Write(one.document.path, one.content, one.document.content) for one in today if one.changed
    ]
    done = [f"{one.document.path}: {_counted(one)}" for one in today]
    write_all(writes)
    return done


def _counted(one: Refreshed) -> str:
    asked, figures = len(one.document.asked), len(one.stale_figures)
    if not asked:
        return "it asks nothing."
    changed = f"{len(one.changed)} of {asked} answer{'s' * (asked > 1)} changed"
    return f"{changed}, {figures} figure{'s' * (figures > 1)} drawn." if figures else f"{changed}."
