"""torchinfo's summary: parameters times output positions, module by module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn

TORCHINFO = named(
    "torchinfo",
    "MAC",
    "charges biases, and batch norm's parameters instead of its elements",
    "torchinfo: layer_info.py",
    macs=1,
    bias_adds=1,
    norm_parameters=1,
)


@counter("torchinfo", convention=TORCHINFO, packages=("torchinfo",), tested="1.8.0")
def count(module: nn.Module, batch: Tensor) -> Reading:
    """torchinfo's "mult-adds"."""
    from torchinfo import summary

    result = summary(module, input_data=batch, verbose=0)
    leaves = [info for info in result.summary_list if info.is_leaf_layer]
    return Reading(
        total=int(result.total_mult_adds), layers={_path(info): int(info.macs) for info in leaves}
    )


def _path(info: Any) -> str:
    """The submodule's name; the root has a name of its own, which is left out."""
    names = []
    while info.parent_info is not None:
        names.append(info.var_name)
        info = info.parent_info
    return ".".join(reversed(names))
