"""Checks of the values that users give."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from typing import Any

from mobilecalc.core.errors import BadOption, shown

LARGEST = 10**9
"""No whole number of channels, classes or pixels is above it."""


def positive(
    argument: str, value: Any, meaning: str, example: object, at_most: float = math.inf
) -> float:
    """The value as a number above 0, up to `at_most`. Raises `BadOption`, naming the argument."""
    number = _number(value)
    if not (math.isfinite(number) and 1e-6 <= number <= at_most):
        limit = f", at most {at_most:g}" if at_most < math.inf else ""
        raise BadOption(
            f"{argument}={_shown(value)} is not possible.",
            why=f"It is {meaning}: a number above 0 (a millionth or more){limit}.",
            fix=f"For example: {argument}={example}",
            arguments=[argument],
        )
    return number


def whole(argument: str, value: Any, meaning: str, example: object, at_most: int = LARGEST) -> int:
    """The value as a whole number from 1 to `at_most`. Raises `BadOption`, naming the argument."""
    number = _number(value)
    if not (1 <= number <= at_most and number == int(number)):
        raise BadOption(
            f"{argument}={_shown(value)} is not possible.",
            why=f"It is {meaning}: a whole number, at least 1 and at most {at_most}.",
            fix=f"For example: {argument}={example}",
            arguments=[argument],
        )
    return int(number)


def separated(argument: str, text: str, example: str) -> list[str]:
    """The values between the commas of a text. Raises `BadOption` if one is empty."""
    parts = [part.strip() for part in text.split(",")]
    if not all(parts):
        raise BadOption(
            f"{argument}={_shown(text)} is not possible.",
            why="A value between commas is empty." if "," in text else "It is empty.",
            fix=f"For example: {argument}={example}",
            arguments=[argument],
        )
    return parts


def is_plain(text: str) -> bool:
    """Whether a number has no digits but 0 to 9: Python takes 1_0 and digits of any script."""
    return text.isascii() and "_" not in text


def refuse_repeated(argument: str, values: Sequence[object]) -> None:
    """Raise `BadOption` for a list in which a value stands twice."""
    for value, times in Counter(values).items():
        if times > 1:
            raise BadOption(
                f"{argument} has {shown(value)} twice.",
                fix="Name each value once.",
                arguments=[argument],
            )


def _number(value: Any) -> float:
    if isinstance(value, str) and not is_plain(value):
        return math.nan
    try:
        return float(value)
    except (TypeError, ValueError, OverflowError):
        return math.nan


def _shown(value: Any) -> str:
    return shown(value).strip() or "''"
