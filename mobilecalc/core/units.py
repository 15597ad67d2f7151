"""Units: what a letter multiplies by, and the bytes of a value."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

LETTERS = {"T": 10**12, "G": 10**9, "M": 10**6, "k": 10**3}
"""The prefixes of SI, the largest first."""

UNITS = ("", *reversed(LETTERS), "%")
"""What a number can be printed or shown in."""

BYTES = {"int8": 1, "fp16": 2, "bf16": 2, "fp32": 4}
"""Of one value, by type."""


def factor(unit: str) -> Fraction:
    """What one of `UNITS` multiplies by. Raises `KeyError` for any other."""
    from fractions import Fraction  # which takes 2 ms, and few commands need it

    return Fraction({"": 1, **LETTERS}[unit]) if unit != "%" else Fraction(1, 100)
