"""Commands inside a document: run in this process, and what they show is kept for the document."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.sources import runs_code

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Curves
    from mobilecalc.answers.table import Table
    from mobilecalc.notes.documents import Answer


@dataclass
class Inside:
    """A document whose question is being answered, and what the command has shown.

    folder: the document's; figures are below it. allow_code: whether a question may run code that
    is no part of mobilecalc.
    """

    folder: Path
    allow_code: bool
    words: str = ""
    shown: list[Answer] = field(default_factory=list)

    def number(self, text: str) -> None:
        """Keep a number for a sentence."""
        from mobilecalc.notes.documents import Answer

        self.shown.append(Answer(self.words, number=text))

    def table(
        self,
        table: Table,
        format: str | None,
        console: Sequence[Table] = (),
        charts: Sequence[Curves] = (),
    ) -> None:
        """Keep a table; as a screen those of `console` in its place, and the charts."""
        from mobilecalc.notes.documents import SCREEN_WIDTH, Answer
        from mobilecalc.views.console import text

        screen = ""
        if format == "console":
            screen = text(console or [table], charts, SCREEN_WIDTH).rstrip("\n")
        self.shown.append(Answer(self.words, table=table, format=format or "", screen=screen))

    def figure(self, path: Path, content: bytes, caption: str, described: str) -> None:
        """Keep a figure, whose file is written with the document."""
        from mobilecalc.notes.documents import Answer
        from mobilecalc.notes.questions import Figure

        figure = Figure(path.as_posix(), content, caption, described)
        self.shown.insert(0, Answer(self.words, figure=figure))

    def check_figure(self, path: Path) -> None:
        """Raises `BadOption` for a file that is not below the document, or has an odd name."""
        if ".." in path.parts:
            raise BadOption(
                f"{path} contains '..', which is not allowed in a document.",
                why="A figure is saved in the document's directory or below it.",
                mend=f"For example: --chart figures/{path.name}",
            )
        inside = (self.folder / path).resolve().is_relative_to(self.folder.resolve())
        if path.is_absolute() or not inside:
            raise BadOption(
                f"{path} is not below the document.",
                why="A document's figures are in its folder, or in one of that.",
                mend=f"For example: --chart figures/{path.name}",
            )
        if not all(re.fullmatch(r"\w[\w.-]*", part, re.ASCII) for part in path.parts):
            raise BadOption(
                f"{path} is no name for a figure in a document.",
                why="Every language takes letters, digits, points, hyphens and underscores alone.",
                mend="For example: --chart figures/scale.svg",
            )

    def check_model(self, name: str) -> None:
        """Raises `BadOption` for a name that runs code, where that is not allowed."""
        if runs_code(name) and not self.allow_code:
            raise BadOption(
                f"{name} runs code or is a file of torch's, and no question may read it.",
                why="Whoever may change the document could run anything here.",
                mend="If you trust the document and the code: mobilecalc notes ... --allow-code",
            )


_inside: list[Inside] = []


def document() -> Inside | None:
    """The document whose question is being answered; None on the command line."""
    return _inside[-1] if _inside else None


@contextmanager
def inside(folder: Path, *, allow_code: bool) -> Iterator[Inside]:
    """While this is open, commands show what they show to a document."""
    opened = Inside(folder, allow_code)
    _inside.append(opened)
    try:
        yield opened
    finally:
        _inside.pop()
