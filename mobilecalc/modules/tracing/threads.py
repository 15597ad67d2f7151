"""What a module runs in other threads: counted as what it runs in this one.

A dispatch mode is of one thread. Imports torch: import it lazily.
"""

from __future__ import annotations

import _thread
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from mobilecalc.modules.isolation.placement import asks_for_values
from mobilecalc.modules.tracing.calls import Call
from mobilecalc.modules.tracing.tracer import Tracer

_WAIT = 10.0
"""Seconds for what a forward pass has left running."""

_POOLS = ("concurrent.futures.thread", "multiprocessing.pool")
"""Their threads wait for work, and live on: the work is followed, not the thread."""


class _Elsewhere(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """The tracer in another thread, for as long as it traces."""

    supports_higher_order_operators = True

    def __init__(self, threads: Threads) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._threads = threads

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if self._threads.ended:
            return func(*args, **(kwargs or {}))
        return self._threads.tracer.__torch_dispatch__(func, types, args, kwargs)


class Threads:
    """The threads that a forward pass uses, and what became of them."""

    def __init__(self, tracer: Tracer) -> None:
        self.tracer, self.ended = tracer, False
        self.warnings: list[str] = []
        self._inference = torch.is_inference_mode_enabled()
        self._gradients = torch.is_grad_enabled()
        self._done: list[Callable[[], bool]] = []
        self._failures: list[BaseException] = []

    @contextmanager
    def inside(self, caller: Call) -> Iterator[None]:
        """Trace what this thread does, as a part of the call that asked for it."""
        with (
            self.tracer.calls.elsewhere(caller),
            torch.inference_mode(self._inference),
            torch.set_grad_enabled(self._gradients),
            self.tracer.hidden(),
            _Elsewhere(self),
        ):
            yield

    def followed(self, function: Callable[..., Any], *, is_whole: bool) -> Callable[..., Any]:
        """The function, traced in whichever thread runs it.

        is_whole: it is all that the thread does, so that nobody is told of what it raises.
        """
        caller = self.tracer.calls.innermost

        def run(*args: Any, **kwargs: Any) -> Any:
            if self.ended or self.tracer.calls.are_here:
                return function(*args, **kwargs)
            try:
                with self.inside(caller):
                    return function(*args, **kwargs)
            except BaseException as error:
                if is_whole or asks_for_values(error):
                    self._failures.append(error)
                raise

        return run

    def start(self, original: Callable[..., Any], thread: threading.Thread) -> None:
        """In place of `Thread.start`."""
        if getattr(vars(thread).get("_target"), "__module__", "") not in _POOLS:
            thread.run = self.followed(thread.run, is_whole=True)  # type: ignore[method-assign]
            self._done.append(lambda: not thread.is_alive())
        original(thread)

    def submit(
        self, original: Callable[..., Any], pool: Any, function: Any, *args: Any, **kwargs: Any
    ) -> Any:
        """In place of a pool's method that takes a function first."""
        work = original(pool, self.followed(function, is_whole=False), *args, **kwargs)
        done = getattr(work, "done", None) or getattr(work, "ready", None)
        if done is not None:
            self._done.append(done)
        return work

    def start_new(
        self, original: Callable[..., Any], function: Any, args: Any, kwargs: Any = None
    ) -> Any:
        """In place of `_thread.start_new_thread`, which gives no thread to wait for."""
        over = threading.Event()
        followed = self.followed(function, is_whole=True)

        def run() -> None:
            try:
                followed(*args, **(kwargs or {}))
            finally:
                over.set()

        self._done.append(over.is_set)
        return original(run, ())

    def start_process(self, original: Callable[..., Any], process: Any) -> None:
        """In place of `Process.start`."""
        self.warnings.append("It starts another process: what runs there is not counted.")
        original(process)

    def end(self) -> None:
        """Wait for what is still running. Raises what nobody else would be told of."""
        deadline = time.monotonic() + _WAIT
        while left := [done for done in self._done if not done()]:
            if time.monotonic() > deadline:
                self.warnings.append(
                    f"{len(left)} threads that it started are still running: what they do after"
                    f" {_WAIT:.0f} seconds is not counted."
                )
                break
            time.sleep(0.001)
        if self._failures:
            raise self._failures[0]


@contextmanager
def threads_followed(tracer: Tracer) -> Iterator[Threads]:
    """Trace what is started in, or given to, other threads meanwhile."""
    threads = Threads(tracer)
    tracer.calls.follow = threads.inside
    replaced = []
    for owner, name, replacement in _entries(threads):
        original = vars(owner)[name]
        replaced.append((owner, name, original))
        setattr(owner, name, _method(threads, replacement, original))
    try:
        yield threads
        threads.end()
    finally:
        threads.ended = True
        for owner, name, original in replaced:
            setattr(owner, name, original)


def _entries(threads: Threads) -> Iterator[tuple[Any, str, Callable[..., Any]]]:
    """The ways into another thread: what has a function, its name, what takes its place."""
    yield threading.Thread, "start", threads.start
    yield _thread, "start_new_thread", threads.start_new
    yield ThreadPoolExecutor, "submit", threads.submit
    if pools := sys.modules.get("multiprocessing.pool"):
        for name in ("submit", "apply_async", "_map_async", "imap", "imap_unordered"):
            if name in vars(pools.Pool):
                yield pools.Pool, name, threads.submit
    if processes := sys.modules.get("multiprocessing.process"):
        yield processes.BaseProcess, "start", threads.start_process


def _method(
    threads: Threads, replacement: Callable[..., Any], original: Callable[..., Any]
) -> Callable[..., Any]:
    """What takes the original's place in the threads of the pass; in others it is the original."""

    def method(*args: Any, **kwargs: Any) -> Any:
        if threads.tracer.calls.are_here:
            return replacement(original, *args, **kwargs)
        return original(*args, **kwargs)

    return method
