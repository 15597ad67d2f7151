"""What the backward pass of an operation costs."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

from mobilecalc.core.cost.products import GATES
from mobilecalc.core.counts import Counts
from mobilecalc.core.ops import (
    Attention,
    Conv,
    Depthwise,
    Layer,
    Linear,
    Product,
    Recurrent,
    TransposedConv,
)
from mobilecalc.core.shape import Shape


def gradients(
    op: Layer,
    shape: Shape,
    counts: Counts,
    needs: Sequence[bool],
    learned: Sequence[bool] = (False, False),
) -> Counts:
    """The facts with those of the backward pass.

    A product of two operands has two gradients, each of them a product of as many
    multiply-accumulates as the forward one. `needs` says which operand's gradient is asked for:
    (input, weight), the two matrices of a `Product`, (queries, keys, values) of an `Attention`.
    `learned` says which matrix of a `Product` is a weight.
    """
    match op:
        case Conv() | Depthwise() | TransposedConv() | Linear():
            inputs, weights = needs
            return counts._replace(
                input_gradient_macs=counts.macs * inputs, weight_gradient_macs=counts.macs * weights
            )
        case Product():
            of_weights = sum(n and w for n, w in zip(needs, learned, strict=True))
            return counts._replace(
                input_gradient_macs=counts.macs * (sum(needs) - of_weights),
                weight_gradient_macs=counts.macs * of_weights,
            )
        case Attention():
            queries, keys, values = needs
            scores = prod(shape[:-1]) * op.keys
            of_scores = shape[-1] * (queries + keys) + op.features * (queries or keys)
            macs = scores * (of_scores + op.features * values)
            return counts._replace(input_gradient_macs=macs)
        case Recurrent():
            inputs, weights = needs
            first = GATES[op.name] * op.hidden * shape.elements * op.directions
            state = op.projection or op.hidden
            at_start = GATES[op.name] * op.hidden * state * op.directions * op.layers
            through = counts.macs - at_start * op.sequences - (0 if inputs else first)
            return counts._replace(
                input_gradient_macs=through * (inputs or weights),
                weight_gradient_macs=counts.macs * weights,
            )
        case _:
            return counts
