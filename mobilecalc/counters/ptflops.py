"""ptflops, both backends: hooks on modules and functions, or a dispatch mode over aten."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter
from mobilecalc.counters.faults import GATES_MISSED, POOLING_TWICE, RELU_TWICE

if TYPE_CHECKING:
    from torch import Tensor, nn

PTFLOPS = named(
    "ptflops",
    "MAC",
    "charges biases, batch norm, activations and pooling",
    "ptflops: pytorch_ops.py",
    macs=1,
    bias_adds=1,
    norm_elements=2,
    activation_elements=1,
    pool_inputs=1,
    window_pool_inputs=1,
)

PTFLOPS_ATEN = named(
    "ptflops-aten",
    "MAC",
    "convolutions and classifier, and the biases",
    "ptflops: aten_ops.py",
    macs=1,
    bias_adds=1,
)


@counter(
    "ptflops",
    PTFLOPS,
    packages=("ptflops",),
    tested="0.7.5",
    faults=(RELU_TWICE, POOLING_TWICE, GATES_MISSED),
)
def count(module: nn.Module, batch: Tensor) -> Reading:
    """ptflops' "MACs", backend pytorch. What it charges to functions is in no layer."""
    layers: dict[str, int] = {}

    def collect(root: nn.Module, inputs: object, output: object) -> None:
        """Read each layer's number before ptflops removes it: the root ends last."""
        for name, layer in root.named_modules():
            if hasattr(layer, "__flops__"):
                layers[name] = int(layer.__flops__)

    module.register_forward_hook(collect)
    return Reading(total=_count(module, batch, "pytorch"), layers=layers)


@counter("ptflops-aten", PTFLOPS_ATEN, packages=("ptflops",), tested="0.7.5")
def count_aten(module: nn.Module, batch: Tensor) -> Reading:
    """ptflops' "MACs", backend aten. Its numbers are by type of operation, not by layer."""
    return Reading(total=_count(module, batch, "aten"))


def _count(module: nn.Module, batch: Tensor, backend: str) -> int:
    from ptflops import get_model_complexity_info

    total, _ = get_model_complexity_info(
        module,
        tuple(batch.shape[1:]),
        input_constructor=lambda _: batch,
        print_per_layer_stat=False,
        as_strings=False,
        verbose=False,
        backend=backend,
    )
    if total is None:
        raise RuntimeError("ptflops gave up on the forward pass")
    return int(total)
