"""Lists, dicts and their like, as they were: read and filled by the methods of Python's own types.

A subclass's methods may do anything: compute what they return, or refuse it.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any, NamedTuple


class Container(NamedTuple):
    """A type of container: what one holds (a dict's, pairs), and how it is filled again."""

    type: type
    held: Callable[[Any], list[Any]]
    fill: Callable[[Any, list[Any]], Any]
    is_mapping: bool = False

    def same(self, value: Any, held: list[Any]) -> bool:
        """Whether it holds the same objects in the same order."""
        now = self.held(value)
        if len(now) != len(held):
            return False
        if self.is_mapping:
            pairs = zip(now, held, strict=True)
            return all(a[0] is b[0] and a[1] is b[1] for a, b in pairs)
        return all(map(_is, now, held))


def _is(a: object, b: object) -> bool:
    return a is b


def _ordered(value: Any, items: list[Any]) -> None:
    OrderedDict.clear(value)
    for key, item in items:
        OrderedDict.__setitem__(value, key, item)


def _dict(value: Any, items: list[Any]) -> None:
    dict.clear(value)
    dict.update(value, items)


def _set(value: Any, items: list[Any]) -> None:
    set.clear(value)
    set.update(value, items)


def _deque(value: Any, items: list[Any]) -> None:
    deque.clear(value)
    deque.extend(value, items)


def _list(value: Any, items: list[Any]) -> None:
    list.__setitem__(value, slice(None), items)


def _bytes(value: Any, items: Iterable[int]) -> None:
    bytearray.__setitem__(value, slice(None), bytes(items))


_CONTAINERS = (
    Container(OrderedDict, lambda v: list(OrderedDict.items(v)), _ordered, True),
    Container(dict, lambda v: list(dict.items(v)), _dict, True),
    Container(list, lambda v: list(list.__iter__(v)), _list),
    Container(set, lambda v: list(set.__iter__(v)), _set),
    Container(deque, lambda v: list(deque.__iter__(v)), _deque),
    Container(bytearray, lambda v: list(bytearray.__iter__(v)), _bytes),
)


@lru_cache(maxsize=1024)
def container_of(kind: Any) -> Container | None:
    """How instances of a type are read and filled; None for what is no container."""
    return next((c for c in _CONTAINERS if issubclass(kind, c.type)), None)
