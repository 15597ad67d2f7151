"""What a reader makes of one call of a torch operator, and the registry of readers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias, TypeVar

from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Layer
from mobilecalc.core.registry import Registry
from mobilecalc.core.shape import Shape, Sizes

if TYPE_CHECKING:
    from torch import Tensor

Role: TypeAlias = Literal["weights", "biases", "norm_parameters", "norm_buffers"]
Weights: TypeAlias = "tuple[tuple[Tensor | None, Role], ...]"


class Seen(NamedTuple):
    """One operation, as a call shows it.

    operands: the computed tensors it takes, as they are: they say where its input comes from.
    weights: the tensors that may be parameters or buffers, each with the fact that it counts as.
    batched: the first axis of the input is the batch, whatever its size, as torch defines for
    maps. result: what the call returns, if it is not a tensor of the output's shape;
    `NotImplemented` means that only running it tells. sizes: of the row's input, if they differ
    from the first operand's (it is broadcast, or only a part of it is read). of_weight: in a
    backward pass, whether it makes a weight's gradient; None if the operands are to tell.
    """

    op: Layer
    operands: tuple[Tensor, ...]
    weights: Weights = ()
    batched: bool = False
    result: Any = None
    sizes: Sequence[int] | None = None
    of_weight: bool | None = None


Reader: TypeAlias = Callable[..., "Seen | tuple[Seen, ...] | None"]
"""Takes what the operator takes. None: not this form of it; the operator is decomposed, or run."""

READERS: Registry[Reader] = Registry("reader")
"""By the operator's name with its namespace ("aten::relu"), without its overload and a last "_".

A name alone says nothing: `mylib::relu` may compute anything.
"""


Function = TypeVar("Function", bound=Reader)


def reads(*names: str) -> Callable[[Function], Function]:
    """Register a function as the reader of these operators, of aten if no namespace is given."""

    def register(reader: Function) -> Function:
        for name in names:
            READERS.add(name if "::" in name else f"aten::{name}", reader)
        return reader

    return register


def sizes(values: int | list[int] | tuple[int, ...], axes: int) -> Sizes:
    """A size for each axis, written as `core.ops` does: once where two axes have the same."""
    listed = (values,) * axes if isinstance(values, int) else tuple(values)
    if len(listed) == 1 < axes:
        listed *= axes
    return listed[0] if axes == 2 and listed[0] == listed[1] else listed


def same_type(x: Tensor, weight: Tensor) -> None:
    """Raises `BadShape` where torch would refuse the types, which a trace does not ask it."""
    if x.dtype == weight.dtype:
        return
    import torch

    if not any(map(torch.is_autocast_enabled, ("cpu", "cuda"))):
        raise BadShape(
            f"An input of {x.dtype} does not fit weights of {weight.dtype}.".replace("torch.", ""),
            why="torch multiplies tensors of one type.",
        )


def unbatched(sizes: Sequence[int]) -> Shape:
    """The shape without its first axis where that is 1, as the batch is, and not the only one."""
    return Shape(*(sizes[1:] if len(sizes) > 1 and sizes[0] == 1 else sizes))
