"""A figure as it was printed, and whether a number is what it says."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import NamedTuple

from mobilecalc.core.units import UNITS, factor


class Printed(NamedTuple):
    """Digits and the unit behind them: "4.2 M", "1.19 %", "1600 k"."""

    text: str
    digits: Decimal
    unit: Fraction

    @staticmethod
    def parse(text: str) -> Printed:
        """Raises `ValueError` for what is no number with a known unit."""
        number, _, unit = text.partition(" ")
        if unit not in UNITS:
            raise ValueError(f"no unit: {text!r}")
        try:
            return Printed(text, Decimal(number), factor(unit))
        except InvalidOperation:
            raise ValueError(f"no number: {text!r}") from None

    @property
    def value(self) -> Fraction:
        """The number that the figure stands for."""
        return Fraction(self.digits) * self.unit

    @property
    def step(self) -> Fraction:
        """One unit of its last digit."""
        return self.unit * Fraction(10) ** int(self.digits.as_tuple().exponent)

    def off(self, value: Fraction | int) -> float:
        """By how many units of the last printed digit the value is above the figure."""
        return float((value - self.value) / self.step)

    def fit(self, value: Fraction | int) -> str:
        """How the figure follows from the value; "" where it does not.

        reproduced: rounded to the nearest. truncated: cut off there. rounded twice: to a digit
        more, and again. rounded: to the zeros that a whole number ends in, or cut off there; two
        digits stand in any case.
        """
        if _nearest(value, self.step, self.value):
            return "reproduced"
        if _truncated(value, self.step) == self.value:
            return "truncated"
        if _half_up(_half_up(value, self.step / 10), self.step) == self.value:
            return "rounded twice"
        to_zeros = self.step * 10**self._zeros
        if _nearest(value, to_zeros, self.value) or _truncated(value, to_zeros) == self.value:
            return "rounded"
        return ""

    @property
    def _zeros(self) -> int:
        """How many zeros a whole number ends in, behind the two digits that stand in any case."""
        digits = format(self.digits, "f")
        return 0 if "." in digits else len(digits) - len(digits[:2] + digits[2:].rstrip("0"))


def _nearest(value: Fraction | int, step: Fraction, printed: Fraction) -> bool:
    """A tie may go either way."""
    return abs(value - printed) <= step / 2


def _truncated(value: Fraction | int, step: Fraction) -> Fraction:
    return floor(value / step) * step


def _half_up(value: Fraction | int, step: Fraction) -> Fraction:
    return _truncated(value + step / 2, step)
