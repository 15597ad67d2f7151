"""Running code that is not part of mobilecalc: what it does to the process is undone."""

from __future__ import annotations

import contextlib
import io
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import RLock
from typing import Any

from mobilecalc.core.errors import BadOption, MobilecalcError
from mobilecalc.modules.isolation.global_state import process_restored

_LOCK = RLock()
"""The process has one standard output and one folder: one thread at a time changes them."""


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Run other code with an empty standard input, and what it prints on the standard error.

    Afterwards the settings of the process are as before, also after an exception. Descriptors 0
    and 1 are redirected too, so this also holds for what the code starts.
    """
    with _LOCK, _streams(), process_restored():
        yield


@contextlib.contextmanager
def offline() -> Iterator[None]:
    """Let no socket connect: a library builds a model from its own code alone."""
    import socket

    def refuse(*_: Any) -> None:
        raise OSError("mobilecalc does not use the network")

    kind: Any = socket.socket
    with _LOCK:
        kind.connect = kind.connect_ex = refuse  # in front of those that it inherits
        try:
            yield
        finally:
            del kind.connect, kind.connect_ex


@contextlib.contextmanager
def raised_as(what: str, fix: str = "See where: mobilecalc --debug ...") -> Iterator[None]:
    """Raise whatever the code raises as an error that says what was being done.

    A `MobilecalcError` stays what it is, and an interruption by the user too.
    """
    try:
        yield
    except MobilecalcError:
        raise
    except BaseException as error:
        if type(error) is KeyboardInterrupt:
            raise
        raise BadOption(f"{what}.", why=summary(error), fix=fix) from error


def summary(error: BaseException) -> str:
    """The kind of an exception and the first line of what it says, shortened."""
    try:
        text = str(error).strip()
    except Exception:  # the exception's own class may be broken
        text = ""
    line = text.partition("\n")[0]
    return f"{type(error).__name__}: {line[:300]}{'...' * (len(line) > 300)}".rstrip(": ")


@contextlib.contextmanager
def _streams() -> Iterator[None]:
    shown, stdin = (sys.stdout, sys.__stdout__), sys.stdin
    _flush(*shown)
    nowhere = [os.open(os.devnull, os.O_RDWR)]
    while nowhere[-1] <= 2:  # it took the number of a closed stream: no other file may
        nowhere.append(os.open(os.devnull, os.O_RDWR))
    with Path(os.devnull).open(encoding="utf-8") as empty:
        kept = {0: os.dup(0), 1: os.dup(1)}
        os.dup2(empty.fileno(), 0)
        os.dup2(2, 1)
        sys.stdin = empty
        try:
            with contextlib.redirect_stdout(sys.stderr):
                yield
        finally:
            sys.stdin = stdin
            _flush(*shown)
            for descriptor, original in kept.items():
                os.dup2(original, descriptor)
                os.close(original)
            for descriptor in nowhere:
                os.close(descriptor)


def _flush(*streams: Any) -> None:
    for stream in streams:
        with contextlib.suppress(OSError, ValueError, AttributeError, io.UnsupportedOperation):
            stream.flush()
