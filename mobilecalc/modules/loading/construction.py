"""Building a module without its weights: what would hold them is made on the meta device."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils._device import _device_constructors

from mobilecalc.modules.isolation.foreign_code import contained
from mobilecalc.modules.isolation.placement import asks_for_values

_ALLOCATIONS = {torch.empty, torch.zeros, torch.ones, torch.full, torch.rand, torch.randn}
_FILLS_TEXT = """
    uniform_ normal_ trunc_normal_ fill_ zero_ erfinv_ mul_ add_ sub_ div_ clamp_
    exponential_ clamp_min_ clamp_max_ constant_ xavier_uniform_ xavier_normal_
    kaiming_uniform_ kaiming_normal_ orthogonal_ dirac_ eye_ ones_ zeros_
"""
_FILLS = frozenset(_FILLS_TEXT.split())


class _WeightsOnMeta(TorchFunctionMode):
    """Allocations go to meta, and nothing is filled there; small tables keep their values."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _ALLOCATIONS and kwargs.get("device") is None:
            return func(*args, **{**kwargs, "device": "meta"})
        if getattr(func, "__name__", "") in _FILLS:
            target = args[0] if args else kwargs.get("tensor")
            if isinstance(target, Tensor) and target.is_meta:
                return target
        return func(*args, **kwargs)


class _AllOnMeta(TorchFunctionMode):
    """As `torch.device("meta")`, beside which code may still call `torch.set_default_device`."""

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if func in _device_constructors() and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        return func(*args, **kwargs)


def constructed(make: Callable[[], Any]) -> Any:
    """What `make` returns, built without weights where it allows that, else on the CPU.

    First only allocations are sent to the meta device, then everything, as some initialisers
    ask a tensor for its values, and others mix the two.
    """
    for context in (_WeightsOnMeta(), _AllOnMeta()):
        try:
            with context, torch.no_grad(), contained():  # each as the first
                made = make()
        except Exception as error:  # whatever a constructor may raise where a tensor has no values
            if not asks_for_values(error):
                raise
            continue
        if isinstance(made, nn.Module):
            return made
    with torch.no_grad(), contained():
        return make()
