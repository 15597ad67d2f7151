"""Several files written together: all of them, or none."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import UnwritableOutput
from mobilecalc.core.files import written_beside
from mobilecalc.notes.questions import BadDocument, reason


class Write(NamedTuple):
    """A file by the name it was given, and what it shall hold."""

    path: Path
    content: bytes
    expected: bytes | None = None
    """What it must hold before, if that is known."""


def write_all(writes: Sequence[Write]) -> None:
    """Write each file beside its place, then rename all; restore what was there if one fails.

    A symbolic link goes on pointing to its file. A file with several hard links is written in
    place, and its other names go on naming it. Raises `UnwritableOutput`.
    """
    steps = [_Step(write) for write in writes]
    at = Path()
    try:
        with ExitStack() as made:
            for step in steps:
                at = step.write.path
                step.prepare(made)
            steps.sort(key=lambda step: not step.in_place)
            for done, step in enumerate(steps):
                at = step.write.path
                try:
                    step.do()
                except BaseException:
                    _undo(steps[done::-1])
                    raise
            made.pop_all()
    except OSError as error:
        raise UnwritableOutput(
            f"{at} cannot be written.",
            why=_why(error, Path(os.path.realpath(at)).parent),
            fix="No document and no figure was changed.",
        ) from error
    finally:
        for step in steps:
            step.tidy()


def _why(error: OSError, folder: Path) -> str:
    """Why a file in that folder cannot be written: the folder itself may be what is in the way."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if isinstance(error, PermissionError) and not os.access(folder, os.W_OK | os.X_OK):
        return f"The directory {folder} is not writable."
    return reason(error)


class _Step:
    """A file that is prepared beside the one it replaces, and that one's content."""

    def __init__(self, write: Write) -> None:
        self.write = write
        self.target = Path(os.path.realpath(write.path))
        self.old: os.stat_result | None = None
        self.before: bytes | None = None
        self.beside: list[Path] = []

    def prepare(self, made: ExitStack) -> None:
        self.old = self._find()
        self.in_place = self.old is not None and self.old.st_nlink > 1
        _make_folder(self.target.parent, made)
        made.callback(self.tidy)
        if self.old is not None:
            self.before = self.target.read_bytes()
            self._check()
            self.backup = self._written(self.before)
        self.new = self._written(self.write.content)

    def _check(self) -> None:
        """Raise `BadDocument` if somebody wrote to it meanwhile."""
        if self.write.expected not in (None, self.target.read_bytes()):
            raise BadDocument(
                str(self.write.path),
                0,
                "it was changed while its questions were answered.",
                fix="Nothing was written to it. Save it, and update it again.",
            )

    def _find(self) -> os.stat_result | None:
        """What is there. Raises `OSError` if it cannot be replaced."""
        try:
            found = self.target.stat()
        except FileNotFoundError:
            return None
        if not stat.S_ISREG(found.st_mode):
            raise OSError("It is not a regular file.")
        if not found.st_mode & 0o222 or not os.access(self.target, os.W_OK):
            raise OSError("It is read-only.")
        return found

    def _written(self, content: bytes) -> Path:
        path = written_beside(self.target, content)
        self.beside.append(path)
        return path

    def do(self) -> None:
        if self.write.expected is not None:
            self._check()
        if self.in_place:
            self._write_in_place(self.write.content)
        else:
            self.new.replace(self.target)

    def undo(self) -> None:
        if self.in_place:
            self._write_in_place(self.before or b"")
        elif self.new.exists():
            return
        elif self.old is None:
            self.target.unlink()
        else:
            self.backup.replace(self.target)

    def _write_in_place(self, content: bytes) -> None:
        with self.target.open("r+b") as file:
            file.write(content)
            file.truncate()
            file.flush()
            os.fsync(file.fileno())

    def tidy(self) -> None:
        for path in self.beside:
            with suppress(OSError):
                path.unlink(missing_ok=True)


def _undo(steps: Iterable[_Step]) -> None:
    """Restore each; what cannot be restored is said, and its content stays beside it."""
    for step in steps:
        try:
            step.undo()
        except OSError:  # noqa: PERF203
            kept = ""
            if step.old is not None:
                step.beside.remove(step.backup)
                kept = f" What it held is in {step.backup}."
            sys.stderr.write(f"mobilecalc: {step.write.path} could not be restored.{kept}\n")


def _make_folder(folder: Path, made: ExitStack) -> None:
    """Make it and those above it, and remove them if not all goes well."""
    if not folder.is_dir():
        _make_folder(folder.parent, made)
        folder.mkdir()
        made.callback(_remove_folder, folder)


def _remove_folder(folder: Path) -> None:
    with suppress(OSError):
        folder.rmdir()


@contextmanager
def alone(paths: Iterable[Path]) -> Iterator[None]:
    """While this is open, no other process is in it with a path of the same folder.

    The folders are locked, not the files, which are replaced; and those with several hard links,
    which are not. Nothing is written, and a process that ends unlocks. Where a system or a file
    system has no such locks there are none.
    """
    found: dict[tuple[int, int], Path] = {}
    for path in (Path(os.path.realpath(path)) for path in paths):
        with suppress(OSError):
            one, folder = path.stat(), path.parent.stat()
            found[folder.st_dev, folder.st_ino] = path.parent
            if stat.S_ISREG(one.st_mode) and one.st_nlink > 1:
                found[one.st_dev, one.st_ino] = path
    with ExitStack() as locks:
        for key in sorted(found):
            _lock(found[key], locks)
        yield


def _lock(path: Path, locks: ExitStack) -> None:
    if sys.platform == "win32":
        return
    import fcntl

    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY)
        locks.callback(os.close, handle)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.stderr.write(f"mobilecalc: waiting for another update in {path}\n")
            fcntl.flock(handle, fcntl.LOCK_EX)
