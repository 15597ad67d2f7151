"""What Python itself does while other code runs: its output, recursion limit and garbage."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator

from mobilecalc.modules.isolation.parts import Parts


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep warnings, log lines and prints off the screen."""
    import logging  # here, so that a light command does not pay for it

    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with unprinted():
            yield
    finally:
        logging.disable(disabled)


@contextlib.contextmanager
def unprinted() -> Iterator[None]:
    """Keep warnings and prints off the screen."""
    with (
        warnings.catch_warnings(),
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(io.StringIO()),
    ):
        warnings.simplefilter("ignore")
        yield


@contextlib.contextmanager
def garbage_uncollected() -> Iterator[None]:
    """Do not look for garbage meanwhile: all that is made lasts, and the looking takes longer."""
    import gc

    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


@contextlib.contextmanager
def recursion_allowed(parts: Parts) -> Iterator[None]:
    """Allow for the calls of modules inside of modules, however deep, and those around them."""
    import sys

    depth = max(path.count(".") for path, _ in parts)
    before = sys.getrecursionlimit()
    sys.setrecursionlimit(before + 500 + 10 * depth)
    try:
        yield
    finally:
        sys.setrecursionlimit(before)
