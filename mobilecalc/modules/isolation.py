"""Running another library's code so that neither the screen nor the module nor torch shows it."""

from __future__ import annotations

import contextlib
import io
import warnings
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from torch import nn


Parts: TypeAlias = "Sequence[tuple[str, nn.Module]]"
"""The modules of a module, itself first, each once, with its path."""


def parts_of(module: nn.Module) -> Parts:
    """As `Module.named_modules`, whose nested generators take longer the deeper a module is."""
    found: list[tuple[str, nn.Module]] = []
    seen: set[int] = set()
    left = [("", module)]
    while left:
        path, part = left.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        found.append((path, part))
        children = [(f"{path}.{n}" if path else n, c) for n, c in part._modules.items() if c]
        left += reversed(children)
    return found


@contextlib.contextmanager
def preserved(parts: Parts) -> Iterator[None]:
    """Give each module its attributes, mode, buffers and hooks back, also after an exception.

    What holds others (its buffers, hooks, lists of its own) is emptied and filled again, not
    replaced.
    """
    before = [_snapshot(vars(part)) for _, part in parts]
    gradients = [
        (p, p.requires_grad)
        for _, part in parts
        for p in part._parameters.values()
        if p is not None
    ]
    try:
        yield
    finally:
        for attributes, old_attributes, tables in before:
            attributes.clear()
            attributes.update(old_attributes)
            for table, old_table in tables:
                if table or old_table:
                    table.clear()
                    fill = table.extend if isinstance(table, list) else table.update
                    fill(old_table or ())
        for parameter, requires_grad in gradients:
            if parameter.requires_grad is not requires_grad:
                parameter.requires_grad_(requires_grad)


_Attributes = dict[str, Any]
_TABLES = (dict, list, set)


def _snapshot(
    attributes: _Attributes,
) -> tuple[_Attributes, _Attributes, list[tuple[Any, Any]]]:
    """A module's attributes, a copy of them, and each table among them with a copy of it.

    No copy of an empty one: a module has ten, and many new objects make Python look for garbage.
    """
    tables = [(v, v.copy() if v else None) for v in attributes.values() if isinstance(v, _TABLES)]
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
def uncollected() -> Iterator[None]:
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
def attention_unfused() -> Iterator[None]:
    """Switch off the fused path of nn.MultiheadAttention, which takes it past most counters."""
    import torch

    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)


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
