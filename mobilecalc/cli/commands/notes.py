"""`mobilecalc notes`"""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from mobilecalc.core.errors import CheckFailed
from mobilecalc.notes.languages import LANGUAGES

if TYPE_CHECKING:
    from mobilecalc.notes.documents import Refreshed

_LANGUAGES = [name for one in LANGUAGES for name in (one, *LANGUAGES[one].dialects)]

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
        help=f"{', '.join(_LANGUAGES[:-1])} or {_LANGUAGES[-1]}.",
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
    from mobilecalc.cli.document import answer
    from mobilecalc.notes.updates import refreshed_all, write
    from mobilecalc.notes.writing import alone

    answering = partial(answer, allow_code=allow_code)
    if action == "check":
        _compare(refreshed_all(documents, answering, _progress), allow_code=allow_code)
        return
    with alone(documents):
        done = write(refreshed_all(documents, answering, _progress))
        sys.stdout.write("".join(f"{line}\n" for line in done))


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
        fix = f"mobilecalc notes update {names}{' --allow-code' * allow_code}"
        raise CheckFailed([f"{names}: out of date. Fix: {fix}"])


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
