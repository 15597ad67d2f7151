"""Tensors that were there before a trace: given their values back where it changed them."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from mobilecalc.modules.isolation import Parts


class Originals:
    """The parameters and plain tensors of a module, copied one by one before they are written to.

    (Buffers are replaced for a trace by copies. A copy of all parameters would double the memory
    of a pass that, as a rule, writes to none.)
    """

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._by_storage: dict[int, list[Tensor]] | None = None
        self._copies: list[tuple[Tensor, Tensor]] = []

    def before_writing(self, tensor: Any) -> None:
        """Copy what shares this tensor's memory, the first time."""
        if not isinstance(tensor, Tensor) or tensor.is_meta:
            return
        if self._by_storage is None:
            self._by_storage = {}
            for owned in self._owned():
                self._by_storage.setdefault(storage_of(owned), []).append(owned)
        for owned in self._by_storage.pop(storage_of(tensor), ()):
            self._copies.append((owned, owned.detach().clone()))

    def put_back(self) -> None:
        """Give them their values back."""
        with torch.no_grad():
            for owned, copy in self._copies:
                owned.detach().copy_(copy)

    def _owned(self) -> list[Tensor]:
        found: dict[int, Tensor] = {}
        for _, part in self._parts:
            for value in (*part._parameters.values(), *vars(part).values()):
                if isinstance(value, Tensor) and not value.is_meta:
                    found[id(value)] = value
        return list(found.values())


def storage_of(tensor: Tensor) -> int:
    """What tells a tensor's memory from another's, also on the meta device."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):  # of a tensor without one
        return id(tensor)
