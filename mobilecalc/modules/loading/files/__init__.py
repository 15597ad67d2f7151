"""Saved programs and saved weights, by the extension of their file."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from mobilecalc.core.errors import BadOption, MobilecalcError
from mobilecalc.modules.loading.files.reasons import damage
from mobilecalc.modules.loading.found import Found
from mobilecalc.modules.loading.names import extension

_FIXES = {
    ".pt2": "Save it again: torch.export.save(torch.export.export(module, inputs), 'net.pt2')",
    ".onnx": "Save it again: torch.onnx.export(module, inputs, 'net.onnx')",
}


def find(path: Path) -> Found:
    """What the file holds. Raises `BadOption` if it is missing or cannot be read."""
    check(path)
    kind = extension(path)
    match kind:
        case ".pt2":
            from mobilecalc.modules.loading.files.exported import read
        case ".onnx":
            from mobilecalc.modules.loading.files.onnx import read
        case _:
            from mobilecalc.modules.loading.files.weights import read
    fix = _FIXES.get(kind, "Name the code that makes the model instead: net.py:make_net")
    with _readable(path, fix):
        return read(path)


@contextmanager
def _readable(path: Path, fix: str) -> Iterator[None]:
    """Raises `BadOption` for whatever a bad file makes: a `ValueError` says what is wrong."""
    try:
        yield
    except MobilecalcError:
        raise
    except Exception as error:
        what = f"{_short(path)} cannot be read."
        raise BadOption(what, why=damage(error), mend=fix) from error


def check(path: Path) -> None:
    """Raises `BadOption` unless it is a file that can be opened."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise BadOption(
                f"{_short(path)} cannot be read.",
                why=f"It is {kind}.",
                mend="Name a file, for example: net.py:make_net",
            )
        path.open("rb").close()
    except FileNotFoundError:
        raise BadOption(
            f"There is no file {_short(path)}.",
            mend="Check the path; it is relative to the current directory.",
        ) from None
    except (OSError, ValueError) as error:
        raise BadOption(
            f"{_short(path)} cannot be read.",
            why=getattr(error, "strerror", None) or str(error),
            mend="Check the path and its permissions.",
        ) from error


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 120 else f"{text[:60]}...{text[-50:]}"
