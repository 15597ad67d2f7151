"""One number for a sentence, in a unit and with so many digits."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from mobilecalc.core.units import LETTERS, factor
from mobilecalc.views.values import compact_count


def measured(value: Fraction | int, unit: str | None = None, digits: int | None = None) -> str:
    """A number for a sentence: in one of `core.units.UNITS`, with so many digits behind the point.

    Without a unit a whole number gets the one that fits ("149.5 M"), a quotient none ("0.1226");
    without digits a quotient has four, per cent two, and any other unit one. "" is no unit: all
    digits of a whole number. Halves are rounded up.
    """
    if unit is None:
        if isinstance(value, Fraction):
            return _fixed(value, 4 if digits is None else digits)
        if digits is None:
            return compact_count(value)
        unit = next((letter for letter, size in LETTERS.items() if abs(value) >= size), "")
    if digits is None:
        digits = 0 if not unit and isinstance(value, int) else {"": 4, "%": 2}.get(unit, 1)
    return f"{_fixed(value / factor(unit), digits)} {unit}".strip()


def _fixed(value: Fraction, digits: int) -> str:
    whole, rest = divmod(abs(floor(value * 10**digits + Fraction(1, 2))), 10**digits)
    sign = "-" if value < 0 and (whole or rest) else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}}" if digits else "")
