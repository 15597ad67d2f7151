"""Rules: the decisions that turn a scaled dimension into a real one, apart from the formulas."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Literal, NamedTuple, TypeAlias


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


def nearest_pixels(size: int, rho: float) -> int:
    """The nearest whole number of pixels, at least one."""
    return max(1, round(rho * size))


def whole_part(width: int, divisor: int) -> int:
    """So much of a width, at least one channel."""
    return max(1, width // divisor)


Head: TypeAlias = Literal["scaled", "never narrower", "kept"]
"""What alpha does to the last convolution: as to any other, only above 1, or nothing."""


def truncated_width(channels: int, alpha: float, least: int = 8) -> int:
    """MobileNet V1's rule: `max(int(d * alpha), 8)`.

    Source: the authors' mobilenet_v1.py (TF-slim), `depth` with `min_depth=8`.
    """
    return max(int(channels * alpha), least)


class Rules(NamedTuple):
    """How widths are rounded and how a stride shrinks a side.

    `width(channels, alpha)` scales a layer's channels; `head` says whether the last convolution's
    are scaled too. `multiple(channels, alpha, divisor)` gives a multiple of a divisor,
    `at_least(channels, alpha, least)` no fewer channels than that, and `part(width, divisor)` a
    part of a width. `side(size, stride)` is the side of the output map for the side of the input
    map under "same" padding, `places(size, window)` under any other; `pixels(size, rho)` is the
    side at another resolution.
    """

    width: Callable[[int, Any], Any]
    side: Callable[[Any, int], Any]
    head: Head = "scaled"
    multiple: Callable[[int, Any, int], Any] = divisible_width
    at_least: Callable[[int, Any, int], Any] = truncated_width
    part: Callable[[Any, int], Any] = whole_part
    places: Callable[[Any, Window], Any] = places
    pixels: Callable[[int, Any], Any] = nearest_pixels

    def head_width(self, channels: int, alpha: Any) -> Any:
        """The channels of the last convolution."""
        return self.width(channels, 1 if self.keeps_head(alpha) else alpha)

    def keeps_head(self, alpha: Any) -> bool:
        """Whether the last convolution keeps its width at this alpha."""
        return self.head == "kept" or (self.head == "never narrower" and bool(alpha <= 1))

    def exact(self, alpha: float) -> Rules:
        """These rules without rounding, on this alpha's side of 1."""
        return EXACT._replace(head="kept" if self.keeps_head(alpha) else "scaled")

    @property
    def with_whole_sides(self) -> Rules:
        """These rules for sides in rho of inputs that the strides divide: what padding adds counts.

        (`EXACT` leaves it out, as it rounds nothing.)
        """
        return self._replace(side=divided_side, places=divided_places)


def ceiling_side(size: int, stride: int) -> int:
    """The side under "same" padding: ceil(size / stride), for any odd kernel."""
    return -(-size // stride)


V1_RULES = Rules(truncated_width, ceiling_side)

V1_LAYER_RULES = V1_RULES._replace(width=partial(truncated_width, least=1))
"""Of one layer alone, which may have fewer channels than a layer of the network."""

V2_RULES = Rules(divisible_width, ceiling_side, head="never narrower")


def _quotient(part: Any, divisor: int) -> Any:
    """Exactly: a whole number where it is one, else a fraction; of symbols an expression."""
    if not isinstance(part, int):
        return part / divisor
    from fractions import Fraction

    return part // divisor if part % divisor == 0 else Fraction(part, divisor)


def _product(size: Any, factor: Any, _: int = 1) -> Any:
    return size * factor


EXACT = Rules(
    width=_product,
    side=_quotient,
    multiple=_product,
    at_least=_product,
    part=_quotient,
    places=lambda size, window: _quotient(size, window.stride),
    pixels=_product,
)
"""No rounding: over the symbols alpha and rho (sympy) the walk gives the closed form.

A stride divides a side, whatever the padding.
"""


def _parts_of(side: Any) -> tuple[int, Any]:
    """The number in a side, and what grows with the input: of 28 rho - 1, -1 and 28 rho."""
    constant, growing = side.as_coeff_Add()
    return int(constant), growing


def divided_side(size: Any, stride: int) -> Any:
    """As `ceiling_side`, of a side in rho that the stride divides where nothing was added to it."""
    if isinstance(size, int):
        return ceiling_side(size, stride)
    constant, growing = _parts_of(size)
    return growing / stride + ceiling_side(constant, stride)


def divided_places(size: Any, window: Window) -> Any:
    """As `places`, of a side in rho that the stride divides where nothing was added to it."""
    if isinstance(size, int):
        return places(size, window)
    constant, growing = _parts_of(size)
    return growing / window.stride + places(constant, window)


V2_EXACT = V2_RULES.exact(1.0)
"""As `EXACT`, where the last convolution keeps its width, as MobileNet V2's does up to alpha 1."""

TRACED = Rules(
    width=lambda channels, alpha: channels,
    side=ceiling_side,
)
"""Of a network that is there already: nothing is scaled."""
