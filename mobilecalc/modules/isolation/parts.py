"""The modules of a module, by their paths."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from torch import nn

Parts: TypeAlias = "Sequence[tuple[str, nn.Module]]"
"""The modules of a module, itself first, each once, with its path."""


def original_of(module: Any) -> Any:
    """What `torch.compile` made this module of; any other module itself."""
    while is_compiled(module):
        module = vars(module)["_modules"]["_orig_mod"]
    return module


def is_compiled(module: Any) -> bool:
    """Whether `torch.compile` made it of another module."""
    kind = type(module)
    return (kind.__name__, kind.__module__) == ("OptimizedModule", "torch._dynamo.eval_frame")


def parts_of(module: nn.Module) -> Parts:
    """As `Module.named_modules`, whose nested generators take longer the deeper a module is.

    A module that was compiled is there with its original, which has the same path.
    """
    found: list[tuple[str, nn.Module]] = []
    seen: set[int] = set()
    left = [("", module)]
    while left:
        path, part = left.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        found.append((path, part))
        children = [
            (f"{path}.{name}" if path else name, child)
            for name, child in part._modules.items()
            if child is not None
        ]
        if is_compiled(part):
            children = [(path, child) for _, child in children]
        left += reversed(children)
    return found


def set_mode(module: nn.Module, parts: Parts, train: bool) -> None:
    """As `Module.train`, also of a module that contains itself, where that does not end."""
    if all(getattr(part, "training", train) is train for _, part in parts):
        return
    if not _have_plain_modes(parts):
        try:
            module.train(train)
        except RecursionError:
            pass
        else:
            return
    for _, part in parts:  # without Module.__setattr__: a twentieth of a trace's time
        vars(part)["training"] = train


def _have_plain_modes(parts: Parts) -> bool:
    """Whether `train` sets an attribute of each part and does nothing else."""
    from torch.nn import Module

    kinds = {type(part) for _, part in parts}
    if any(k.train is not Module.train or k.__setattr__ is not Module.__setattr__ for k in kinds):
        return False
    return all("training" in vars(part) and "train" not in vars(part) for _, part in parts)
