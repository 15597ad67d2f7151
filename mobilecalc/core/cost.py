"""Every cost formula, beside the equation it implements; and nowhere else.

M input channels, N output channels, D_K kernel size, D_F side of the *output* map (as Tables 1
and 3 of arXiv:1704.04861 require). A formula takes an operation and the shape of its input and
returns the shape of its output and the facts. It works on integers and on sympy expressions.
"""

from __future__ import annotations

import sys

from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    Add,
    Conv,
    Depthwise,
    Dimension,
    Flatten,
    GlobalPool,
    Layer,
    Linear,
    Norm,
    Shape,
)
from mobilecalc.core.rules import Rules

if sys.version_info >= (3, 11):
    from typing import assert_never
else:
    from typing_extensions import assert_never

STANDARD_MACS = "D_K² · M · N · D_F²"
"""Equation 2 of arXiv:1704.04861, at "same" padding and any stride."""

DEPTHWISE_MACS = "D_K² · M · D_F²"
"""Equation 4 of arXiv:1704.04861."""

POINTWISE_MACS = "M · N · D_F²"
"""The second term of equation 5 of arXiv:1704.04861."""

SEPARABLE_MACS = f"{DEPTHWISE_MACS} + {POINTWISE_MACS}"
"""Equation 5 of arXiv:1704.04861."""

SEPARABLE_TO_STANDARD = "1/N + 1/D_K²"
"""The ratio of equation 5 to equation 2, section 3.1 of arXiv:1704.04861."""


def cost(op: Layer, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """The output shape and the facts of one operation on an input of `shape`.

    Raises `BadShape` where the operation does not fit the input.
    """
    match op:
        case Conv():
            return convolution(op, shape, rules)
        case Depthwise():
            return depthwise(op, shape, rules)
        case Linear():
            return linear(op, shape)
        case Norm():
            return norm(shape)
        case Activation():
            return shape, Counts(activation_elements=shape.elements)
        case GlobalPool():
            return global_pool(op, shape)
        case Flatten():
            return Shape(shape.elements), Counts()
        case Add():
            return shape, Counts(residual_adds=shape.elements)
        case _:
            assert_never(op)


def convolution(op: Conv, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · N · D_F² (`STANDARD_MACS`); M / groups in place of M where grouped."""
    out = Shape(
        op.channels, rules.side(shape.height, op.stride), rules.side(shape.width, op.stride)
    )
    weights = op.kernel**2 * _group_width(shape.channels, op) * op.channels
    return out, _weighted(weights, out, op.bias)


def depthwise(op: Depthwise, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · D_F² (`DEPTHWISE_MACS`)."""
    sides = rules.side(shape.height, op.stride), rules.side(shape.width, op.stride)
    out = Shape(shape.channels, *sides)
    return out, _weighted(op.kernel**2 * shape.channels, out, op.bias)


def linear(op: Linear, shape: Shape) -> tuple[Shape, Counts]:
    """M · N: a 1x1 convolution on a map of one position."""
    if shape.area != 1:
        raise BadShape(
            f"A linear layer cannot take a {shape} map.",
            why="It needs one axis of features.",
            mend="Put Flatten() before it.",
        )
    out = Shape(op.features)
    return out, _weighted(shape.channels * op.features, out, op.bias)


def norm(shape: Shape) -> tuple[Shape, Counts]:
    """Two parameters (gamma, beta) and two buffers (running mean, variance) a channel."""
    return shape, Counts(
        norm_elements=shape.elements,
        norm_parameters=2 * shape.channels,
        norm_buffers=2 * shape.channels,
    )


def global_pool(op: GlobalPool, shape: Shape) -> tuple[Shape, Counts]:
    """Reads every element, writes one a channel."""
    out = Shape(shape.channels)
    return out, Counts(
        pool_inputs=shape.elements,
        pool_outputs=out.elements,
        module_pool_elements=(shape.elements + out.elements) * int(op.module),
    )


def _weighted(weights: Dimension, out: Shape, bias: bool) -> Counts:
    """Each weight is used once for each position of the output map."""
    return Counts(
        macs=weights * out.area,
        weights=weights,
        bias_adds=out.elements * int(bias),
        biases=out.channels * int(bias),
    )


def _group_width(channels: Dimension, op: Conv) -> Dimension:
    """M / groups, which must be whole."""
    if op.groups == 1:
        return channels
    if op.groups < 1 or channels % op.groups or op.channels % op.groups:
        raise BadShape(
            f"{op.groups} groups do not divide {channels} input and {op.channels} output channels.",
            mend="Choose a number of groups that divides both.",
        )
    return channels // op.groups
