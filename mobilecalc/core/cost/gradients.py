"""What the backward pass of an operation costs."""

from __future__ import annotations

from mobilecalc.core.counts import Counts
from mobilecalc.core.ops import Conv, Depthwise, Layer, Linear, TransposedConv


def gradients(op: Layer, counts: Counts, *, of_input: bool) -> Counts:
    """The facts with those of the backward pass of an operation with weights.

    The gradient of its weights is a product of as many multiply-accumulates as the forward one,
    and so is that of its input, if something before it has parameters (`of_input`).
    """
    match op:
        case Conv() | Depthwise() | TransposedConv() | Linear():
            return counts._replace(
                input_gradient_macs=counts.macs * of_input, weight_gradient_macs=counts.macs
            )
        case _:
            return counts
