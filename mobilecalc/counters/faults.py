"""The faults that counters share, and the rows that show them."""

from __future__ import annotations

from mobilecalc.core.ops import Activation, GlobalPool
from mobilecalc.core.profile import Row
from mobilecalc.counters.counter import Fault


def _elements_of(row: Row, activation: str) -> int:
    return row.counts.activation_elements if row.op == Activation(activation) else 0


RELU_TWICE = Fault(
    "nn.ReLU twice",
    "it is counted as a module, and again as the function that the module calls",
    lambda row: _elements_of(row, "relu"),
)

POOLING_TWICE = Fault(
    "pooling module twice",
    "it is counted as a module, and again as the function that the module calls",
    lambda row: row.counts.pool_inputs if row.op == GlobalPool(module=True) else 0,
)

RELU6_MISSED = Fault(
    "nn.ReLU6 missed",
    "it calls hardtanh, which is not counted",
    lambda row: -_elements_of(row, "relu6"),
)
