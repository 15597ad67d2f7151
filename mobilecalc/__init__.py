"""What a neural network costs, where the cost sits, and why.

>>> import mobilecalc
>>> mobilecalc.profile("v1", alpha=0.5).macs
149497088
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mobilecalc.answers.table import Table
    from mobilecalc.api import describe, profile, trace
    from mobilecalc.core.conventions import Convention
    from mobilecalc.core.counts import Counts
    from mobilecalc.core.errors import MobilecalcError
    from mobilecalc.core.profile import Profile
    from mobilecalc.core.shape import Shape
    from mobilecalc.modules.build import build
    from mobilecalc.networks import Network
    from mobilecalc.views import render

__version__ = "0.1.0"

__all__ = [
    "Convention",
    "Counts",
    "MobilecalcError",
    "Network",
    "Profile",
    "Shape",
    "Table",
    "build",
    "describe",
    "profile",
    "render",
    "trace",
]

_HOMES = {
    "Convention": "mobilecalc.core.conventions",
    "Counts": "mobilecalc.core.counts",
    "MobilecalcError": "mobilecalc.core.errors",
    "Network": "mobilecalc.networks",
    "Profile": "mobilecalc.core.profile",
    "Shape": "mobilecalc.core.shape",
    "Table": "mobilecalc.answers.table",
    "build": "mobilecalc.modules.build",
    "describe": "mobilecalc.api",
    "profile": "mobilecalc.api",
    "render": "mobilecalc.views",
    "trace": "mobilecalc.api",
}


def __getattr__(name: str) -> object:
    """A public name, imported from its home at first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'mobilecalc' has no attribute '{name}'")
    value = getattr(import_module(_HOMES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
