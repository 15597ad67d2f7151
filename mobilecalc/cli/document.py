"""A document's questions: each is a command, run here, whose answer the document keeps."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobilecalc.answers.table import Table
from mobilecalc.cli.main import COMMANDS, command
from mobilecalc.cli.output import Output
from mobilecalc.core.errors import BadOption, MobilecalcError
from mobilecalc.modules.loading.sources import runs_code
from mobilecalc.notes.documents import SCREEN_WIDTH, Answer
from mobilecalc.notes.questions import Figure

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Curves

REPORTING = tuple(name for name in COMMANDS if name not in ("notes", "explorer"))
"""The commands that a document may ask: they report, and change nothing."""


def answer(words: str, folder: Path, *, allow_code: bool) -> Answer:
    """What a reporting command shows in a document of that folder. Raises `MobilecalcError`."""
    name, *arguments = _read(words)
    output = DocumentOutput(words.replace(" --format console", ""), folder, allow_code=allow_code)
    try:
        _command(name).main(arguments, f"mobilecalc {name}", standalone_mode=False, obj=output)
    except MobilecalcError:
        raise
    except Exception as error:
        broken = f"It breaks: {type(error).__name__}: {error}"
        said = getattr(error, "format_message", lambda: broken)  # a wrong call, as typer says it
        raise BadOption(said(), fix=f"Its options: mobilecalc {name} --help") from error
    if not output.answers:
        raise BadOption("It shows nothing.", fix=f"Try: mobilecalc {words}")
    return output.answers[0]


def _read(words: str) -> list[str]:
    """A command that reports, and its arguments. Raises `BadOption`."""
    try:
        name, *arguments = shlex.split(words)
    except ValueError as error:
        ends_in_backslash = "escaped" in str(error)
        raise BadOption(
            f"It cannot be read: {error}.",
            fix="Remove the backslash at its end."
            if ends_in_backslash
            else "Close every quotation mark.",
        ) from error
    if name not in REPORTING:
        raise BadOption(
            f"'{name}' is no command that a document may ask.",
            why=f"These report and change nothing: {', '.join(REPORTING)}.",
        )
    if {"-h", "--help"}.intersection(arguments):
        raise BadOption("A document shows no help.", fix=f"Read it: mobilecalc {name} --help")
    return [name, *arguments]


@cache
def _command(name: str) -> Any:
    """Built once, however many questions ask it."""
    return command(name)


class DocumentOutput(Output):
    """A document: the answers are kept for it, the first of them being the one it shows.

    words: the question. folder: the document's; figures are below it. allow_code: whether a
    question may run code that is no part of mobilecalc.
    """

    def __init__(self, words: str, folder: Path, *, allow_code: bool) -> None:
        self.words, self.folder, self.allow_code = words, folder, allow_code
        self.answers: list[Answer] = []

    @property
    def on_console(self) -> bool:
        """Whether the question asks for the console's format by its name."""
        return self.options.format == "console"

    def check_model(self, name: str) -> None:
        """Raises `BadOption` for a name that runs code, where that is not allowed."""
        if runs_code(name) and not self.allow_code:
            raise BadOption(
                f"{name} runs code or is a file of torch's, and no question may read it.",
                why="Whoever may change the document could run anything here.",
                fix="If you trust the document and the code: mobilecalc notes ... --allow-code",
            )

    def _check_file(self, path: Path) -> None:
        raise BadOption("--output writes a file, and no question may do that.")

    def _check_chart(self, path: Path) -> None:
        """Raises `BadOption` for a file that is not below the document, or has an odd name."""
        from mobilecalc.views.charts.files import check_extension

        check_extension(path.suffix)
        if ".." in path.parts:
            raise BadOption(
                f"{path} contains '..', which is not allowed in a document.",
                why="A figure is saved in the document's directory or below it.",
                fix=f"For example: --chart figures/{path.name}",
            )
        inside = (self.folder / path).resolve().is_relative_to(self.folder.resolve())
        if path.is_absolute() or not inside:
            raise BadOption(
                f"{path} is not below the document.",
                why="A document's figures are in its folder, or in one of that.",
                fix=f"For example: --chart figures/{path.name}",
            )
        if not all(re.fullmatch(r"\w[\w.-]*", part, re.ASCII) for part in path.parts):
            raise BadOption(
                f"{path} is no name for a figure in a document.",
                why="Every language takes letters, digits, points, hyphens and underscores alone.",
                fix="For example: --chart figures/scale.svg",
            )

    def _give_table(self, table: Table, console: Sequence[Table], charts: Sequence[Curves]) -> None:
        from mobilecalc.views.console import text

        screen = text(console, charts, SCREEN_WIDTH).rstrip("\n") if self.on_console else ""
        view = self.view if self.options.format else None
        self.answers.append(Answer(self.words, table=table, view=view, screen=screen))

    def _give_number(self, text: str) -> None:
        self.answers.append(Answer(self.words, number=text))

    def _give_chart(self, path: Path, content: bytes, caption: str, described: str) -> None:
        """Its file is written with the document."""
        figure = Figure(path.as_posix(), content, caption, described)
        self.answers.append(Answer(self.words, figure=figure))
