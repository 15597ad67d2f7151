"""thop's profile: hooks on the modules that it has a rule for, by exact class."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mobilecalc.core.conventions import named
from mobilecalc.counters.counter import Reading, counter

if TYPE_CHECKING:
    from torch import Tensor, nn

THOP = named(
    "thop",
    "MAC",
    "charges batch norm four times an element, and pooling where it is a module",
    "thop: basic_hooks.py",
    macs=1,
    norm_elements=4,
    module_pool_elements=1,
    average_window_outputs=1,
)


@counter("thop", convention=THOP, packages=("thop", "setuptools"), tested="0.1.1-2209072238")
def count(module: nn.Module, batch: Tensor) -> Reading:
    """Thop's "MACs". It cannot see functions."""
    from thop import profile
    from thop.profile import register_hooks

    macs, _, layers = profile(module, (batch,), verbose=False, ret_layer_info=True)
    leaves = [leaf for leaf in module.modules() if not list(leaf.children())]
    unknown = Counter(type(leaf).__name__ for leaf in leaves if type(leaf) not in register_hooks)
    return Reading(total=_whole(macs), layers=dict(_flat(layers)), uncounted=unknown)


def _flat(layers: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, int]]:
    for name, (macs, _, children) in layers.items():
        yield prefix + name, _whole(macs)
        yield from _flat(children, f"{prefix}{name}.")


def _whole(macs: float) -> int:
    """Thop adds up in floating point; what it adds are whole numbers."""
    if macs != int(macs):
        raise ValueError(f"thop reported {macs}, which is not a whole number")
    return int(macs)
