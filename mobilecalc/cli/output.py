"""Where an answer goes: a command finds its output in its context."""

from __future__ import annotations

import sys
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from mobilecalc.answers.footnotes import uncounted_in, warnings_of
from mobilecalc.answers.table import Table
from mobilecalc.cli import standard_streams as streams
from mobilecalc.cli.files import check_writable, write_whole
from mobilecalc.cli.options import SCREEN, OutputOptions
from mobilecalc.core.errors import BadOption, CheckFailed

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Curves
    from mobilecalc.core.profile import Profile
    from mobilecalc.modules.loading.model import Model

SCREEN_CHART = ".svg"
"""What a chart is there."""


class Output(ABC):
    """Where the answer of one command goes.

    It is opened with the command's options, and then shown a table or told a number.
    """

    def open(self, options: OutputOptions, chart: Path | None) -> None:
        """Check the format and the files before anything is computed.

        Raises `UnknownName` or `BadOption` for the format and the chart's extension,
        `MissingPackage` where nothing can be drawn, and what the files are refused with.
        """
        self.options, self.chart = options, chart
        self.path = options.path
        if self.path is not None:
            self._check_file(self.path)
        if chart is not None:
            self._check_chart(chart)
        self.view = options.view

    def show(
        self,
        table: Table,
        console: Sequence[Table] = (),
        charts: Sequence[Curves] = (),
        *,
        strict: bool = False,
    ) -> None:
        """The table; on the console those of `console` in its place, if any, and the charts.

        With `strict` what no formula covers in the models that it is about is a failed check.
        Raises `CheckFailed`, at the end, where the table tells of one.
        """
        if self.chart is not None:
            self._draw(table, self.chart)
        if not self.view.notes:
            for warning in table.warnings:
                streams.complain(str(warning))
        self._give_table(table, console or [table], charts)
        _fail((*map(str, table.failures), *_uncounted(table.about, strict=strict)))

    def say(self, text: str, *, of: Sequence[Model], strict: bool) -> None:
        """A number for a sentence; why it may be wrong is on the error stream.

        Raises `CheckFailed` with `strict`, at the end, where no formula covers an operation.
        """
        profiles = [model.profile() for model in of]
        for warning in warnings_of(profiles):
            streams.complain(str(warning))
        self._give_number(text)
        _fail(_uncounted(profiles, strict=strict))

    def _draw(self, table: Table, path: Path) -> None:
        from mobilecalc.views.charts.files import caption, content, description

        charts = list(table.charts()) if table.charts is not None else []
        drawn = content(charts, SCREEN_CHART if path == SCREEN else path.suffix)
        self._give_chart(path, drawn, caption(charts), description(charts))

    @property
    @abstractmethod
    def on_console(self) -> bool:
        """Whether the answer is the console's text, which has pages of its own."""

    @abstractmethod
    def check_model(self, name: str) -> None:
        """Raises `BadOption` for a model that may not be read here."""

    @abstractmethod
    def _check_file(self, path: Path) -> None: ...

    @abstractmethod
    def _check_chart(self, path: Path) -> None: ...

    @abstractmethod
    def _give_table(
        self, table: Table, console: Sequence[Table], charts: Sequence[Curves]
    ) -> None: ...

    @abstractmethod
    def _give_number(self, text: str) -> None: ...

    @abstractmethod
    def _give_chart(self, path: Path, content: bytes, caption: str, described: str) -> None: ...


def output_of(
    context: typer.Context,
    options: OutputOptions = OutputOptions(),
    chart: Path | None = None,
) -> Output:
    """The output of a command's context, opened with these options. Raises what `open` raises."""
    output: Output = context.obj
    output.open(options, chart)
    return output


class Terminal(Output):
    """The standard output, or the files that the options name."""

    @property
    def on_console(self) -> bool:
        """Whether the format is the console's."""
        return self.view.name == "console"

    def check_model(self, name: str) -> None:
        """Any is allowed: whoever types the command may run the code."""

    def _check_file(self, path: Path) -> None:
        check_writable(path)

    def _check_chart(self, path: Path) -> None:
        from mobilecalc.views.charts.files import check_extension

        if path == SCREEN:
            check_extension(SCREEN_CHART)
            if self.path is None:
                raise BadOption(
                    "--chart - and the answer would both be written to the standard output.",
                    fix="Write one of them to a file: --chart - --output table.md",
                )
            return
        check_extension(path.suffix)
        check_writable(path)
        if self.path is not None and self.path.absolute() == path.absolute():
            raise BadOption(
                f"--chart and --output both name {path}.",
                why="The one would replace the other.",
                fix="Give one of them another name.",
            )

    def _give_table(self, table: Table, console: Sequence[Table], charts: Sequence[Curves]) -> None:
        if not self.on_console:
            self._write(self.view.render(table))
            return
        from mobilecalc.views.console import show, text

        if self.path is None:
            show(console, charts)
        else:
            self._write(text(console, charts))

    def _give_number(self, text: str) -> None:
        self._write(f"{text}\n")

    def _give_chart(self, path: Path, content: bytes, caption: str, described: str) -> None:
        if path == SCREEN:
            sys.stdout.buffer.write(content)
        else:
            write_whole(path, content)

    def _write(self, text: str) -> None:
        """To the file; to the screen where there is none."""
        if self.path is None:
            sys.stdout.write(text)
        else:
            write_whole(self.path, text.encode(errors="backslashreplace"))


def _uncounted(profiles: Sequence[Profile], *, strict: bool) -> tuple[str, ...]:
    """With `strict`, what no formula covers: a failed check."""
    return tuple(note for one in profiles for note in uncounted_in(one)) if strict else ()


def _fail(failures: Sequence[str]) -> None:
    if failures:
        raise CheckFailed(failures)
