"""Which formula is whose: each stands beside its equation, and names its records there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

from mobilecalc.core.counts import Counts
from mobilecalc.core.ops import Layer
from mobilecalc.core.rounding import Rules
from mobilecalc.core.shape import Shape

CostFormula: TypeAlias = Callable[[Any, Shape, Rules], tuple[Shape, Counts]]
"""The shape of an operation's output and its facts, from the shape of its input."""

FORMULAS: dict[type[Layer], CostFormula] = {}

Registered = TypeVar("Registered", bound=CostFormula)


def cost_of(*records: type[Layer]) -> Callable[[Registered], Registered]:
    """Make a function the formula of these records. Raises `ValueError` if one has a formula."""

    def add(formula: Registered) -> Registered:
        for record in records:
            if record in FORMULAS:
                raise ValueError(f"{record.__name__} has a formula already")
            FORMULAS[record] = formula
        return formula

    return add


def cost(op: Layer, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """The output shape and the facts of one operation on an input of `shape`.

    Raises `BadShape` where the operation does not fit the input.
    """
    return FORMULAS[type(op)](op, shape, rules)
