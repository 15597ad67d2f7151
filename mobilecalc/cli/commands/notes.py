"""`mobilecalc notes`"""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mobilecalc.cli.inside import inside
from mobilecalc.cli.main import COMMANDS, command
from mobilecalc.core.errors import BadOption, CheckFailed, MobilecalcError

if TYPE_CHECKING:
    from mobilecalc.notes.documents import Answer, Refreshed
    from mobilecalc.notes.questions import Question

REPORTING = tuple(name for name in COMMANDS if name not in ("notes", "explorer"))
"""The commands that a document may ask: they report, and change nothing."""

Action = Annotated[
    Literal["update", "check"],
    typer.Argument(
        metavar="update|check",
        help="update: put today's answers into the documents. check: change nothing, show what"
        " differs, and exit 1 if anything does.",
    ),
]
Documents = Annotated[
    list[Path],
    typer.Argument(
        metavar="DOCUMENT...",
        readable=False,  # what cannot be read is reported as every other fault of a document
        help="Markdown, Quarto, R Markdown, MyST, LaTeX, reStructuredText or Typst.",
    ),
]
AllowCode = Annotated[
    bool,
    typer.Option(
        "--allow-code",
        help="Allow questions to run Python code (net.py:make_net) and to read .pt2, .pt, .pth.",
    ),
]


def notes(action: Action, documents: Documents, allow_code: AllowCode = False) -> None:
    """Documents that hold questions: put in today's answers, or check that they are there."""
    from contextlib import nullcontext

    from mobilecalc.notes.writing import alone

    with alone(documents) if action == "update" else nullcontext():
        today = _today(documents, allow_code=allow_code)
        if action == "update":
            _write(today)
    if action == "check":
        _compare(today, allow_code=allow_code)


def _today(documents: Sequence[Path], *, allow_code: bool) -> list[Refreshed]:
    """Each document once, under the first of its names, with the answers of today."""
    from mobilecalc.notes.documents import Document, refreshed
    from mobilecalc.notes.figures import check_figures, distinct
    from mobilecalc.studies.crosscheck import remembering

    found = [Document.read(path) for path in distinct(documents)]
    today: list[Refreshed] = []
    asked = sum(len(document.asked) for document in found)
    with remembering(), _progress(asked) as answered:
        for document in found:
            with _in_folder(document.real.parent) as folder:
                answer = _answering(folder, answered, allow_code=allow_code)
                today.append(refreshed(document, answer))
    check_figures(
        [drawn for one in today for drawn in one.figures], [one.document.real for one in today]
    )
    return today


def _write(today: Sequence[Refreshed]) -> None:
    """Write all documents and their figures, or none: figures first.

    Raises `BadDocument` where a document is another than the one that was read, and
    `UnwritableOutput`.
    """
    from mobilecalc.notes.figures import unique
    from mobilecalc.notes.writing import Write, write_all

    figures = unique(drawn for one in today for drawn in one.stale_figures)
    writes = [Write(drawn.path, drawn.figure.content) for drawn in figures]
    writes += [
        Write(one.document.path, one.content, one.document.content) for one in today if one.changed
    ]
    done = [f"{one.document.path}: {_counted(one)}\n" for one in today]
    write_all(writes)
    sys.stdout.write("".join(done))


def _counted(one: Refreshed) -> str:
    asked, figures = len(one.document.asked), len(one.stale_figures)
    if not asked:
        return "it asks nothing."
    changed = f"{len(one.changed)} of {asked} answer{'s' * (asked > 1)} changed"
    return f"{changed}, {figures} figure{'s' * (figures > 1)} drawn." if figures else f"{changed}."


def _compare(today: Sequence[Refreshed], *, allow_code: bool) -> None:
    """Show what differs. Raises `CheckFailed` if anything does."""
    from mobilecalc.notes.differences import differences

    stale = [one for one in today if one.is_stale]
    for one in stale:
        sys.stdout.write("\n\n".join(differences(one)) + "\n\n")
    for one in today:
        if not one.document.asked:
            sys.stderr.write(f"mobilecalc: {one.document.path}: it asks nothing.\n")
    if stale:
        names = " ".join(shlex.quote(str(one.document.path)) for one in stale)
        mend = f"mobilecalc notes update {names}{' --allow-code' * allow_code}"
        raise CheckFailed([f"{names}: not as it is today. Mend it: {mend}"])


def _answering(
    folder: Path, answered: Callable[[], None], *, allow_code: bool
) -> Callable[[Question], Answer]:
    known: dict[str, Answer] = {}

    def answer(question: Question) -> Answer:
        if question.words not in known:
            known[question.words] = _answer(question.words, folder, allow_code=allow_code)
        answered()
        return known[question.words]

    return answer


def _answer(words: str, folder: Path, *, allow_code: bool) -> Answer:
    """Run a reporting command in this process. Raises `MobilecalcError`."""
    try:
        name, *arguments = shlex.split(words)
    except ValueError as error:
        ends_in_backslash = "escaped" in str(error)
        raise BadOption(
            f"It cannot be read: {error}.",
            mend="Remove the backslash at its end."
            if ends_in_backslash
            else "Close every quotation mark.",
        ) from error
    if name not in REPORTING:
        raise BadOption(
            f"'{name}' is no command that a document may ask.",
            why=f"These report and change nothing: {', '.join(REPORTING)}.",
        )
    if {"-h", "--help"}.intersection(arguments):
        raise BadOption("A document shows no help.", mend=f"Read it: mobilecalc {name} --help")
    with inside(folder, allow_code=allow_code) as document:
        document.words = _without_format(words)
        try:
            _command(name).main(arguments, f"mobilecalc {name}", standalone_mode=False)
        except MobilecalcError:
            raise
        except Exception as error:
            broken = f"It breaks: {type(error).__name__}: {error}"
            said = getattr(
                error, "format_message", lambda: broken
            )  # a wrong call, as typer says it
            raise BadOption(said(), mend=f"Its options: mobilecalc {name} --help") from error
    if not document.shown:
        raise BadOption("It shows nothing.", mend=f"Try: mobilecalc {words}")
    return document.shown[0]


@cache
def _command(name: str) -> Any:
    """Built once, however many questions ask it."""
    return command(name)


def _without_format(words: str) -> str:
    return words.replace(" --format console", "")


@contextmanager
def _in_folder(folder: Path) -> Iterator[Path]:
    """Paths in a question are resolved relative to the document's directory."""
    before = Path.cwd()
    os.chdir(folder)
    try:
        yield folder
    finally:
        os.chdir(before)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[], None]]:
    """A bar on the terminal's error stream, where the answers take longer than a second."""
    if not sys.stderr.isatty() or total < 2:
        yield lambda: None
        return
    from time import monotonic

    from rich.console import Console
    from rich.progress import Progress

    bar = Progress(console=Console(stderr=True), transient=True)
    task, begun = bar.add_task("Answering", total=total), monotonic()

    def advance() -> None:
        if not bar.live.is_started and monotonic() - begun > 1:
            bar.start()
        bar.advance(task)

    try:
        yield advance
    finally:
        if bar.live.is_started:
            bar.stop()
