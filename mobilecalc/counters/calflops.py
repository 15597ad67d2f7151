"""calflops: patches torch's functions, and counts MACs and FLOPs as DeepSpeed's profiler does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter
from mobilecalc.counters.faults import GATES_MISSED, RELU6_MISSED

if TYPE_CHECKING:
    from torch import Tensor, nn

CALFLOPS_MACS = named(
    "calflops-macs",
    "MAC",
    "convolutions and classifier alone",
    "calflops: pytorch_ops.py",
    macs=1,
)

CALFLOPS_FLOPS = named(
    "calflops-flops",
    "FLOP",
    "two for each multiply-accumulate; batch norm, activations and pooling",
    "calflops: pytorch_ops.py",
    macs=2,
    conv_bias_adds=1,
    norm_elements=2,
    activation_elements=1,
    pool_inputs=1,
    window_pool_inputs=1,
)

PACKAGES = ("calflops", "transformers")  # which it imports and does not ask for


@counter("calflops-macs", CALFLOPS_MACS, packages=PACKAGES, tested="0.3.2")
def count_macs(module: nn.Module, batch: Tensor) -> Reading:
    """calflops' "MACs"."""
    return _count(module, batch, "__macs__")


@counter(
    "calflops-flops",
    CALFLOPS_FLOPS,
    packages=PACKAGES,
    tested="0.3.2",
    faults=(RELU6_MISSED, GATES_MISSED),
)
def count_flops(module: nn.Module, batch: Tensor) -> Reading:
    """calflops' "FLOPs"."""
    return _count(module, batch, "__flops__")


def _count(module: nn.Module, batch: Tensor, attribute: str) -> Reading:
    from calflops import calculate_pipline

    calculate_pipline.module_flop_count.clear()  # what an earlier failure left there
    calculate_pipline.module_mac_count.clear()
    pipeline = calculate_pipline.CalFlopsPipline(module, False, 2.0)
    pipeline.start_flops_calculate()
    module(batch)
    total = pipeline.get_total_macs() if attribute == "__macs__" else pipeline.get_total_flops()
    layers = {
        name: int(getattr(leaf, attribute))
        for name, leaf in module.named_modules()
        if not list(leaf.children())
    }
    pipeline.end_flops_calculate()
    return Reading(total=int(total), layers=layers)
