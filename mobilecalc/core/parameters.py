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


def _weights_and_biases(counts: Counts) -> int:
    return counts.weights + counts.biases + counts.other_parameters


def _folded_norm(counts: Counts) -> int:
    """Folding turns gamma and beta of a batch norm's channel (V/2 of them) into one bias."""
    return counts.norm_parameters - counts.norm_buffers // 2


PARAMETER_MEANINGS = (
    ParameterMeaning(
        "weights", "w", "convolution and classifier weights alone", lambda c: c.weights
    ),
    ParameterMeaning(
        "weights and biases", "w + c + o", "the MobileNet papers", _weights_and_biases
    ),
    ParameterMeaning(
        "folded",
        "w + c + o + W - V/2",
        "deployment: batch norm folded into a bias",
        lambda c: _weights_and_biases(c) + _folded_norm(c),
    ),
    ParameterMeaning(
        "TF-slim",
        "w + c + o + W + V/2",
        "TF-slim's V1 README: beta and the running statistics, no gamma",
        lambda c: _weights_and_biases(c) + _folded_norm(c) + c.norm_buffers,
    ),
    ParameterMeaning(
        "trainable", "w + c + o + W", "torch; Keras, trainable", lambda c: c.parameters
    ),
    ParameterMeaning(
        "stored",
        "w + c + o + W + V",
        "Keras, total: with the running statistics",
        lambda c: c.parameters + c.norm_buffers,
    ),
)
