"""The faults that counters share, and the rows that show them."""

from __future__ import annotations

from mobilecalc.core.ops import Activation, AdaptivePool, GlobalPool, Pool
from mobilecalc.core.profile import Row
from mobilecalc.counters.counter import Fault


def _elements_of(row: Row, activation: str) -> int:
    return row.counts.activation_elements if row.op == Activation(activation) else 0


def _read_by_pooling_module(row: Row) -> int:
    match row.op:
        case GlobalPool(module=True) | AdaptivePool(module=True):
            return row.counts.pool_inputs
        case Pool():
            return row.counts.window_pool_inputs
        case _:
            return 0


RELU_TWICE = Fault(
    "nn.ReLU twice",
    "the module is counted, and so is the function that it calls, outside of any layer",
    lambda row: _elements_of(row, "relu"),
    outside=True,
)

POOLING_TWICE = Fault(
    "pooling module twice",
    "the module is counted, and so is the function that it calls, outside of any layer",
    _read_by_pooling_module,
    outside=True,
)

RELU6_MISSED = Fault(
    "nn.ReLU6 missed",
    "it calls hardtanh, which is not counted",
    lambda row: -_elements_of(row, "relu6"),
)

GATES_MISSED = Fault(
    "sigmoid, hard sigmoid and hard swish missed",
    "there is no rule for them",
    lambda row: -sum(_elements_of(row, name) for name in ("sigmoid", "hardsigmoid", "hardswish")),
)
