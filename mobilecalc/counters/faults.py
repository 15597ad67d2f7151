"""The faults that counters share, and the rows that show them."""

from __future__ import annotations

from mobilecalc.core.ops import Activation, GlobalPool
from mobilecalc.core.profile import Row
from mobilecalc.counters.counter import Fault


def _elements_of(row: Row, activation: str) -> int:
    return row.counts.activation_elements if row.op == Activation(activation) else 0


RELU_TWICE = Fault(
    "nn.ReLU twice",
    "the module is counted, and so is the function that it calls, outside of any layer",
    lambda row: _elements_of(row, "relu"),
    outside=True,
)

POOLING_TWICE = Fault(
    "pooling module twice",
    "the module is counted, and so is the function that it calls, outside of any layer",
    lambda row: row.counts.pool_inputs if row.op == GlobalPool(module=True) else 0,
    outside=True,
)

RELU6_MISSED = Fault(
    "nn.ReLU6 missed",
    "it calls hardtanh, which is not counted",
    lambda row: -_elements_of(row, "relu6"),
)
