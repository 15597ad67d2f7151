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
    before = [(vars(part), vars(part).copy()) for _, part in parts]
    empty, filled = _tables([attributes for attributes, _ in before])
    # TorchScript keeps the mode where `vars` does not show it.
    modes = [(part, part.training) for _, part in parts if "training" not in vars(part)]
    gradients = [
        (p, p.requires_grad)
        for _, part in parts
        for p in part._parameters.values()
        if p is not None
    ]
    try:
        yield
    finally:
        for attributes, old_attributes in before:
            attributes.clear()
            attributes.update(old_attributes)
        for part, training in modes:
            if part.training is not training:
                part.training = training
        for table in empty:
            if table:
                table.clear()
        for table, old_table in filled:
            table.clear()
            fill = table.extend if isinstance(table, list) else table.update
            fill(old_table)
        for parameter, requires_grad in gradients:
            if parameter.requires_grad is not requires_grad:
                parameter.requires_grad_(requires_grad)


def _tables(modules: Sequence[dict[str, Any]]) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """What holds others in modules' attributes: the empty ones, and the others with a copy each.

    A module has ten of them, nearly all empty: copies would make Python look for garbage.
    """
    empty: list[Any] = []
    filled: list[tuple[Any, Any]] = []
    for attributes in modules:
        for value in attributes.values():
            if isinstance(value, (dict, list, set)):
                if value:
                    filled.append((value, value.copy()))
                else:
                    empty.append(value)
    return empty, filled


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
            if now == attributes:
                continue
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
def uncompiled() -> Iterator[None]:
    """Run flex_attention, torch.cond and their like as they are: compiled, no tracer sees them.

    And on any device: flex_attention has no kernels for some, of which a trace needs none.
    """
    import sys
    from unittest.mock import patch

    flex, operators = "torch.nn.attention.flex_attention", "torch._higher_order_ops.utils"
    switches = (
        (flex, "_FLEX_ATTENTION_DISABLE_COMPILE_DEBUG", True),
        (flex, "_validate_device", lambda *tensors: None),
        (operators, "_hop_compile_and_call", lambda function, args: function(*args)),
    )
    with contextlib.ExitStack() as stack:
        for module, name, value in switches:
            if hasattr(sys.modules.get(module), name):
                stack.enter_context(patch.object(sys.modules[module], name, value))
        yield


@contextlib.contextmanager
def taken_apart() -> Iterator[None]:
    """Have torch differentiate attention and recurrent layers as the products they are made of.

    Its fused kernels' backward passes are single operators, and compute some products again.
    """
    import torch
    from torch.nn.attention import SDPBackend, sdpa_kernel

    with (
        sdpa_kernel(SDPBackend.MATH),
        torch.backends.mkldnn.flags(enabled=False),
        torch.backends.cudnn.flags(enabled=False),
    ):
        yield


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
