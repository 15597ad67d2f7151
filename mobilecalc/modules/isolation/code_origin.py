"""Whose code it is that a module runs, and what it names."""

from __future__ import annotations

import sys
import sysconfig
from enum import Enum, auto
from functools import lru_cache
from pathlib import Path
from types import CodeType, MemberDescriptorType
from typing import Any

_CLOSED = {"torch", "numpy", "mobilecalc"}
_OPEN = {"types", "argparse", "collections"}
"""Those of Python whose objects only hold attributes: SimpleNamespace, Namespace, UserDict."""
_INSTALLED = {"site-packages", "dist-packages"}


class Origin(Enum):
    """Of code: the user's own, an installed library's, or torch's, numpy's and Python's."""

    OWN = auto()
    LIBRARY = auto()
    CLOSED = auto()


@lru_cache(maxsize=4096)
def origin(module: str) -> Origin:
    """Of the code of a module, by its name."""
    if module in _OPEN:
        return Origin.LIBRARY
    if module.partition(".")[0] in _CLOSED or module in sys.builtin_module_names:
        return Origin.CLOSED
    file = getattr(sys.modules.get(module), "__file__", None)
    if file is None:
        return Origin.OWN
    if _INSTALLED & set(Path(file).parts):
        return Origin.LIBRARY
    is_pythons = Path(file).is_relative_to(sysconfig.get_paths()["stdlib"])
    return Origin.CLOSED if is_pythons else Origin.OWN


@lru_cache(maxsize=4096)
def names_in(code: CodeType) -> tuple[str, ...]:
    """The names in a function's code and in the functions inside of it, those of globals too."""
    inner = (names_in(constant) for constant in code.co_consts if isinstance(constant, CodeType))
    return tuple(dict.fromkeys((*code.co_names, *(name for names in inner for name in names))))


@lru_cache(maxsize=4096)
def slots_of(kind: Any) -> tuple[Any, ...]:
    """The attributes of a class that have a place of their own, outside of `vars`."""
    return tuple(
        value
        for cls in kind.__mro__
        if origin(cls.__module__) is not Origin.CLOSED
        for name, value in vars(cls).items()
        if isinstance(value, MemberDescriptorType) and not name.startswith("__")
    )


def is_module(value: Any) -> bool:
    """Whether it is a `torch.nn.Module`."""
    from torch import nn

    return isinstance(value, nn.Module)
