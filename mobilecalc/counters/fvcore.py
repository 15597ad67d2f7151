"""fvcore's FlopCountAnalysis: traces the module with TorchScript and counts aten operations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn

FVCORE = named(
    "fvcore",
    "MAC",
    "charges norms, adaptive pooling and up-sampling; fused attention and recurrent layers not",
    "fvcore: jit_handles.py",
    macs=1,
    attention_macs=-1,
    recurrent_macs=-1,
    norm_elements=2,
    sample_norm_elements=5,
    pool_inputs=1,
    upsample_reads=1,
)

TIMM = named(
    "timm",
    "MAC",
    "as fvcore, which made its infer_gmacs, with attention spelt out",
    "timm: results tables",
    macs=1,
    norm_elements=2,
    sample_norm_elements=5,
    pool_inputs=1,
    upsample_reads=1,
)


@counter("fvcore", convention=FVCORE, packages=("fvcore",), tested="0.1.5.post20221221")
def count(module: nn.Module, batch: Tensor) -> Reading:
    """fvcore's "flops" (one for each multiply-accumulate). Not on the meta device."""
    from fvcore.nn import FlopCountAnalysis

    analysis = FlopCountAnalysis(module, batch)
    by_module = analysis.by_module()
    return Reading(
        total=analysis.total(),
        layers={name: by_module[name] for name, _ in module.named_modules()},
        uncounted={op.removeprefix("aten::"): n for op, n in analysis.unsupported_ops().items()},
    )
