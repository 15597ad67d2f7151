"""A named collection that refuses a second item of the same name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Generic, TypeVar

from mobilecalc.core.errors import UnknownName

Item = TypeVar("Item")


class Registry(Generic[Item]):
    """Items by name, in the order they were added.

    `kind` names what is held ("model", "counter"), for the messages.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._items: dict[str, Item] = {}

    def add(self, name: str, item: Item) -> Item:
        """Add an item and return it. Raises `ValueError` if the name is taken."""
        if name in self._items:
            raise ValueError(f"a {self.kind} named '{name}' is registered already")
        self._items[name] = item
        return item

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
