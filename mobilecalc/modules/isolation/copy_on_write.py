"""Tensors that were there before a trace: given their values back if it changed them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor


class CopyOnWrite:
    """The memory of tensors, copied before something is written to it.

    (Buffers are replaced for a trace by copies. A copy of all parameters would double the memory
    of a pass that, as a rule, writes to none.)
    """

    def __init__(self, tensors: Iterable[Tensor]) -> None:
        self._tensors = tensors
        self._owned: dict[int, Tensor] | None = None
        self._copies: list[tuple[torch.UntypedStorage, torch.UntypedStorage]] = []
        self._others: list[tuple[Tensor, Tensor]] = []

    def before_writing(self, written: Any) -> None:
        """Copy the memory of a tensor, or of several, the first time."""
        if isinstance(written, list | tuple):
            for tensor in written:
                self.before_writing(tensor)
        if not isinstance(written, Tensor) or written.is_meta:
            return
        if self._owned is None:
            self._owned = {storage_id(owned): owned for owned in self._tensors if not owned.is_meta}
        owned = self._owned.pop(storage_id(written), None)
        if owned is None:
            return
        try:
            storage = owned.untyped_storage()
            self._copies.append((storage, storage.clone()))  # type: ignore[no-untyped-call]
        except (RuntimeError, NotImplementedError):  # of a sparse tensor
            self._others.append((owned, owned.detach().clone()))

    def restore(self) -> None:
        """Give them their values back."""
        with torch.inference_mode():  # which alone may write to a tensor that was made in it
            for storage, copy in self._copies:
                storage.resize_(copy.nbytes())
                storage.copy_(copy)
            for owned, values in self._others:
                owned.copy_(values)


def storage_id(tensor: Tensor) -> int:
    """What tells a tensor's memory from another's, also on the meta device."""
    try:
        return int(tensor.untyped_storage()._cdata)
    except (RuntimeError, NotImplementedError):  # of a tensor without one
        return id(tensor)
