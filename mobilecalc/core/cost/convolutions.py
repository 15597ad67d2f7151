"""Convolutions: standard, depthwise, grouped and transposed."""

from __future__ import annotations

from math import prod

from mobilecalc.core.cost.dispatch import cost_of
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.formula import symbols
from mobilecalc.core.ops import Conv, Depthwise, Layer, TransposedConv
from mobilecalc.core.rounding import Rules, Window
from mobilecalc.core.shape import Dimension, Shape, sizes_of

D_K, M, N, D_F, D_I = symbols("D_K M N D_F D_I")

STANDARD_MACS = D_K**2 * M * N * D_F**2
"""Equation 2 of arXiv:1704.04861, at "same" padding and any stride."""

DEPTHWISE_MACS = D_K**2 * M * D_F**2
"""Equation 4 of arXiv:1704.04861."""

POINTWISE_MACS = M * N * D_F**2
"""The second term of equation 5 of arXiv:1704.04861."""

SEPARABLE_MACS = DEPTHWISE_MACS + POINTWISE_MACS
"""Equation 5 of arXiv:1704.04861."""

SEPARABLE_TO_STANDARD = 1 / N + 1 / D_K**2
"""The ratio of equation 5 to equation 2, section 3.1 of arXiv:1704.04861."""

TRANSPOSED_MACS = D_K**2 * M * N * D_I**2
"""Each of the D_I² input positions writes one whole kernel (arXiv:1603.07285, section 4)."""


@cost_of(Conv)
def convolution(op: Conv, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · N · D_F² (`STANDARD_MACS`); M / groups in place of M where grouped."""
    kernel = _kernel_of(op, shape)
    out = Shape(op.channels, *_sides(op, kernel, shape, rules))
    weights = prod(kernel) * _group_width(shape.channels, op) * op.channels
    return out, _weighted(weights, out, op.bias)


@cost_of(Depthwise)
def depthwise(op: Depthwise, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · D_F² (`DEPTHWISE_MACS`), times the filters a channel."""
    kernel = _kernel_of(op, shape)
    out = Shape(shape.channels * op.multiplier, *_sides(op, kernel, shape, rules))
    return out, _weighted(prod(kernel) * out.channels, out, op.bias)


@cost_of(TransposedConv)
def transposed(op: TransposedConv, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · N · D_I² (`TRANSPOSED_MACS`): the area is the input's."""
    kernel = _kernel_of(op, shape)
    axes = len(kernel)
    sides = tuple(
        (size - 1) * stride - 2 * padding + dilation * (k - 1) + extra + 1
        for size, k, stride, padding, extra, dilation in zip(
            shape[1:],
            kernel,
            sizes_of(op.stride, axes),
            sizes_of(op.padding, axes),
            sizes_of(op.output_padding, axes),
            sizes_of(op.dilation, axes),
            strict=True,
        )
    )
    out = whole_map(Shape(op.channels, *sides), op, shape)
    weights = prod(kernel) * _group_width(shape.channels, op) * op.channels
    return out, _weighted(weights, out, op.bias)._replace(macs=weights * shape.area)


def _weighted(weights: Dimension, out: Shape, bias: bool) -> Counts:
    """Each weight is used once for each position of the output map."""
    bias_adds = out.elements * int(bias)
    return Counts(
        macs=weights * out.area,
        weights=weights,
        bias_adds=bias_adds,
        conv_bias_adds=bias_adds,
        biases=out.channels * int(bias),
    )


def _kernel_of(op: Conv | Depthwise | TransposedConv, shape: Shape) -> tuple[int, ...]:
    """A size for each axis of the map, which the kernel must have."""
    kernel = sizes_of(op.kernel)
    if len(shape) != len(kernel) + 1:
        raise BadShape(
            f"A {'x'.join(map(str, kernel))} convolution cannot take {shape}.",
            why=f"It needs channels and {len(kernel)} sides.",
            fix="Give it a map: a linear layer's output has none.",
        )
    return kernel


def _sides(
    op: Conv | Depthwise, kernel: tuple[int, ...], shape: Shape, rules: Rules
) -> tuple[Dimension, ...]:
    """The sides of the output map: by the rule where the padding is "same", else as it comes."""
    axes = len(kernel)
    if op.padding is None:
        return tuple(map(rules.side, shape[1:], sizes_of(op.stride, axes)))
    sizes = (op.stride, op.padding, op.dilation)
    sides = (
        rules.places(size, Window(*window))
        for size, *window in zip(
            shape[1:], kernel, *(sizes_of(s, axes) for s in sizes), strict=True
        )
    )
    return whole_map(Shape(shape.channels, *sides), op, shape)[1:]


def whole_map(out: Shape, op: Layer, shape: Shape) -> Shape:
    """The map, which must have at least one position."""
    if any(isinstance(side, int) and side < 1 for side in out[1:]):
        raise BadShape(
            f"A {shape} map is too small for a {type(op).__name__.lower()}.",
            why=f"Its output would be {out}.",
            fix="Give a larger input.",
        )
    return out


def _group_width(channels: Dimension, op: Conv | TransposedConv) -> Dimension:
    """M / groups, which must be whole."""
    if op.groups == 1:
        return channels
    if not isinstance(channels, int):
        return channels / op.groups
    widths = (width for width in (channels, op.channels) if isinstance(width, int))
    if op.groups < 1 or any(width % op.groups for width in widths):
        raise BadShape(
            f"{op.groups} groups do not divide {channels} input and {op.channels} output channels.",
            fix="Choose a number of groups that divides both.",
        )
    return channels // op.groups
