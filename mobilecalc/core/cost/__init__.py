"""Every cost formula, beside the equation it implements; and nowhere else.

M input channels, N output channels, D_K kernel size, D_F side of the *output* map (as Tables 1
and 3 of arXiv:1704.04861 require). A formula takes an operation and the shape of its input and
returns the shape of its output and the facts. It works on integers and on sympy expressions.
"""

from __future__ import annotations

import sys

from mobilecalc.core.cost.convolutions import (
    DEPTHWISE_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
    TRANSPOSED_MACS,
    convolution,
    depthwise,
    transposed,
)
from mobilecalc.core.cost.gradients import gradients
from mobilecalc.core.cost.maps import adaptive_pool, fourier, norm, pool, upsample
from mobilecalc.core.cost.products import (
    ATTENTION_MACS,
    LINEAR_MACS,
    RECURRENT_MACS,
    attention,
    embedding,
    linear,
    product,
    recurrent,
)
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    ChannelShuffle,
    Conv,
    Depthwise,
    Elementwise,
    Embedding,
    Flatten,
    Fourier,
    GlobalPool,
    Layer,
    Linear,
    Move,
    Norm,
    Pool,
    Product,
    Recurrent,
    Reduction,
    Softmax,
    TransposedConv,
    Uncounted,
    Unused,
    Upsample,
)
from mobilecalc.core.rules import Rules
from mobilecalc.core.shape import Shape

if sys.version_info >= (3, 11):
    from typing import assert_never
else:
    from typing_extensions import assert_never

__all__ = [
    "ATTENTION_MACS",
    "DEPTHWISE_MACS",
    "LINEAR_MACS",
    "POINTWISE_MACS",
    "RECURRENT_MACS",
    "SEPARABLE_MACS",
    "SEPARABLE_TO_STANDARD",
    "STANDARD_MACS",
    "TRANSPOSED_MACS",
    "cost",
    "gradients",
]


def cost(op: Layer, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """The output shape and the facts of one operation on an input of `shape`.

    Raises `BadShape` where the operation does not fit the input.
    """
    match op:
        case Conv():
            return convolution(op, shape, rules)
        case Norm():
            return norm(op, shape)
        case Activation():
            return shape, Counts(activation_elements=shape.elements)
        case Depthwise():
            return depthwise(op, shape, rules)
        case Linear():
            return linear(op, shape)
        case Add():
            return shape, Counts(residual_adds=shape.elements)
        case Flatten():
            return Shape(shape.elements), Counts()
        case Move():
            return op.shape, Counts()
        case Elementwise():
            products = op.shape.elements if op.name == "mul" else 0
            return op.shape, Counts(elementwise=op.shape.elements, element_products=products)
        case Product():
            return product(op, shape)
        case Attention():
            return attention(op, shape)
        case Softmax():
            return shape, Counts(softmax_elements=shape.elements)
        case GlobalPool():
            return adaptive_pool(AdaptivePool("avg", (1, 1), op.module), shape)
        case AdaptivePool():
            return adaptive_pool(op, shape)
        case Pool():
            return pool(op, shape, rules)
        case Reduction():
            return op.shape, Counts(reduced_elements=shape.elements)
        case TransposedConv():
            return transposed(op, shape)
        case Upsample():
            return upsample(op, shape)
        case Embedding():
            return embedding(op, shape)
        case Recurrent():
            return recurrent(op, shape)
        case Fourier():
            return fourier(op, shape)
        case ChannelShuffle(groups=groups):
            if isinstance(shape.channels, int) and shape.channels % groups:
                raise BadShape(
                    f"{shape.channels} channels cannot be shuffled in {groups} groups.",
                    mend="Choose a number of groups that divides the channels.",
                )
            return shape, Counts()
        case Uncounted():
            return op.shape, Counts()
        case Unused():
            return shape, Counts()
        case _:
            assert_never(op)
