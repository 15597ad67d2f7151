"""Linear layers, products of matrices, attention, recurrent layers and embeddings."""

from __future__ import annotations

from math import prod

from mobilecalc.core.cost.dispatch import cost_of
from mobilecalc.core.counts import Counts
from mobilecalc.core.formula import symbols
from mobilecalc.core.ops import Attention, Embedding, Linear, Product, Recurrent
from mobilecalc.core.rounding import Rules
from mobilecalc.core.shape import Shape

M, N, L, S, E, V, G, H = symbols("M N L S E V G H")

LINEAR_MACS = M * N
"""A 1x1 convolution on a map of one position."""

ATTENTION_MACS = L * S * (E + V)
"""Q Kᵀ, then the weights times V: equation 1 of arXiv:1706.03762, for L queries, S keys."""

RECURRENT_MACS = G * H * (M + H)
"""A step of a layer with G gates: equations of arXiv:1402.1128, section 2, for the LSTM."""


@cost_of(Linear)
def linear(op: Linear, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """M · N (`LINEAR_MACS`) at every position: a 1x1 convolution."""
    *positions, features = shape
    out = Shape(*positions, op.features)
    return out, Counts(
        macs=shape.elements * op.features,
        weights=features * op.features,
        bias_adds=out.elements * int(op.bias),
        biases=op.features * int(op.bias),
    )


@cost_of(Product)
def product(op: Product, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """L · M · N for an L x M matrix and an M x N one, as often as there are matrices."""
    macs = shape.elements * op.columns
    return Shape(*shape[:-1], op.columns), Counts(macs=macs, product_macs=macs)


@cost_of(Attention)
def attention(op: Attention, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """L · S · (E + V) a head (`ATTENTION_MACS`), and the softmax of L · S scores."""
    scores = prod(shape[:-1]) * op.keys
    macs = scores * (shape[-1] + op.features)
    out = Shape(*shape[:-1], op.features)
    return out, Counts(macs=macs, attention_macs=macs, softmax_elements=scores)


GATES = {"lstm": 4, "gru": 3, "rnn": 1}
"""Matrix products of each kind with the input, and with the hidden state, a step."""

_GATE_ARITHMETIC = {"lstm": (5, 4), "gru": (3, 5), "rnn": (1, 1)}
"""Activations, and element-wise additions and products, a hidden unit and step."""


@cost_of(Recurrent)
def recurrent(op: Recurrent, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
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


@cost_of(Embedding)
def embedding(op: Embedding, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Rows are looked up: weights, and no arithmetic."""
    return Shape(*shape, op.features), Counts(weights=op.rows * op.features)
