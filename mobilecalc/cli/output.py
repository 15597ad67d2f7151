"""Where an answer goes: the screen, or a file that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.answers.footnotes import uncounted_in, warnings_of
from mobilecalc.answers.table import Table
from mobilecalc.cli import streams
from mobilecalc.cli.inside import document
from mobilecalc.cli.options import Destination
from mobilecalc.core.errors import BadOption, CheckFailed, UnwritableOutput
from mobilecalc.views import View, view_for

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Curves
    from mobilecalc.modules.loading.model import Model

SCREEN = Path("-")
"""As the name of a file: the standard output."""

SCREEN_CHART = ".svg"
"""What a chart is there."""


class Sink(NamedTuple):
    """The chosen format and file (None: the screen)."""

    view: View
    path: Path | None
    format: str | None = None
    chart: Path | None = None

    @property
    def on_console(self) -> bool:
        """Whether a console's text is shown; a document asks for that by its name."""
        return self.view.name == "console" and (document() is None or self.format is not None)

    def show(
        self,
        table: Table,
        console: Sequence[Table] = (),
        charts: Sequence[Curves] = (),
        failures: Sequence[str] = (),
        *,
        of: Sequence[Model],
        strict: bool = False,
    ) -> None:
        """The table; on the console those of `console` in its place, if any, and the charts.

        `of` are the models that it is about: with `strict` what no formula covers in them is a
        failed check.

        Raises `CheckFailed`, at the end, where the table tells of a failed check, or `failures`.
        """
        if self.chart is not None:
            self._draw(table, self.chart)
        if not self.view.notes:
            for warning in table.warnings:
                streams.complain(str(warning))
        if (inside := document()) is not None:
            inside.table(table, self.format, console, charts)
        elif self.view.name == "console":
            self._show_on_console(console or [table], charts)
        else:
            _write(self.path, self.view.render(table))
        _fail((*map(str, table.failures), *failures, *_uncounted(of, strict=strict)))

    def _draw(self, table: Table, path: Path) -> None:
        """The table's charts, into a file: a document keeps them itself."""
        from mobilecalc.views.charts.files import caption, content, description

        charts = list(table.charts()) if table.charts is not None else []
        drawn = content(charts, SCREEN_CHART if path == SCREEN else path.suffix)
        if (inside := document()) is not None:
            inside.figure(path, drawn, caption(charts), description(charts))
        elif path == SCREEN:
            sys.stdout.buffer.write(drawn)
        else:
            write_whole(path, drawn)

    def _show_on_console(self, tables: Sequence[Table], charts: Sequence[Curves]) -> None:
        from mobilecalc.views import console

        if self.path is None:
            console.show(tables, charts)
        else:
            _write(self.path, console.text(tables, charts))


def say(text: str, *, of: Sequence[Model], strict: bool) -> None:
    """A number for a sentence, on a line of the screen; why it may be wrong on the error stream.

    Raises `CheckFailed` with `strict`, at the end, where no formula covers an operation.
    """
    for warning in warnings_of(model.profile() for model in of):
        streams.complain(str(warning))
    if (inside := document()) is not None:
        inside.number(text)
    else:
        _write(None, f"{text}\n")
    _fail(_uncounted(of, strict=strict))


def _uncounted(models: Sequence[Model], *, strict: bool) -> tuple[str, ...]:
    """With `strict`, what no formula covers: a failed check."""
    if not strict:
        return ()
    return tuple(note for model in models for note in uncounted_in(model.profile()))


def _fail(failures: Sequence[str]) -> None:
    if failures:
        raise CheckFailed(failures)


def _write(path: Path | None, text: str) -> None:
    """To the file; to the screen where there is none."""
    if path is None:
        sys.stdout.write(text)
    else:
        write_whole(path, text.encode(errors="backslashreplace"))


def sink(to: Destination, chart: Path | None = None) -> Sink:
    """Check the format and the files before anything is computed.

    Raises `UnknownName` or `BadOption` for the format and the chart's ending, `MissingPackage`
    where nothing can be drawn, `UnwritableOutput` for the files.
    """
    path = None if to.output == SCREEN else to.output
    if path is not None:
        if document() is not None:
            raise BadOption("--output writes a file, and no question may do that.")
        check_writable(path)
    if chart is not None:
        _check_chart(chart, path)
    view = view_for(to.format, None if path is None else path.suffix)
    return Sink(view, path, to.format, chart)


def _check_chart(chart: Path, output: Path | None) -> None:
    from mobilecalc.views.charts.files import check_ending

    inside = document()
    if chart == SCREEN and inside is None:
        check_ending(SCREEN_CHART)
        if output is None:
            raise BadOption(
                "--chart - and the answer would both be written to the standard output.",
                mend="Write one of them to a file: --chart - --output table.md",
            )
        return
    check_ending(chart.suffix)
    if inside is not None:
        inside.check_figure(chart)
        return
    check_writable(chart)
    if output is not None and output.absolute() == chart.absolute():
        raise BadOption(
            f"--chart and --output both name {chart}.",
            why="The one would replace the other.",
            mend="Give one of them another name.",
        )


def check_writable(path: Path) -> None:
    """Find out before anything is computed. Raises `UnwritableOutput`."""
    try:
        why = _obstacle(path)
    except OSError as error:  # a name that is too long, or links round a circle
        why = f"{error.strerror}."
    except ValueError as error:  # a name that no file can have
        why = f"{error}."
    if why:
        raise _unwritable(path, why)


def _obstacle(path: Path) -> str:
    """Why the file cannot be written; "" where it can."""
    folder = path.absolute().parent
    if path.is_dir():
        return "It is a folder."
    if _is_device(path):
        return "" if os.access(path, os.W_OK) else "Permission denied."
    if not folder.is_dir():
        return f"There is no folder {folder}."
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        return "Permission denied."
    return ""


def write_whole(path: Path, content: bytes) -> None:
    """Write beside the file, then rename; what was there stays whole if anything fails.

    Raises `UnwritableOutput`.
    """
    try:
        if _is_device(path):
            path.write_bytes(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _is_device(path: Path) -> bool:
    """Whether it is a terminal, a pipe or the like: written to, never replaced."""
    return path.exists() and not path.is_file()


def _replace(target: Path, content: bytes) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        beside.chmod(_mode(target))
        beside.replace(target)
    except BaseException:
        beside.unlink()
        raise


def _mode(target: Path) -> int:
    """The permissions of the file that is replaced, else those of any new file."""
    if target.exists():
        return stat.S_IMODE(target.stat().st_mode)
    umask = os.umask(0)
    os.umask(umask)
    return 0o666 & ~umask


def _unwritable(path: Path, why: str) -> UnwritableOutput:
    return UnwritableOutput(
        f"{path} cannot be written.",
        why=why,
        mend="Choose another place for it.",
    )
