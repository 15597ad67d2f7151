"""Equations such as "D_K² · M · D_F²" as MathML: once with symbols, once with room for numbers."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import NamedTuple

from mobilecalc.views.formulas import mathml_symbol

_FACTOR = re.compile(r"(?:(1)/)?([A-Za-z](?:_[A-Za-z])?)(²?)")
_NAMES = {"D_K": "kernel", "M": "inputs", "N": "outputs", "D_F": "side"}
"""What the page calls the number that a symbol stands for."""


class Equation(NamedTuple):
    """The parts of a `<math>` element: the symbols, and numbers marked with `data-of`."""

    symbols: str
    numbers: str


def equation(text: str) -> Equation:
    """The MathML of a sum of products. Raises `ValueError` for any other text."""
    return Equation(_sum(text, mathml_symbol), _sum(text, _number))


def _sum(text: str, atom: Callable[[str], str]) -> str:
    products = (
        "<mo>·</mo>".join(_factor(factor, atom) for factor in product.split(" · "))
        for product in text.split(" + ")
    )
    return "<mo>+</mo>".join(f"<mrow>{product}</mrow>" for product in products)


def _factor(text: str, atom: Callable[[str], str]) -> str:
    found = _FACTOR.fullmatch(text)
    if found is None or found[2] not in _NAMES:
        raise ValueError(f"no factor: {text!r}")
    one, symbol, square = found.groups()
    base = f"<msup>{atom(symbol)}<mn>2</mn></msup>" if square else atom(symbol)
    return f"<mfrac><mn>1</mn>{base}</mfrac>" if one else base


def _number(symbol: str) -> str:
    return f'<mn data-of="{_NAMES[symbol]}"></mn>'
