"""Every cost formula, beside the equation it implements; and nowhere else.

M input channels, N output channels, D_K kernel size, D_F side of the *output* map (as Tables 1
and 3 of arXiv:1704.04861 require). A formula takes an operation and the shape of its input and
returns the shape of its output and the facts. It works on integers and on sympy expressions.
"""

from __future__ import annotations

from mobilecalc.core.cost import elements, maps  # noqa: F401  (they register their formulas)
from mobilecalc.core.cost.convolutions import (
    DEPTHWISE_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
    TRANSPOSED_MACS,
)
from mobilecalc.core.cost.formulas import cost
from mobilecalc.core.cost.gradients import gradients
from mobilecalc.core.cost.products import (
    ATTENTION_MACS,
    LINEAR_MACS,
    RECURRENT_MACS,
)

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
