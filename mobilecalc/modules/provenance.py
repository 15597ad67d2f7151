"""Where a tensor of a traced forward pass comes from. Kept on the tensor itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
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


_within: list[bool] = []
"""Of each custom function that is running: whether gradients were asked for around it."""


def learns() -> bool:
    """Whether a backward pass goes through what is computed now."""
    import torch

    return torch.is_grad_enabled() or bool(_within and _within[-1])


@contextmanager
def through_functions() -> Iterator[None]:
    """See custom functions, checkpoints among them, as autograd does.

    Their forward pass runs without gradients, and yet a backward pass goes through it.
    """
    from torch.autograd import Function

    original = vars(Function)["apply"]

    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        _within.append(learns())
        try:
            return original.__func__(cls, *args, **kwargs)
        finally:
            _within.pop()

    setattr(Function, "apply", classmethod(apply))  # noqa: B010  (a method, to mypy)
    try:
        yield
    finally:
        setattr(Function, "apply", original)  # noqa: B010
