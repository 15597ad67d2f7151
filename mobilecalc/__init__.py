"""What a neural network costs, where the cost sits, and why.

>>> import mobilecalc
>>> mobilecalc.profile("v1", alpha=0.5).macs
149497088
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # for type checkers, which know no other way; a test holds it to `_HOMES`
    from mobilecalc.answers.table import Table as Table
    from mobilecalc.api import describe as describe
    from mobilecalc.api import profile as profile
    from mobilecalc.api import trace as trace
    from mobilecalc.core.conventions import Convention as Convention
    from mobilecalc.core.counts import Counts as Counts
    from mobilecalc.core.errors import MobilecalcError as MobilecalcError
    from mobilecalc.core.profile import Profile as Profile
    from mobilecalc.core.shape import Shape as Shape
    from mobilecalc.modules.build import build as build
    from mobilecalc.networks import Network as Network
    from mobilecalc.views import render as render

__version__ = "0.1.0"

_HOMES = {
    "answers.table": ["Table"],
    "api": ["describe", "profile", "trace"],
    "core.conventions": ["Convention"],
    "core.counts": ["Counts"],
    "core.errors": ["MobilecalcError"],
    "core.profile": ["Profile"],
    "core.shape": ["Shape"],
    "modules.build": ["build"],
    "networks": ["Network"],
    "views": ["render"],
}
"""The public names, each imported from its home when it is first used."""

_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}
__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> object:
    """A public name, imported from its home at first use."""
    if name not in _HOME_OF:
        raise AttributeError(f"module 'mobilecalc' has no attribute '{name}'")
    value = getattr(import_module(f"mobilecalc.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
