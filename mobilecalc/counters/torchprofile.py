"""torchprofile's profile_macs: traces the module with TorchScript."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn

TORCHPROFILE = named(
    "torchprofile",
    "MAC",
    "charges batch norm once an element, average pooling by its outputs, and products of maps",
    "torchprofile: handlers.py",
    macs=1,
    norm_elements=1,
    pool_outputs=1,
    average_window_outputs=1,
    element_products=1,
)


@counter("torchprofile", convention=TORCHPROFILE, packages=("torchprofile",), tested="0.1.0")
def count(module: nn.Module, batch: Tensor) -> Reading:
    """torchprofile's "MACs". Its graph does not name the modules, so there are no layers."""
    from torchprofile import profile_macs

    by_node = profile_macs(module, batch, reduction=None)
    assert isinstance(by_node, dict)
    return Reading(total=sum(by_node.values()))
