"""DeepSpeed's flops profiler: its convention, to be predicted; it is too heavy to be run."""

from __future__ import annotations

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import COUNTERS, Counter
from mobilecalc.counters.faults import GATES_MISSED, RELU6_MISSED

DEEPSPEED = named(
    "deepspeed",
    "FLOP",
    "two for each multiply-accumulate; batch norm, activations and pooling",
    "deepspeed: flops_profiler",
    macs=2,
    conv_bias_adds=1,
    norm_elements=2,
    activation_elements=1,
    pool_inputs=1,
    window_pool_inputs=1,
)

COUNTERS.add(
    "deepspeed",
    Counter(
        "deepspeed", DEEPSPEED, ("deepspeed",), tested="0.19.8", faults=(RELU6_MISSED, GATES_MISSED)
    ),
)
