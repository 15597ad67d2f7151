"""torch's own FlopCounterMode: a dispatch mode over aten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn

TORCH = named(
    "torch",
    "FLOP",
    "two for each multiply-accumulate, but none of the CPU's attention and recurrent kernels",
    "torch: flop_counter.py",
    macs=2,
    attention_macs=-2,
    recurrent_macs=-2,
)


@counter("torch", convention=TORCH, packages=("torch",), tested="2.13.0")
def count(module: nn.Module, batch: Tensor) -> Reading:
    """torch's "flops"."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as mode:
        module(batch)
    counts, root = mode.get_flop_counts(), type(module).__name__
    layers = {
        name: sum(counts.get(f"{root}.{name}", {}).values()) for name, _ in module.named_modules()
    }
    return Reading(total=mode.get_total_flops(), layers=layers)
