"""The screen as the system gives it: streams that are closed, and sizes that are no sizes."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper

_SIZES = ("COLUMNS", "LINES", "TERMINAL_WIDTH")
_LARGEST_SIZE = 10_000


def prepare() -> None:
    """Give each standard stream a file descriptor, and forget sizes of the terminal that are none.

    A closed stream gets the null device, opened so that what is written to the standard output
    fails: were its descriptor left free, the next file that is opened would get it, and with it
    all that a library prints.
    """
    for stream in range(3):
        if not _is_open(stream):
            os.open(os.devnull, os.O_WRONLY if stream == 2 else os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if sys.stderr is None:
        sys.stderr = open(2, "w", encoding="utf-8", closefd=False)  # noqa: SIM115
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    for name in _SIZES:
        size = os.environ.get(name, "1")
        if not (size.isascii() and size.isdigit() and 0 < int(size[:9]) <= _LARGEST_SIZE):
            del os.environ[name]


def _is_open(stream: int) -> bool:
    try:
        os.fstat(stream)
    except OSError:
        return False
    return True


def abandon() -> None:
    """Write no more to the standard output: at its end Python would try again."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def complain(message: str) -> None:
    """Write to the standard error, if that can be done."""
    with suppress(OSError, ValueError):
        sys.stderr.write(f"mobilecalc: {message}\n")
        sys.stderr.flush()
