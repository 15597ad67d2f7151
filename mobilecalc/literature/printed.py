"""A number as it was printed, and whether a computed one is what it says."""

from __future__ import annotations

from fractions import Fraction
from functools import cache
from typing import NamedTuple

from mobilecalc.core.units import UNITS, factor


class Printed(NamedTuple):
    """The digits of "4.2 M", "1.19 %" or "1600 k" as a whole number of steps.

    step: one unit of the last digit. zeros: how many a whole number ends in, after two digits
    that stand in any case.
    """

    digits: int
    step: Fraction
    zeros: int

    @staticmethod
    def parse(text: str) -> Printed:
        """Raises `ValueError` for what is no number with a known unit."""
        number, _, unit = text.partition(" ")
        if unit not in UNITS:
            raise ValueError(f"no unit: {text!r}")
        whole, _, decimals = number.partition(".")
        if not f"{whole}{decimals}".isdecimal():
            raise ValueError(f"no number: {text!r}")
        zeros = 0 if decimals else len(whole) - len(whole[:2] + whole[2:].rstrip("0"))
        return Printed(int(whole + decimals), _step(unit, len(decimals)), zeros)

    @property
    def value(self) -> Fraction:
        """The number that was printed."""
        return self.digits * self.step

    def off(self, value: Fraction | int) -> float:
        """By how many units of the last printed digit the value is above the printed number."""
        steps, one = self._steps(value)
        return (steps - self.digits * one) / one

    def fit(self, value: Fraction | int) -> str:
        """How the printed number follows from the value; "" where it does not.

        reproduced: rounded to the nearest. truncated: cut off there. rounded twice: to a digit
        more, and again. rounded: to the zeros that a whole number ends in, or cut off there; two
        digits stand in any case.
        """
        steps, one = self._steps(value)
        off = abs(steps - self.digits * one)
        if 2 * off <= one:  # a tie may go either way
            return "reproduced"
        if steps // one == self.digits:
            return "truncated"
        tenths = _half_up(10 * steps, one)
        if _half_up(tenths, 10) == self.digits:
            return "rounded twice"
        to_zeros = 10**self.zeros * one
        if 2 * off <= to_zeros or steps // to_zeros * 10**self.zeros == self.digits:
            return "rounded"
        return ""

    def _steps(self, value: Fraction | int) -> tuple[int, int]:
        """The value in steps, as a quotient of whole numbers."""
        numerator, denominator = value.as_integer_ratio()
        step, of = self.step.as_integer_ratio()
        return numerator * of, denominator * step


@cache
def _step(unit: str, decimals: int) -> Fraction:
    return Fraction(factor(unit), 10**decimals)


def _half_up(numerator: int, denominator: int) -> int:
    """The nearest whole number of a quotient; of two, the larger."""
    return (2 * numerator + denominator) // (2 * denominator)
