"""What "the number of parameters" can mean: five sums over the same facts, and one more."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mobilecalc.core.counts import Counts


class ParameterMeaning(NamedTuple):
    """One way to count parameters: who counts so, the sum in symbols, and the sum."""

    name: str
    formula: str
    used_by: str
    total: Callable[[Counts], int]


def _folded_biases(counts: Counts) -> int:
    """Folding turns gamma and beta of a channel into one bias of the convolution before."""
    return counts.norm_parameters // 2


PARAMETER_MEANINGS = (
    ParameterMeaning(
        "weights", "w", "convolution and classifier weights alone", lambda c: c.weights
    ),
    ParameterMeaning(
        "weights and biases",
        "w + c",
        "the MobileNet papers",
        lambda c: c.weights + c.biases,
    ),
    ParameterMeaning(
        "folded",
        "w + c + W/2",
        "deployment: batch norm folded into a bias",
        lambda c: c.weights + c.biases + _folded_biases(c),
    ),
    ParameterMeaning(
        "TF-slim",
        "w + c + W/2 + V",
        "TF-slim's V1 README: beta and the running statistics, no gamma",
        lambda c: c.weights + c.biases + _folded_biases(c) + c.norm_buffers,
    ),
    ParameterMeaning("trainable", "w + c + W", "torch; Keras, trainable", lambda c: c.parameters),
    ParameterMeaning(
        "stored",
        "w + c + W + V",
        "Keras, total: with the running statistics",
        lambda c: c.parameters + c.norm_buffers,
    ),
)
