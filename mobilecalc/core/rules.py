"""Rules: the decisions that turn a scaled dimension into a real one, apart from the formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Rules(NamedTuple):
    """How widths are rounded and how a stride shrinks a side.

    `width(channels, alpha)` scales a layer's channels; `head_width` does so for the last
    convolution, which some networks never make narrower; `side(size, stride)` is the side of
    the output map for the side of the input map.
    """

    width: Callable[[int, Any], Any]
    head_width: Callable[[int, Any], Any]
    side: Callable[[Any, int], Any]


def truncated_width(channels: int, alpha: float) -> int:
    """MobileNet V1's rule: `max(int(d * alpha), 8)`.

    Source: the authors' mobilenet_v1.py (TF-slim), `depth` with `min_depth=8`.
    """
    return max(int(channels * alpha), 8)


def divisible_width(channels: int, alpha: float, divisor: int = 8) -> int:
    """MobileNet V2's rule: the nearest multiple of 8, never under 90 % of the unrounded width.

    Source: the authors' conv_blocks.py (TF-slim), `_make_divisible`.
    """
    unrounded = channels * alpha
    rounded = max(divisor, int(unrounded + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * unrounded else rounded


def ceiling_side(size: int, stride: int) -> int:
    """The side under "same" padding: ceil(size / stride), for any odd kernel."""
    return -(-size // stride)


V1_RULES = Rules(
    width=truncated_width,
    head_width=truncated_width,
    side=ceiling_side,
)

V2_RULES = Rules(
    width=divisible_width,
    head_width=lambda channels, alpha: divisible_width(channels, max(1.0, alpha)),
    side=ceiling_side,
)

EXACT = Rules(
    width=lambda channels, alpha: channels * alpha,
    head_width=lambda channels, alpha: channels * alpha,
    side=lambda size, stride: size / stride,
)
"""No rounding: over the symbols alpha and rho (sympy) the walk gives the closed form."""

V2_EXACT = EXACT._replace(head_width=lambda channels, alpha: channels)
"""As `EXACT`, for alpha up to 1, where the last convolution keeps its width."""

TRACED = Rules(
    width=lambda channels, alpha: channels,
    head_width=lambda channels, alpha: channels,
    side=ceiling_side,
)
"""Of a network that is there already: nothing is scaled."""
