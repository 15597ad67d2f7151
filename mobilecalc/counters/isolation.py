"""Running another library's code so that neither the screen nor the module shows it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

_HOOKS = (
    "_buffers",
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
)
"""The tables of a module that counters add to."""


@contextlib.contextmanager
def preserved(module: nn.Module) -> Iterator[None]:
    """Give each submodule its mode, buffers and hooks back, also after an exception."""
    before = [
        (submodule, submodule.training, {name: dict(getattr(submodule, name)) for name in _HOOKS})
        for submodule in module.modules()
    ]
    try:
        yield
    finally:
        for submodule, training, tables in before:
            submodule.training = training
            for name, table in tables.items():
                current = getattr(submodule, name)
                current.clear()
                current.update(table)


@contextlib.contextmanager
def silenced() -> Iterator[None]:
    """Keep warnings, log lines and prints off the screen."""
    import logging  # here, so that a light command does not pay for it

    disabled = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        with (
            warnings.catch_warnings(),
            contextlib.redirect_stdout(io.StringIO()),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(disabled)
