"""What the zoo knows of a network, and the registry of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mobilecalc.core.blocks import Chain
from mobilecalc.core.registry import Registry
from mobilecalc.core.rounding import Rules
from mobilecalc.networks.settings import BASE_CLASSES, BASE_RESOLUTION


class Blueprint(NamedTuple):
    """How to describe it (at an alpha, with so many classes), and where it was published.

    resolution: the side of the input that its authors give; classes: how many they tell apart.
    """

    title: str
    source: str
    build: Callable[[float, int, Rules], Chain]
    rules: Rules
    resolution: int = BASE_RESOLUTION
    classes: int = BASE_CLASSES


BLUEPRINTS: Registry[Blueprint] = Registry("model")
