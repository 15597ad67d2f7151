"""One value as people read it. The only place where a number becomes text."""

from __future__ import annotations

from fractions import Fraction
from math import floor

from mobilecalc.answers.columns import Value, ValueKind
from mobilecalc.core.shape import Shape
from mobilecalc.core.units import LETTERS, factor

NUMERIC: frozenset[ValueKind] = frozenset(
    {
        "count",
        "exact",
        "bytes",
        "amount",
        "steps",
        "number",
        "share",
        "difference",
        "ratio",
        "shape",
    }
)
"""The kinds that are set flush right."""


def text_of(value: Value, kind: ValueKind, *, compact: bool = False) -> str:
    """The text of a raw value; `compact` rounds counts to four digits with a unit.

    A missing value is an empty text.
    """
    if value is None:
        return ""
    match kind:
        case "count":
            return compact_count(value) if compact else f"{value:,}"
        case "exact":
            return f"{value:,}"
        case "bytes":
            text = compact_count(value) if compact else f"{value:,}"
            return f"{text}B" if text[-1:].isalpha() else f"{text} B"
        case "amount":
            if isinstance(value, float):
                return f"{100 * value:.2f} %"
            return value if isinstance(value, str) else text_of(value, "count", compact=compact)
        case "steps":
            return f"{round(_real(value), 1) + 0.0:+,.1f}".replace("+0.0", "0.0")
        case "number":
            return f"{value:g}"
        case "share":
            return f"{100 * _real(value):.{2 if compact else 3}f}"
        case "difference":
            return f"{100 * _real(value):+.2f} %"
        case "ratio":
            return f"{value:.4f}"
        case "shape":
            return "x".join(map(str, value)) if isinstance(value, Shape) else str(value)
        case _:
            return str(value)


def compact_count(value: Value) -> str:
    """568740352 as "568.7 M": four digits; below ten thousand the number itself."""
    rounded = float(f"{_real(value):.3e}")
    for letter, unit in LETTERS.items():
        if abs(rounded) >= max(unit, 10**4):
            decimals = 4 - len(str(int(abs(rounded) // unit)))
            return f"{rounded / unit:.{max(0, decimals)}f} {letter}"
    return f"{value:,}"


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


def _real(value: Value) -> float:
    if not isinstance(value, int | float):
        raise TypeError(f"not a number: {value!r}")
    return value


def _fixed(value: Fraction, digits: int) -> str:
    whole, rest = divmod(abs(floor(value * 10**digits + Fraction(1, 2))), 10**digits)
    sign = "-" if value < 0 and (whole or rest) else ""
    return f"{sign}{whole:,}" + (f".{rest:0{digits}}" if digits else "")
