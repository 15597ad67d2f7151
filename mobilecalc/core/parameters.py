"""What "the number of parameters" can mean: sums over the same facts."""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.core.counts import SYMBOLS, Counts
from mobilecalc.core.formula import Formula, symbols


class ParameterMeaning(NamedTuple):
    """One way to count parameters: the sum in the facts' symbols, and who counts so."""

    name: str
    formula: Formula
    used_by: str

    def total(self, counts: Counts) -> int:
        """What this meaning makes of the facts."""
        return int(self.formula.at(dict(zip(SYMBOLS.values(), counts, strict=True))))


w, c, o, W, V = symbols("w c o W V")

PARAMETER_MEANINGS = (
    ParameterMeaning("weights", w, "convolution and classifier weights alone"),
    ParameterMeaning("weights and biases", w + c + o, "the MobileNet papers"),
    ParameterMeaning("folded", w + c + o + W - V / 2, "deployment: batch norm folded into a bias"),
    ParameterMeaning(
        "TF-slim",
        w + c + o + W + V / 2,
        "TF-slim's V1 README: beta and the running statistics, no gamma",
    ),
    ParameterMeaning("trainable", w + c + o + W, "torch; Keras, trainable"),
    ParameterMeaning("stored", w + c + o + W + V, "Keras, total: with the running statistics"),
)
"""Of a batch norm, W has gamma and beta of each channel, V its two running statistics: V/2 is the
number of channels, and of biases that remain when it is folded."""
