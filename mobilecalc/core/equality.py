"""What all records of a description have in common: when two of them are equal."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Record = TypeVar("Record")


def distinct(record: type[Record]) -> type[Record]:
    """Make named tuples equal only where their types are: as bare tuples, Norm() equals Add().

    (As frozen dataclasses, which are so by themselves, the records take 9.2 ms to define, and so
    2.8 ms: a twentieth of a light command's time.)
    """

    def equal(self: Record, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)  # type: ignore[operator]

    def unequal(self: Record, other: object) -> bool:
        return not equal(self, other)

    methods: dict[str, Callable[..., object]] = {"__eq__": equal, "__ne__": unequal}
    for name, method in methods.items():
        setattr(record, name, method)
    return record
