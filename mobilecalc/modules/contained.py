"""Running code that is not part of mobilecalc: what it does to the process is undone."""

from __future__ import annotations

import contextlib
import io
import os
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import RLock
from typing import Any, NamedTuple

from mobilecalc.core.errors import BadOption, MobilecalcError

_LOCK = RLock()
"""The process has one standard output and one folder: one thread at a time changes them."""


@contextlib.contextmanager
def contained() -> Iterator[None]:
    """Run other code with an empty standard input, and what it prints on the standard error.

    Afterwards the current directory, `sys.path`, torch's defaults and the random generators are as
    before, also after an exception. Descriptors 0 and 1 are redirected too, so this also holds for
    what the code starts.
    """
    with _LOCK, _streams(), default_device_kept(), contextlib.ExitStack() as undone:
        for undo in (_path(), _directory(), _random(), _torch()):
            undone.callback(undo)
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
def told(what: str, mend: str = "See where: mobilecalc --debug ...") -> Iterator[None]:
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
        raise BadOption(f"{what}.", why=said(error), mend=mend) from error


def said(error: BaseException) -> str:
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


def _path() -> Callable[[], None]:
    path, entries = sys.path, [*sys.path]

    def undo() -> None:
        path[:] = entries
        sys.path = path

    return undo


def _directory() -> Callable[[], None]:
    try:
        folder = Path.cwd()
    except OSError:  # it was removed
        return lambda: None

    def undo() -> None:
        with contextlib.suppress(OSError):
            os.chdir(folder)

    return undo


def _random() -> Callable[[], None]:
    state, numpy = random.getstate(), sys.modules.get("numpy")
    arrays = numpy and numpy.random.get_state()

    def undo() -> None:
        random.setstate(state)
        if numpy:
            numpy.random.set_state(arrays)

    return undo


class _Defaults(NamedTuple):
    """What torch does where nobody says otherwise, at first as after its import."""

    dtype: str = "torch.float32"
    deterministic: bool = False
    warn_only: bool = False
    cudnn_deterministic: bool = False
    cudnn_benchmark: bool = False
    gradients: bool = True
    threads: int | None = None
    random: Any = None

    @staticmethod
    def of(torch: Any) -> _Defaults:
        return _Defaults(
            str(torch.get_default_dtype()),
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
            torch.backends.cudnn.deterministic,
            torch.backends.cudnn.benchmark,
            torch.is_grad_enabled(),
            torch.get_num_threads(),
            torch.get_rng_state(),
        )

    def restore(self, torch: Any) -> None:
        torch.set_default_dtype(getattr(torch, self.dtype.removeprefix("torch.")))
        torch.use_deterministic_algorithms(self.deterministic, warn_only=self.warn_only)
        cudnn = torch.backends.cudnn  # its flags may be locked
        if cudnn.deterministic is not self.cudnn_deterministic:
            cudnn.deterministic = self.cudnn_deterministic
        if cudnn.benchmark is not self.cudnn_benchmark:
            cudnn.benchmark = self.cudnn_benchmark
        torch.set_grad_enabled(self.gradients)
        if self.threads is not None and self.threads != torch.get_num_threads():
            torch.set_num_threads(self.threads)
        if self.random is not None:
            torch.set_rng_state(self.random)


def _torch() -> Callable[[], None]:
    before = _Defaults.of(sys.modules["torch"]) if "torch" in sys.modules else _Defaults()

    def undo() -> None:
        torch: Any = sys.modules.get("torch")
        if hasattr(torch, "set_rng_state"):
            before.restore(torch)

    return undo


@contextlib.contextmanager
def default_device_kept() -> Iterator[None]:
    """Undo `torch.set_default_device`.

    To be entered inside of any `with torch.device(...)`: they share a stack.
    """
    before = _device_context()
    try:
        yield
    finally:
        if _device_context() is not before:
            import torch

            torch.set_default_device(None)
            if before is not None:
                torch.set_default_device(before.device)


def _device_context() -> Any:
    torch: Any = sys.modules.get("torch")
    return getattr(getattr(torch, "_GLOBAL_DEVICE_CONTEXT", None), "device_context", None)
