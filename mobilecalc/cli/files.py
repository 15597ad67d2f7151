"""A file that an answer is written to: whole, or not there at all."""

from __future__ import annotations

import os
from pathlib import Path

from mobilecalc.core.errors import UnwritableOutput
from mobilecalc.core.files import written_beside


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
    beside = written_beside(target, content)
    try:
        beside.replace(target)
    except BaseException:
        beside.unlink()
        raise


def _unwritable(path: Path, why: str) -> UnwritableOutput:
    return UnwritableOutput(
        f"{path} cannot be written.",
        why=why,
        fix="Choose another place for it.",
    )
