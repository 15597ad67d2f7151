"""Rules: the decisions that turn a scaled dimension into a real one, apart from the formulas."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Window(NamedTuple):
    """What moves over a side: with `ceil` a last one may hang over the edge.

    padding: of both ends alike, or (before, after).
    """

    size: int
    stride: int = 1
    padding: int | tuple[int, int] = 0
    dilation: int = 1
    ceil: bool = False


def places(side: int, window: Window) -> int:
    """How many places of a side a window has: that is the side of the output map.

    Source: torch.nn.Conv2d and torch.nn.MaxPool2d, "Shape".
    """
    k, stride, padding, dilation = window[:4]
    before, after = padding if isinstance(padding, tuple) else (padding, padding)
    room = side + before + after - dilation * (k - 1) - 1
    steps = -(-room // stride) if window.ceil else room // stride
    if window.ceil and steps * stride >= side + before:
        steps -= 1  # a window that began in the padding would read nothing
    return steps + 1


def divisible_width(channels: Any, alpha: Any, divisor: int = 8) -> int:
    """MobileNet V2's rule: the nearest multiple of 8, never under 90 % of the unrounded width.

    Source: the authors' conv_blocks.py (TF-slim), `_make_divisible`.
    """
    unrounded = channels * alpha
    rounded = max(divisor, int(unrounded + divisor / 2) // divisor * divisor)
    return rounded + divisor if rounded < 0.9 * unrounded else rounded


def whole_part(width: int, divisor: int) -> int:
    """So much of a width, at least one channel."""
    return max(1, width // divisor)


class Rules(NamedTuple):
    """How widths are rounded and how a stride shrinks a side.

    `width(channels, alpha)` scales a layer's channels; `head_width` does so for the last
    convolution, which some networks never make narrower; `multiple(channels, alpha, divisor)`
    gives a multiple of a divisor, and `part(width, divisor)` a part of a width. `side(size,
    stride)` is the side of the output map for the side of the input map under "same" padding,
    `places(size, window)` under any other.
    """

    width: Callable[[int, Any], Any]
    head_width: Callable[[int, Any], Any]
    side: Callable[[Any, int], Any]
    multiple: Callable[[int, Any, int], Any] = divisible_width
    part: Callable[[Any, int], Any] = whole_part
    places: Callable[[Any, Window], Any] = places

    def keeps_head(self, alpha: float) -> bool:
        """Whether the last convolution keeps its width, on this alpha's side of 1."""
        return bool(self.head_width(_HEAD, 0.5 if alpha <= 1 else 2.0) == _HEAD)

    def exact(self, alpha: float) -> Rules:
        """These rules without rounding, on this alpha's side of 1."""
        return V2_EXACT if self.keeps_head(alpha) else EXACT


_HEAD = 1280
"""Channels of a last convolution, which every rule leaves as they are at alpha 1."""


def truncated_width(channels: int, alpha: float) -> int:
    """MobileNet V1's rule: `max(int(d * alpha), 8)`.

    Source: the authors' mobilenet_v1.py (TF-slim), `depth` with `min_depth=8`.
    """
    return max(int(channels * alpha), 8)


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


def _quotient(part: Any, divisor: int) -> Any:
    """Exactly: a whole number where it is one, else a fraction; of symbols an expression."""
    if not isinstance(part, int):
        return part / divisor
    from fractions import Fraction

    return part // divisor if part % divisor == 0 else Fraction(part, divisor)


EXACT = Rules(
    width=lambda channels, alpha: channels * alpha,
    head_width=lambda channels, alpha: channels * alpha,
    side=_quotient,
    multiple=lambda channels, alpha, divisor: channels * alpha,
    part=_quotient,
    places=lambda size, window: _quotient(size, window.stride),
)
"""No rounding: over the symbols alpha and rho (sympy) the walk gives the closed form.

A stride divides a side, whatever the padding.
"""

V2_EXACT = EXACT._replace(head_width=lambda channels, alpha: channels)
"""As `EXACT`, where the last convolution keeps its width, as MobileNet V2's does up to alpha 1."""

TRACED = Rules(
    width=lambda channels, alpha: channels,
    head_width=lambda channels, alpha: channels,
    side=ceiling_side,
)
"""Of a network that is there already: nothing is scaled."""
