"""Convolutions, grouped, dilated and transposed, of signals, maps and volumes."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Conv, Depthwise, TransposedConv
from mobilecalc.core.shape import Sizes, sizes_of
from mobilecalc.modules.operators.reading import Seen, reads, same_type, sizes

if TYPE_CHECKING:
    from torch import Tensor


@reads("conv1d", "conv2d", "conv3d")
def convolution(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    dilation: Any = 1,
    groups: int = 1,
) -> Seen:
    """The weight is (output channels, input channels / groups, kernel sizes ...)."""
    shape = weight.shape
    batched = _batched(x, weight, shape[1] * groups, len(shape) - 2)
    movement = (_frozen(stride), _frozen(padding), _frozen(dilation))
    op = _operation(shape, *movement, groups, bias is not None)
    return Seen(op, (x,), ((weight, "weights"), (bias, "biases")), batched)


@reads("conv_transpose1d", "conv_transpose2d", "conv_transpose3d")
def transposed(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Any = 1,
    padding: Any = 0,
    output_padding: Any = 0,
    groups: int = 1,
    dilation: Any = 1,
) -> Seen:
    """The weight is (input channels, output channels / groups, kernel sizes ...)."""
    inputs, group_width, *kernel = weight.shape
    axes = len(kernel)
    op = TransposedConv(
        group_width * groups,
        sizes(kernel, axes),
        sizes(stride, axes),
        groups,
        bias is not None,
        sizes(padding, axes),
        sizes(output_padding, axes),
        sizes(dilation, axes),
    )
    return Seen(
        op, (x,), ((weight, "weights"), (bias, "biases")), _batched(x, weight, inputs, axes)
    )


@reads("convolution", "_convolution")
def any_convolution(
    x: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Any,
    padding: Any,
    dilation: Any,
    is_transposed: bool,
    output_padding: Any,
    groups: int,
    *flags: bool,
) -> Seen:
    """What both become below autograd."""
    if is_transposed:
        return transposed(x, weight, bias, stride, padding, output_padding, groups, dilation)
    return convolution(x, weight, bias, stride, padding, dilation, groups)


@reads("convolution_backward")
def gradients(
    gradient: Tensor,
    x: Tensor,
    weight: Tensor,
    bias_sizes: Any,
    stride: Any,
    padding: Any,
    dilation: Any,
    is_transposed: bool,
    output_padding: Any,
    groups: int,
    asked: Any,
) -> tuple[Seen, ...]:
    """As many products as the convolution makes, for each of (input, weight) that is asked for."""
    forward = any_convolution(
        x, weight, None, stride, padding, dilation, is_transposed, output_padding, groups
    )
    of_input, of_weight, _ = asked
    kinds = [False] * of_input + [True] * of_weight
    return tuple(forward._replace(result=NotImplemented, of_weight=kind) for kind in kinds)


@lru_cache(maxsize=4096)
def _operation(
    weight: tuple[int, ...],
    stride: Sizes,
    padding: Sizes | str,
    dilation: Sizes,
    groups: int,
    has_bias: bool,
) -> Conv | Depthwise:
    """The operation of a weight of these sizes. A network has few, and meets each many times."""
    outputs, group_width, *kernel = weight
    axes = len(kernel)
    size, steps, spread = sizes(kernel, axes), sizes(stride, axes), sizes(dilation, axes)
    pad: Sizes | None = (
        (None if padding == "same" else 0) if isinstance(padding, str) else sizes(padding, axes)
    )
    if pad is not None and is_same(pad, size, spread, axes):
        pad = None
    if groups > 1 and group_width == 1:
        return Depthwise(size, steps, has_bias, pad, spread, outputs // groups)
    return Conv(outputs, size, steps, groups, has_bias, pad, spread)


def _frozen(values: Any) -> Any:
    return tuple(values) if isinstance(values, list) else values


def _batched(x: Tensor, weight: Tensor, channels: int, axes: int) -> bool:
    """Whether the input has a batch axis. Raises `BadShape` where the channels do not fit."""
    same_type(x, weight)
    batched = x.dim() == axes + 2
    if x.dim() not in (axes + 1, axes + 2) or x.shape[int(batched)] != channels:
        raise BadShape(
            f"A convolution of {channels} channels cannot take an input of {tuple(x.shape)}.",
            why=f"It takes (batch, {channels}, {axes} side{'s' * (axes > 1)}).",
        )
    return batched


def is_same(padding: Sizes, kernel: Sizes, dilation: Sizes, axes: int) -> bool:
    """Whether the padding is that of `Conv` where none is named."""
    triples = zip(*(sizes_of(s, axes) for s in (padding, kernel, dilation)), strict=True)
    return all(2 * p == d * (k - 1) for p, k, d in triples)
