"""One number: how much of something a model has, or the ratio of two models' numbers."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import mobilecalc.counters  # noqa: F401  (whose conventions can be asked for)
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.networks.quantities import quantity

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


def value(model: Model, what: str, over: Model | None = None) -> Fraction | int:
    """What `what` counts of the model; a fraction where it is a share, or divided by `over`'s.

    Raises `BadOption` for what cannot be counted, and where `over` has none of it.
    """
    chosen = quantity(what)
    number = chosen.of(model.profile())
    if over is None:
        return number
    divisor = chosen.of(over.profile())
    if not divisor:
        raise BadOption(
            f"'{shown(what)}' is 0 for {over.name}: nothing can be divided by it.",
            fix="Name another model after --over, or another quantity.",
        )
    return Fraction(number) / divisor
