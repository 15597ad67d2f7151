"""Where a tensor of a traced forward pass comes from. Kept on the tensor itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from torch import Tensor

_MARK = "_mobilecalc_provenance"


class Provenance(NamedTuple):
    """`row`: the index of the row that made it; -1 for the input, None for what depends on neither.

    parameters: those it was made of, where nothing else went into it. gradient: whether the
    backward pass needs its gradient.
    """

    row: int | None = None
    parameters: tuple[Tensor, ...] = ()
    gradient: bool = False


CONSTANT = Provenance()
INPUT = Provenance(row=-1)


def of(tensor: Tensor) -> Provenance:
    """Of a tensor that nothing marked: a parameter's own, else a constant."""
    mark: Provenance | None = getattr(tensor, _MARK, None)
    return CONSTANT if mark is None else mark


def mark(tensor: Any, provenance: Provenance) -> None:
    """Set where a tensor comes from."""
    setattr(tensor, _MARK, provenance)


def unmark(tensor: Any) -> None:
    """Forget where a tensor comes from."""
    if hasattr(tensor, _MARK):  # a parameter that two modules share has two turns
        delattr(tensor, _MARK)
