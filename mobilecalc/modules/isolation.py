"""Running another library's code so that neither the screen nor the module nor torch shows it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from torch import nn


@contextlib.contextmanager
def preserved(module: nn.Module) -> Iterator[None]:
    """Give each submodule its attributes, mode, buffers and hooks back, also after an exception.

    The tables of a module (its buffers, hooks, ...) are emptied and filled again, not replaced.
    """
    before = [_snapshot(submodule) for submodule in module.modules()]
    try:
        yield
    finally:
        for attributes, old_attributes, tables in before:
            attributes.clear()
            attributes.update(old_attributes)
            for table, old_table in tables:
                if table or old_table:
                    table.clear()
                    table.update(old_table or ())


_Tables = list[tuple[dict[str, Any], dict[str, Any] | None]]


def _snapshot(submodule: nn.Module) -> tuple[dict[str, Any], dict[str, Any], _Tables]:
    """A module's attributes, a copy of them, and each table among them with a copy of it.

    No copy of an empty one: a module has ten, and many new objects make Python look for garbage.
    """
    attributes = vars(submodule)
    tables = [(v, v.copy() if v else None) for v in attributes.values() if isinstance(v, dict)]
    return attributes, attributes.copy(), tables


@contextlib.contextmanager
def torch_unpatched() -> Iterator[None]:
    """Undo what a library replaces in torch, its functions and its tensors' methods."""
    import torch
    from torch.nn import functional

    before = [(namespace, dict(vars(namespace))) for namespace in (torch, functional, torch.Tensor)]
    try:
        yield
    finally:
        for namespace, attributes in before:
            now = vars(namespace)
            for name, value in attributes.items():
                if now.get(name) is not value:
                    setattr(namespace, name, value)


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
