"""A number as it was printed, and whether a computed one is what it says."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction
from math import floor
from typing import NamedTuple

UNITS = {
    "": Fraction(1),
    "k": Fraction(10**3),
    "M": Fraction(10**6),
    "G": Fraction(10**9),
    "%": Fraction(1, 100),
}


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
        try:
            exponent = int(Decimal(number).as_tuple().exponent)
        except (InvalidOperation, ValueError):  # no number, or none that is finite
            raise ValueError(f"no number: {text!r}") from None
        step = UNITS[unit] * Fraction(10) ** exponent
        zeros = 0 if "." in number else len(number) - len(number[:2] + number[2:].rstrip("0"))
        return Printed(int(Decimal(number).scaleb(-exponent)), step, zeros)

    @property
    def value(self) -> Fraction:
        """The number that was printed."""
        return self.digits * self.step

    def off(self, value: Fraction | int) -> float:
        """By how many units of the last printed digit the value is above the printed number."""
        return float(value / self.step - self.digits)

    def fit(self, value: Fraction | int) -> str:
        """How the printed number follows from the value; "" where it does not.

        reproduced: rounded to the nearest. truncated: cut off there. rounded twice: to a digit
        more, and again. rounded: to the zeros that a whole number ends in, or cut off there; two
        digits stand in any case.
        """
        steps = value / self.step
        if abs(steps - self.digits) <= _HALF:  # a tie may go either way
            return "reproduced"
        if floor(steps) == self.digits:
            return "truncated"
        if floor(Fraction(floor(10 * steps + _HALF), 10) + _HALF) == self.digits:
            return "rounded twice"
        to_zeros, digits = steps / 10**self.zeros, Fraction(self.digits, 10**self.zeros)
        if abs(to_zeros - digits) <= _HALF or floor(to_zeros) == digits:
            return "rounded"
        return ""


_HALF = Fraction(1, 2)
