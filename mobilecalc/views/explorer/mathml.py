"""An equation of the explorer as MathML: once with symbols, once with room for numbers."""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.core.formula import Formula
from mobilecalc.views.formulas import MathML

_NAMES = {"D_K": "kernel", "M": "inputs", "N": "outputs", "D_F": "side"}
"""What the page calls the number that a symbol stands for."""


class Equation(NamedTuple):
    """The parts of a `<math>` element: the symbols, and numbers marked with `data-of`."""

    symbols: str
    numbers: str


class _Slots(MathML):
    """Room for a number in the place of each symbol."""

    def symbol(self, name: str) -> str:
        return f'<mn data-of="{_NAMES[name]}"></mn>'


def equation(formula: Formula) -> Equation:
    """The MathML of a formula. Raises `KeyError` for a symbol that the page has no number for."""
    return Equation(MathML().written(formula), _Slots().written(formula))
