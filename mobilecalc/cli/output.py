"""Where an answer goes: the screen, or a file that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.cli.options import Destination
from mobilecalc.core.errors import BadOption, CheckFailed, UnwritableOutput
from mobilecalc.core.table import Chart, Table
from mobilecalc.views import View, view_for

if TYPE_CHECKING:
    from mobilecalc.views.charts import Pictures


class Sink(NamedTuple):
    """The chosen format and file (None: the screen)."""

    view: View
    path: Path | None

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
        if not self.view.notes:
            for warning in table.warnings:
                sys.stderr.write(f"mobilecalc: {warning}\n")
        if self.view.name == "console":
            self._show_on_console(console or [table], charts)
        elif self.path is None:
            sys.stdout.write(self.view.render(table))
        else:
            write_whole(self.path, self.view.render(table).encode())
        if table.failures or failures:
            raise CheckFailed((*table.failures, *failures))

    def _show_on_console(self, tables: Sequence[Table], charts: Sequence[Chart]) -> None:
        from mobilecalc.views import console

        if self.path is None:
            console.show(tables, charts)
        else:
            write_whole(self.path, console.text(tables, charts).encode())


def sink(to: Destination) -> Sink:
    """Check the format and the file before anything is computed.

    Raises `UnknownName` or `BadOption` for the format, `UnwritableOutput` for the file.
    """
    path = None if to.output is None or str(to.output) == "-" else to.output
    if path is not None:
        check_writable(path)
    return Sink(view_for(to.format, None if path is None else path.suffix), path)


def chart_file(path: Path | None, out: Sink) -> Callable[[Pictures], None] | None:
    """What draws pictures into a file; None where no file is asked for.

    Checks the file and its ending before anything is computed. Raises `UnwritableOutput`,
    `BadOption` or `MissingPackage`.
    """
    if path is None:
        return None
    from mobilecalc.views.charts import check_ending, content

    check_ending(path.suffix)
    check_writable(path)
    if out.path is not None and out.path.absolute() == path.absolute():
        raise BadOption(
            f"--chart and --output both name {path}.",
            why="The one would replace the other.",
            mend="Give one of them another name.",
        )
    return lambda pictures: write_whole(path, content(pictures, path.suffix))


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
