"""How one thing is put back: an attribute in a slot, a closure's cell, a class, a generator."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from typing import Any

ABSENT: Any = object()
"""In place of a value that there is not."""


def restorer_of(value: Any) -> Callable[[], Any] | None:
    """How to put back what holds its state inside: a random generator, an array of numpy."""
    import random

    import torch

    if isinstance(value, torch.Generator):
        return partial(value.set_state, value.get_state())
    if isinstance(value, random.Random):
        return partial(value.setstate, value.getstate())
    numpy = sys.modules.get("numpy")
    if numpy is None:
        return None
    if isinstance(value, numpy.ndarray):
        return partial(_fill_array, value, value.copy()) if value.flags.writeable else None
    if isinstance(value, numpy.random.RandomState):
        return partial(value.set_state, value.get_state())
    if isinstance(value, numpy.random.Generator):
        return partial(setattr, value.bit_generator, "state", value.bit_generator.state)
    return None


def _fill_array(array: Any, old: Any) -> None:
    array[...] = old


def has_value(slot: Any, value: Any) -> bool:
    """Whether an object has the attribute of a slot of its class."""
    try:
        slot.__get__(value)
    except AttributeError:
        return False
    return True


def fill_slot(slot: Any, value: Any, old: Any) -> None:
    """Give an object the attribute in a slot, or none."""
    if old is not ABSENT:
        slot.__set__(value, old)
    elif has_value(slot, value):
        slot.__delete__(value)


def fill_cell(cell: Any, value: Any) -> None:
    """Give a closure its variable."""
    try:
        if cell.cell_contents is value:
            return
    except ValueError:  # it was emptied
        pass
    cell.cell_contents = value


def restore_class(cls: type, old: dict[str, Any]) -> None:
    """Give a class its attributes, and no others."""
    now = vars(cls)
    for name in [name for name in now if not (name.startswith("__") or name in old)]:
        type.__delattr__(cls, name)
    for name, value in old.items():
        if now.get(name, ABSENT) is not value:
            type.__setattr__(cls, name, value)
