"""Sizes: of a feature map, a sequence or a vector, and of what moves over them."""

from __future__ import annotations

from math import prod
from typing import TypeAlias, overload

Dimension: TypeAlias = int
"""An `int`, or a sympy expression where a closed form is wanted (sympy is untyped)."""

Sizes: TypeAlias = int | tuple[int, ...]
"""A size for every axis of the map, or one for each: 3, or (3, 1) for a 3x1 kernel."""

Paddings: TypeAlias = int | tuple[int | tuple[int, int], ...]
"""As `Sizes`, of both ends of an axis alike; or (before, after) for an axis."""


class Shape(tuple[Dimension, ...]):
    """One sample's sizes, without the batch: of a feature map, channels, height and width.

    `Shape(3, 224, 224)` is a map, `Shape(1024)` a vector, `Shape(197, 768)` 197 tokens of 768
    features, in torch's order.
    """

    __slots__ = ()

    def __new__(cls, *sizes: Dimension) -> Shape:
        """`Shape(3, 224, 224)`."""
        return tuple.__new__(cls, sizes)

    @property
    def channels(self) -> Dimension:
        """The channels of a map, the features of a vector."""
        return self[0]

    @property
    def height(self) -> Dimension:
        """The rows of a map; of a vector, 1."""
        return self[1] if len(self) > 1 else 1

    @property
    def width(self) -> Dimension:
        """The columns of a map; of a vector, 1."""
        return self[2] if len(self) > 2 else 1

    @property
    def area(self) -> Dimension:
        """D_F² of a square map: the number of positions."""
        return prod(self[1:])

    @property
    def elements(self) -> Dimension:
        """The number of values."""
        return prod(self)

    def __repr__(self) -> str:
        return f"Shape({', '.join(map(repr, self))})"

    def __str__(self) -> str:
        return "x".join(map(str, self))


@overload
def sizes_of(sizes: Sizes, axes: int = 2) -> tuple[int, ...]: ...
@overload
def sizes_of(sizes: Paddings, axes: int = 2) -> tuple[int | tuple[int, int], ...]: ...
def sizes_of(sizes: Paddings, axes: int = 2) -> tuple[int | tuple[int, int], ...]:
    """A size for each of the axes; one that is the same for all of them is written once."""
    return sizes if isinstance(sizes, tuple) else (sizes,) * axes
