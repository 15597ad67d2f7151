"""Checks of the numbers that users give."""

from __future__ import annotations

import math
from typing import Any

from mobilecalc.core.errors import BadOption


def positive(option: str, value: Any, meaning: str, example: object) -> float:
    """The value as a finite number above 0. Raises `BadOption`, naming the option."""
    number = _number(value)
    if not (math.isfinite(number) and number > 0):
        raise BadOption(
            f"{option} {_shown(value)} is not possible.",
            why=f"It is {meaning}: a finite number above 0.",
            mend=f"For example: {option} {example}",
        )
    return number


def whole(option: str, value: Any, meaning: str, example: object) -> int:
    """The value as a whole number, 1 or more. Raises `BadOption`, naming the option."""
    number = _number(value)
    if not (math.isfinite(number) and number >= 1 and number == int(number)):
        raise BadOption(
            f"{option} {_shown(value)} is not possible.",
            why=f"It is {meaning}: a whole number, at least 1.",
            mend=f"For example: {option} {example}",
        )
    return int(number)


def _shown(value: Any) -> str:
    return str(value) if str(value).strip() else "''"


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan
