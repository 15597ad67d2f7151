"""Where an answer goes: the screen, or a file that is whole or not there at all."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import UnwritableOutput
from mobilecalc.core.table import Chart, Table
from mobilecalc.views import View, view_for


class Sink(NamedTuple):
    """The chosen format and file (None: the screen)."""

    view: View
    path: Path | None

    def show(self, *tables: Table, main: int = 0, charts: Sequence[Chart] = ()) -> None:
        """The console shows every table and chart; the other formats the table `main`."""
        if self.view.name == "console":
            self._show_on_console(tables, charts)
        elif self.path is None:
            sys.stdout.write(self.view.render(tables[main]))
        else:
            write_whole(self.path, self.view.render(tables[main]))

    def _show_on_console(self, tables: Sequence[Table], charts: Sequence[Chart]) -> None:
        from mobilecalc.views import console

        if self.path is None:
            console.show(tables, charts)
        else:
            write_whole(self.path, console.text(tables, charts))


def sink(format: str | None, output: Path | None) -> Sink:
    """Check the format and the file before anything is computed.

    Raises `UnknownName` or `BadOption` for the format, `UnwritableOutput` for the file.
    """
    path = None if output is None or str(output) == "-" else output
    if path is not None:
        _check(path)
    return Sink(view_for(format, None if path is None else path.suffix), path)


def write_whole(path: Path, text: str) -> None:
    """Write beside the file, then rename; what was there stays whole if anything fails.

    Raises `UnwritableOutput`.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            target.write_text(text, encoding="utf-8")
            return
        _replace(target, text)
    except OSError as error:
        raise _unwritable(path, error.strerror or str(error)) from error


def _replace(target: Path, text: str) -> None:
    import tempfile

    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    beside = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
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


def _check(path: Path) -> None:
    folder = path.absolute().parent
    if path.is_dir():
        raise _unwritable(path, "It is a folder.")
    if not folder.is_dir():
        raise _unwritable(path, f"There is no folder {folder}.")
    if not os.access(folder, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise _unwritable(path, "Permission denied.")


def _unwritable(path: Path, why: str) -> UnwritableOutput:
    return UnwritableOutput(
        f"{path} cannot be written.",
        why=why,
        mend="Choose another place with --output, or leave it out to print on the screen.",
    )
