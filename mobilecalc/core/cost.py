"""Every cost formula, beside the equation it implements; and nowhere else.

M input channels, N output channels, D_K kernel size, D_F side of the *output* map (as Tables 1
and 3 of arXiv:1704.04861 require). A formula takes an operation and the shape of its input and
returns the shape of its output and the facts. It works on integers and on sympy expressions.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from math import prod

from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Add,
    Attention,
    Conv,
    Depthwise,
    Dimension,
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
    Shape,
    Softmax,
    TransposedConv,
    Uncounted,
    Unused,
    Upsample,
    sizes_of,
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


TRANSPOSED_MACS = "D_K² · M · N · D_I²"
"""Each of the D_I² input positions writes one whole kernel (arXiv:1603.07285, section 4)."""

ATTENTION_MACS = "L · S · (E + V)"
"""Q Kᵀ, then the weights times V: equation 1 of arXiv:1706.03762, for L queries, S keys."""

RECURRENT_MACS = "G · H · (M + H)"
"""A step of a layer with G gates: equations of arXiv:1402.1128, section 2, for the LSTM."""


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
            return op.shape, Counts(elementwise=op.shape.elements)
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
            return pool(op, shape)
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
        case Uncounted():
            return op.shape, Counts()
        case Unused():
            return shape, Counts()
        case _:
            assert_never(op)


def convolution(op: Conv, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · N · D_F² (`STANDARD_MACS`); M / groups in place of M where grouped."""
    kernel = _kernel_of(op, shape)
    out = Shape(op.channels, *_sides(op, kernel, shape, rules))
    weights = prod(kernel) * _group_width(shape.channels, op) * op.channels
    return out, _weighted(weights, out, op.bias)


def depthwise(op: Depthwise, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """D_K² · M · D_F² (`DEPTHWISE_MACS`), times the filters a channel."""
    kernel = _kernel_of(op, shape)
    out = Shape(shape.channels * op.multiplier, *_sides(op, kernel, shape, rules))
    return out, _weighted(prod(kernel) * out.channels, out, op.bias)


def transposed(op: TransposedConv, shape: Shape) -> tuple[Shape, Counts]:
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
    out = _map(Shape(op.channels, *sides), op, shape)
    weights = prod(kernel) * _group_width(shape.channels, op) * op.channels
    return out, _weighted(weights, out, op.bias)._replace(macs=weights * shape.area)


def linear(op: Linear, shape: Shape) -> tuple[Shape, Counts]:
    """M · N at every position: a 1x1 convolution."""
    *positions, features = shape
    out = Shape(*positions, op.features)
    return out, Counts(
        macs=shape.elements * op.features,
        weights=features * op.features,
        bias_adds=out.elements * int(op.bias),
        biases=op.features * int(op.bias),
    )


def product(op: Product, shape: Shape) -> tuple[Shape, Counts]:
    """L · M · N for an L x M matrix and an M x N one, as often as there are matrices."""
    macs = shape.elements * op.columns
    return Shape(*shape[:-1], op.columns), Counts(macs=macs, product_macs=macs)


def attention(op: Attention, shape: Shape) -> tuple[Shape, Counts]:
    """L · S · (E + V) a head (`ATTENTION_MACS`), and the softmax of L · S scores."""
    scores = prod(shape[:-1]) * op.keys
    macs = scores * (shape[-1] + op.features)
    out = Shape(*shape[:-1], op.features)
    return out, Counts(macs=macs, attention_macs=macs, softmax_elements=scores)


GATES = {"lstm": 4, "gru": 3, "rnn": 1}
"""Matrix products of each kind with the input, and with the hidden state, a step."""

_GATE_ARITHMETIC = {"lstm": (5, 4), "gru": (3, 5), "rnn": (1, 1)}
"""Activations, and element-wise additions and products, a hidden unit and step."""


def recurrent(op: Recurrent, shape: Shape) -> tuple[Shape, Counts]:
    """G · H · (M + H) a step, layer and direction (`RECURRENT_MACS`).

    torch keeps two biases of G · H each. With a projection to P: G · H · (M + P) + H · P.
    """
    *steps, features = shape
    gates, state = GATES[op.name], op.projection or op.hidden
    weights, width = 0, features
    for _ in range(op.layers):
        cell = gates * op.hidden * (width + state) + op.hidden * op.projection
        weights += op.directions * cell
        width = state * op.directions
    units = op.layers * op.directions * op.hidden
    times, (activations, arithmetic) = prod(steps), _GATE_ARITHMETIC[op.name]
    return Shape(*steps, width), Counts(
        macs=weights * times,
        recurrent_macs=weights * times,
        bias_adds=2 * gates * units * times * int(op.bias),
        activation_elements=activations * units * times,
        elementwise=arithmetic * units * times,
        weights=weights,
        biases=2 * gates * units * int(op.bias),
    )


def embedding(op: Embedding, shape: Shape) -> tuple[Shape, Counts]:
    """Rows are looked up: weights, and no arithmetic."""
    return Shape(*shape, op.features), Counts(weights=op.rows * op.features)


def norm(op: Norm, shape: Shape) -> tuple[Shape, Counts]:
    """Two parameters a channel (gamma, beta); two buffers too (running mean, variance) for batch.

    "layer" and "rms" have theirs a feature of the last axis, "rms" gamma alone.
    """
    if op.name == "batch":
        return shape, Counts(
            norm_elements=shape.elements,
            norm_parameters=2 * shape.channels,
            norm_buffers=2 * shape.channels,
        )
    along = shape[-1] if op.name in ("layer", "rms") else shape.channels
    return shape, Counts(
        sample_norm_elements=shape.elements,
        norm_parameters=along * (1 if op.name == "rms" else 2),
    )


def adaptive_pool(op: AdaptivePool, shape: Shape) -> tuple[Shape, Counts]:
    """Reads every element, writes each channel's `sides`."""
    out = Shape(*shape[: len(shape) - len(op.sides)], *op.sides)
    if op.name != "avg":
        return out, Counts(window_pool_inputs=shape.elements)
    return out, Counts(
        pool_inputs=shape.elements,
        pool_outputs=out.elements,
        module_pool_elements=(shape.elements + out.elements) * int(op.module),
    )


def pool(op: Pool, shape: Shape) -> tuple[Shape, Counts]:
    """Windows of D_K², wherever the stride puts one; a last one may hang over with `ceil`."""
    axes = len(shape) - 1
    sizes = (op.kernel, op.stride, op.padding, op.dilation)
    sides = []
    for size, k, stride, padding, dilation in zip(
        shape[1:], *(sizes_of(s, axes) for s in sizes), strict=True
    ):
        room = size + 2 * padding - dilation * (k - 1) - 1
        steps = -(-room // stride) if op.ceil else room // stride
        if op.ceil and steps * stride >= size + padding:
            steps -= 1  # a window that began in the padding would read nothing
        sides.append(steps + 1)
    out = _map(Shape(shape.channels, *sides), op, shape)
    return out, Counts(window_pool_inputs=shape.elements)


_READS = {"nearest": 1, "nearest-exact": 1, "linear": 2, "bilinear": 4, "trilinear": 8}


def upsample(op: Upsample, shape: Shape) -> tuple[Shape, Counts]:
    """Nearest reads 1 element for an output, (bi-, tri-)linear 2 an axis, bicubic 4 an axis."""
    out = Shape(*shape[: len(shape) - len(op.sides)], *op.sides)
    reads = _READS.get(op.name, 4 ** len(op.sides))
    return out, Counts(upsample_reads=reads * out.elements)


def fourier(op: Fourier, shape: Shape) -> tuple[Shape, Counts]:
    """Each value takes part in log2(length) stages of its axis (rounded up, past a power of 2)."""
    stages = sum((length - 1).bit_length() for length in op.lengths)
    return op.shape, Counts(fourier_points=max(shape.elements, op.shape.elements) * stages)


def gradients(op: Layer, shape: Shape, counts: Counts, needs: Sequence[bool]) -> Counts:
    """The facts with those of the backward pass.

    A product of two operands has two gradients, each of them a product of as many
    multiply-accumulates as the forward one. `needs` says which operand's gradient is asked for:
    (input, weight), the two matrices of a `Product`, (queries, keys, values) of an `Attention`.
    """
    match op:
        case Conv() | Depthwise() | TransposedConv() | Linear():
            inputs, weights = needs
            return counts._replace(
                input_gradient_macs=counts.macs * inputs, weight_gradient_macs=counts.macs * weights
            )
        case Product():
            return counts._replace(input_gradient_macs=counts.macs * sum(needs))
        case Attention():
            queries, keys, values = needs
            scores = prod(shape[:-1]) * op.keys
            of_scores = shape[-1] * (queries + keys) + op.features * (queries or keys)
            macs = scores * (of_scores + op.features * values)
            return counts._replace(input_gradient_macs=macs)
        case Recurrent():
            inputs, weights = needs
            first = GATES[op.name] * op.hidden * shape.elements * op.directions
            through = counts.macs - (0 if inputs else first)
            return counts._replace(
                input_gradient_macs=through * (inputs or weights),
                weight_gradient_macs=counts.macs * weights,
            )
        case _:
            return counts


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
            mend="Give it a map: a linear layer's output has none.",
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
        (size + 2 * padding - dilation * (k - 1) - 1) // stride + 1
        for size, k, stride, padding, dilation in zip(
            shape[1:], kernel, *(sizes_of(s, axes) for s in sizes), strict=True
        )
    )
    return _map(Shape(shape.channels, *sides), op, shape)[1:]


def _map(out: Shape, op: Layer, shape: Shape) -> Shape:
    """The map, which must have at least one position."""
    if min(out[1:], default=1) < 1:
        raise BadShape(
            f"A {shape} map is too small for {op}.",
            why=f"Its output would be {out}.",
            mend="Give a larger input.",
        )
    return out


def _group_width(channels: Dimension, op: Conv | TransposedConv) -> Dimension:
    """M / groups, which must be whole."""
    if op.groups == 1:
        return channels
    if op.groups < 1 or channels % op.groups or op.channels % op.groups:
        raise BadShape(
            f"{op.groups} groups do not divide {channels} input and {op.channels} output channels.",
            mend="Choose a number of groups that divides both.",
        )
    return channels // op.groups
