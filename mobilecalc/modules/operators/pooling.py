"""Pooling, by windows and to a given size."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.ops import AdaptivePool, GlobalPool, Pool
from mobilecalc.modules.operators.reading import Reader, Seen, reads, sizes

if TYPE_CHECKING:
    from torch import Tensor


@reads("adaptive_avg_pool2d", "_adaptive_avg_pool2d")
def adaptive_average(x: Tensor, sides: Any) -> Seen:
    """To one value a channel, or to a map of these sides."""
    sides = _sides(x, sides, 2)
    op = GlobalPool() if sides == (1, 1) else AdaptivePool("avg", sides)
    return Seen(op, (x,), batched=x.dim() == 4)


@reads("adaptive_avg_pool1d")
def adaptive_average_1d(x: Tensor, sides: Any) -> Seen:
    """Of signals."""
    return Seen(AdaptivePool("avg", _sides(x, sides, 1)), (x,), batched=x.dim() == 3)


@reads("adaptive_avg_pool3d", "_adaptive_avg_pool3d")
def adaptive_average_3d(x: Tensor, sides: Any) -> Seen:
    """Of volumes."""
    return Seen(AdaptivePool("avg", _sides(x, sides, 3)), (x,), batched=x.dim() == 5)


def _adaptive_max(axes: int) -> Reader:
    def read(x: Tensor, sides: Any) -> Seen:
        op = AdaptivePool("max", _sides(x, sides, axes))
        return Seen(op, (x,), batched=x.dim() == axes + 2, result=NotImplemented)

    return read


def _window(name: str, axes: int, result: Any = None) -> Reader:
    def read_average(
        x: Tensor, kernel: Any, stride: Any = (), padding: Any = 0, ceil: bool = False, *_: Any
    ) -> Seen:
        return read_max(x, kernel, stride, padding, 1, ceil)

    def read_max(
        x: Tensor,
        kernel: Any,
        stride: Any = (),
        padding: Any = 0,
        dilation: Any = 1,
        ceil: bool = False,
    ) -> Seen:
        step = kernel if stride is None or stride in ([], ()) else stride
        shape = (sizes(s, axes) for s in (kernel, step, padding, dilation))
        op = Pool(name, *shape, ceil)  # type: ignore[call-arg, arg-type]
        return Seen(op, (x,), batched=x.dim() == axes + 2, result=result)

    return read_average if name == "avg" else read_max


for _axes in (1, 2, 3):
    reads(f"adaptive_max_pool{_axes}d")(_adaptive_max(_axes))
    reads(f"avg_pool{_axes}d")(_window("avg", _axes))
    reads(f"max_pool{_axes}d")(_window("max", _axes))
    reads(f"max_pool{_axes}d_with_indices")(_window("max", _axes, NotImplemented))


def _sides(x: Tensor, sides: Any, axes: int) -> tuple[int, ...]:
    """The output's sides: one that is not given is the input's."""
    given = (sides,) * axes if isinstance(sides, int) else tuple(sides)
    return tuple(s if s is not None else x.shape[i - axes] for i, s in enumerate(given))
