"""Where a tensor of a traced forward pass comes from. Kept beside the tensors, never on them."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any, NamedTuple

from mobilecalc.modules.isolation.copy_on_write import storage_id

if TYPE_CHECKING:
    from torch import Tensor


class Provenance(NamedTuple):
    """`row`: the index of the row that made it; -1 for the input, None for what depends on neither.

    parameters: those it was made of, where nothing else went into it.
    """

    row: int | None = None
    parameters: tuple[Tensor, ...] = ()

    @property
    def time(self) -> int:
        """The later a row, the greater; less than any row's where none made it."""
        return -2 if self.row is None else self.row


CONSTANT = Provenance()
INPUT = Provenance(row=-1)


class Marks:
    """The provenance of the tensors of one trace.

    A tensor is known by its identity, checked by a weak reference, as another may come to stand
    at its address. What was written through one of several views of a piece of memory is known
    by the memory.
    """

    def __init__(self) -> None:
        self._by_tensor: dict[int, tuple[weakref.ref[Tensor], Provenance]] = {}
        self._shared = set[int]()
        self._written: dict[int, tuple[Any, Provenance]] = {}

    def of(self, tensor: Tensor) -> Provenance:
        """Of a tensor that nothing marked: a constant."""
        entry = self._by_tensor.get(id(tensor))
        own = CONSTANT if entry is None or entry[0]() is not tensor else entry[1]
        if self._written:
            _, last = self._written.get(storage_id(tensor), (None, CONSTANT))
            return max(own, last, key=lambda provenance: provenance.time)
        return own

    def mark(self, tensor: Tensor, provenance: Provenance) -> None:
        """Set where a tensor comes from."""
        self._by_tensor[id(tensor)] = (weakref.ref(tensor), provenance)

    def share(self, tensor: Tensor) -> None:
        """Other tensors may share this one's memory."""
        self._shared.add(storage_id(tensor))

    def write(self, tensor: Tensor, provenance: Provenance) -> None:
        """Set where the contents of a tensor's memory come from: all its views have them."""
        memory = storage_id(tensor)
        if memory in self._shared:
            self._written[memory] = (storage_reference(tensor), provenance)


def storage_reference(tensor: Tensor) -> Any:
    """A reference that keeps the name of a tensor's memory from being given to another."""
    from torch.multiprocessing.reductions import StorageWeakRef

    try:
        return StorageWeakRef(tensor.untyped_storage())  # type: ignore[no-untyped-call]
    except (RuntimeError, NotImplementedError):  # of a tensor without one, which has its own name
        return tensor
