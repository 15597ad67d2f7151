"""Where an answer goes: the screen, or a file that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.cli.inside import document
from mobilecalc.cli.options import Destination
from mobilecalc.core.errors import BadOption, CheckFailed, UnwritableOutput
from mobilecalc.core.table import Table
from mobilecalc.views import View, view_for

if TYPE_CHECKING:
    from mobilecalc.core.pictures import Chart


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
        charts: Sequence[Chart] = (),
        failures: Sequence[str] = (),
    ) -> None:
        """The table; on the console those of `console` in its place, if any, and the charts.

        Raises `CheckFailed`, at the end, where the table tells of a failed check, or `failures`.
        """
        if self.chart is not None:
            self._draw(table, self.chart)
        if (inside := document()) is not None:
            inside.table(table, self.format, console, charts)
            self._fail(table, failures)
            return
        if not self.view.notes:
            for warning in table.warnings:
                sys.stderr.write(f"mobilecalc: {warning}\n")
        if self.view.name == "console":
            self._show_on_console(console or [table], charts)
        elif self.path is None:
            sys.stdout.write(self.view.render(table))
        else:
            write_whole(self.path, self.view.render(table).encode())
        self._fail(table, failures)

    def _draw(self, table: Table, path: Path) -> None:
        """The table's pictures, into a file: a document keeps them itself."""
        from mobilecalc.views.charts import caption, content, description

        pictures = list(table.pictures()) if table.pictures is not None else []
        drawn = content(pictures, path.suffix)
        if (inside := document()) is not None:
            inside.figure(path, drawn, caption(pictures), description(pictures))
        else:
            write_whole(path, drawn)

    def _fail(self, table: Table, failures: Sequence[str]) -> None:
        if table.failures or failures:
            raise CheckFailed((*table.failures, *failures))

    def _show_on_console(self, tables: Sequence[Table], charts: Sequence[Chart]) -> None:
        from mobilecalc.views import console

        if self.path is None:
            console.show(tables, charts)
        else:
            write_whole(self.path, console.text(tables, charts).encode())


def say(text: str) -> None:
    """A number for a sentence, on a line of the screen."""
    if (inside := document()) is not None:
        inside.number(text)
        return
    sys.stdout.write(f"{text}\n")


def sink(to: Destination, chart: Path | None = None) -> Sink:
    """Check the format and the files before anything is computed.

    Raises `UnknownName` or `BadOption` for the format and the chart's ending, `MissingPackage`
    where nothing can be drawn, `UnwritableOutput` for the files.
    """
    path = None if to.output is None or str(to.output) == "-" else to.output
    if path is not None:
        if document() is not None:
            raise BadOption("--output writes a file, and no question may do that.")
        check_writable(path)
    if chart is not None:
        _check_chart(chart, path)
    view = view_for(to.format, None if path is None else path.suffix)
    return Sink(view, path, to.format, chart)


def _check_chart(chart: Path, output: Path | None) -> None:
    from mobilecalc.views.charts import check_ending

    check_ending(chart.suffix)
    if (inside := document()) is not None:
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
    folder = path.absolute().parent
    if path.is_dir():
        raise _unwritable(path, "It is a folder.")
    if _is_device(path):
        return
    if not folder.is_dir():
        raise _unwritable(path, f"There is no folder {folder}.")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise _unwritable(path, "Permission denied.")


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
