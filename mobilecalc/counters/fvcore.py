"""fvcore's FlopCountAnalysis: traces the module with TorchScript and counts aten operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import FVCORE
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn


@counter("fvcore", convention=FVCORE, packages=("fvcore",))
def count(module: nn.Module, batch: Tensor) -> Reading:
    """Fvcore's "flops" (one for each multiply-accumulate). Not on the meta device."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, batch)
    return Reading(
        total=analysis.total(),
        layers=dict(analysis.by_module()),
        uncounted={op.removeprefix("aten::"): n for op, n in analysis.unsupported_ops().items()},
    )
