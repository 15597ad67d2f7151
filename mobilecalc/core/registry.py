"""A named collection that refuses a second item of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Generic, TypeVar

from mobilecalc.core.errors import UnknownName

Item = TypeVar("Item")


class Registry(Generic[Item]):
    """Items by name, in the order they were added.

    `kind` names what is held ("model", "counter"), for the messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, Item] = {}
        self._others: list[Registry[Any]] = []

    def add(self, name: str, item: Item) -> Item:
        """Add an item and return it. Raises `ValueError` if the name is taken."""
        for registry in (self, *self._others):
            registry._refuse(name)
        self._items[name] = item
        return item

    def keep_apart_from(self, other: Registry[Any]) -> None:
        """From now on no name is in both, as users write either in one place.

        Raises `ValueError` where one is.
        """
        for name in self:
            other._refuse(name)
        self._others.append(other)
        other._others.append(self)

    def _refuse(self, name: str) -> None:
        if name in self._items:
            raise ValueError(f"a {self.kind} named '{name}' is registered already")

    def __getitem__(self, name: str) -> Item:
        """The item of that name. Raises `UnknownName`, with the nearest names."""
        try:
            return self._items[name]
        except KeyError:
            raise UnknownName(self.kind, name, self._items) from None

    def __contains__(self, name: object) -> bool:
        return name in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)
