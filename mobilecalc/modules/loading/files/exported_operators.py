"""The functions that the graph of an exported program may call: those that only compute.

Imports torch: import it lazily.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import torch

from mobilecalc.core.errors import BadOption

_NAMESPACES = ("aten", "prims", "torchvision", "quantized", "quantized_decomposed")
"""Of operators. They compute; those of other libraries may do anything."""

_NUMBERS: dict[str, Callable[..., Any]] = {
    **{
        f"_operator.{name}": getattr(operator, name)
        for name in (
            *("add", "sub", "mul", "truediv", "floordiv", "mod", "neg", "pos", "abs", "getitem"),
            *("eq", "ne", "lt", "le", "gt", "ge", "and_", "or_", "not_", "index"),
        )
    },
    **{f"math.{name}": getattr(math, name) for name in ("ceil", "floor", "trunc", "sqrt")},
    **{
        f"torch.{name}": getattr(torch, name)
        for name in ("sym_int", "sym_float", "sym_max", "sym_min", "sym_not", "sym_ite", "sym_sum")
        if hasattr(torch, name)
    },
}
"""Functions of sizes. A power is none of them: it can be larger than the memory."""

_MAPPING = "torch._functorch.predispatch"
_MAPS = (
    *("_add_batch_dim", "_remove_batch_dim", "_vmap_increment_nesting", "_vmap_decrement_nesting"),
    "lazy_load_decompositions",
)
"""What torch.vmap leaves in a graph."""

_OF_GRAPHS = ("cond", "while_loop", "map_impl", "scan", "associative_scan", "flex_attention")
"""Operators that take graphs, beside those that only set how one is run."""


def function_of(name: str) -> Callable[..., Any]:
    """The operator of that name. Raises `BadOption` for one that may do more than compute."""
    if name in _NUMBERS:
        return _NUMBERS[name]
    found: Any = None
    module, _, attribute = name.rpartition(".")
    if module == _MAPPING and attribute in _MAPS:
        return getattr(import_module(module), attribute)  # type: ignore[no-any-return]
    match name.split("."):
        case ["torch", "ops", "higher_order", "wrap_with_set_grad_enabled"]:
            return _with_gradients
        case ["torch", "ops", "higher_order", "wrap_with_autocast"]:
            return _with_autocast
        case ["torch", "ops", "higher_order", operation] if operation in _OF_GRAPHS:
            found = getattr(torch.ops.higher_order, operation, None)
        case ["torch", "ops", namespace, operation, overload] if namespace in _NAMESPACES:
            found = getattr(getattr(getattr(torch.ops, namespace), operation, None), overload, None)
            if not isinstance(found, torch._ops.OpOverload) or not _computes(found):
                found = None
    if found is None:
        raise BadOption(
            f"The exported program calls '{name[:80]}', which is not run.",
            why="Only operators of PyTorch and torchvision that compute on tensors are run.",
            fix="Name the code that makes the model instead: net.py:make_net",
        )
    return found  # type: ignore[no-any-return]


def _computes(function: torch._ops.OpOverload) -> bool:
    """Whether it is an operator of tensors, not of TorchScript's language, and takes no file."""
    schema = function._schema
    name = f"{schema.name}.{schema.overload_name}".rstrip(".")
    names = [argument.name for argument in schema.arguments]
    return torch._C._dispatch_has_kernel(name) and "filename" not in names


def _with_gradients(enabled: bool, function: Callable[..., Any], *args: Any) -> Any:
    with torch.set_grad_enabled(bool(enabled)):
        return function(*args)


def _with_autocast(
    device: str, dtype: Any, enabled: bool, cached: Any, function: Callable[..., Any], *args: Any
) -> Any:
    with torch.autocast(device, dtype, bool(enabled), cached):
        return function(*args)


def functions_in(described: Any) -> Iterator[str]:
    """The names of all operators in a graph, and in the graphs that it holds."""
    left = [described]
    while left:
        item = left.pop()
        if isinstance(item, dict):
            yield from (str(item[key]) for key in ("target", "as_operator") if key in item)
            left += item.values()
        elif isinstance(item, list):
            left += item
