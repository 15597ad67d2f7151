"""Norms, activations, softmax, pooling, up-sampling, means, Fourier transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    ChannelShuffle,
    Fourier,
    GlobalPool,
    Norm,
    Pool,
    Reduction,
    Softmax,
    Upsample,
)
from mobilecalc.modules.operators.reading import Reader, Seen, reads, sizes, unbatched

if TYPE_CHECKING:
    from torch import Tensor


@reads("batch_norm", "cudnn_batch_norm")
def batch_norm(
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor | None = None,
    variance: Tensor | None = None,
    *options: Any,
) -> Seen:
    """(batch, channels, ...). Without running statistics (of weights, say) it is as "instance"."""
    for tensor in (weight, mean):
        _channels_fit(x, tensor)
    affine = ((weight, "norm_parameters"), (bias, "norm_parameters"))
    running = ((mean, "norm_buffers"), (variance, "norm_buffers"))
    name = "instance" if mean is None else "batch"
    return Seen(Norm(name), (x,), (*affine, *running), batched=True)  # type: ignore[arg-type]


@reads(
    "native_batch_norm",
    "_native_batch_norm_legit",
    "_native_batch_norm_legit_no_training",
    "_batch_norm_with_update",
    "_batch_norm_no_update",
)
def native_batch_norm(x: Tensor, *args: Any, **options: Any) -> Seen:
    """What it becomes below autograd; its statistics are returned too."""
    return batch_norm(x, *args)._replace(result=NotImplemented)


@reads("layer_norm")
def layer_norm(
    x: Tensor, shape: Any, weight: Tensor | None = None, bias: Tensor | None = None, *options: Any
) -> Seen:
    """Over the last axes."""
    return Seen(Norm("layer"), (x,), ((weight, "norm_parameters"), (bias, "norm_parameters")))


@reads("native_layer_norm")
def native_layer_norm(x: Tensor, *args: Any) -> Seen:
    """What it becomes below autograd."""
    return layer_norm(x, *args)._replace(result=NotImplemented)


@reads("rms_norm")
def rms_norm(x: Tensor, shape: Any, weight: Tensor | None = None, eps: float | None = None) -> Seen:
    """Over the last axes, without a shift."""
    return Seen(Norm("rms"), (x,), ((weight, "norm_parameters"),))


@reads("_fused_rms_norm")
def fused_rms_norm(x: Tensor, *args: Any) -> Seen:
    """What it becomes below autograd."""
    return rms_norm(x, *args)._replace(result=NotImplemented)


@reads("group_norm")
def group_norm(
    x: Tensor, groups: int, weight: Tensor | None = None, bias: Tensor | None = None, *options: Any
) -> Seen:
    """(batch, channels, ...), over groups of channels."""
    affine = ((weight, "norm_parameters"), (bias, "norm_parameters"))
    return Seen(Norm("group"), (x,), affine, batched=True)  # type: ignore[arg-type]


@reads("native_group_norm")
def native_group_norm(x: Tensor, weight: Tensor | None, bias: Tensor | None, *args: Any) -> Seen:
    """What it becomes below autograd."""
    return group_norm(x, 1, weight, bias)._replace(result=NotImplemented)


@reads("instance_norm")
def instance_norm(
    x: Tensor,
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor | None,
    variance: Tensor | None,
    *options: Any,
) -> Seen:
    """(batch, channels, ...), each channel of a sample by itself."""
    return batch_norm(x, weight, bias, mean, variance)._replace(op=Norm("instance"))


@reads("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(x: Tensor, groups: int) -> Seen:
    """(batch, channels, ...)."""
    return Seen(ChannelShuffle(groups), (x,), batched=True)


@reads("_weight_norm")
def weight_norm(directions: Tensor, lengths: Tensor, axis: int = 0) -> Seen:
    """A weight as lengths times normalised directions, computed anew at each pass."""
    return Seen(Norm("instance"), (directions, lengths))


ACTIVATIONS = {
    "relu",
    "relu6",
    "hardswish",
    "hardsigmoid",
    "silu",
    "gelu",
    "mish",
    "elu",
    "celu",
    "selu",
    "leaky_relu",
    "rrelu",
    "softplus",
    "sigmoid",
    "log_sigmoid",
    "tanh",
    "threshold",
    "hardshrink",
    "softshrink",
    "prelu",
    "_prelu_kernel",
}


def _activation(name: str) -> Reader:
    op = Activation(name.strip("_").removesuffix("_kernel"))

    def read(x: Tensor, *options: Any, **more: Any) -> Seen:
        slopes = options[:1] if op.name == "prelu" else ()
        return Seen(op, (x, *slopes))

    return read


for _name in sorted(ACTIVATIONS):
    reads(_name)(_activation(_name))


@reads("hardtanh")
def hardtanh(x: Tensor, low: float = -1, high: float = 1) -> Seen:
    """ReLU6 is the one from 0 to 6."""
    return Seen(Activation("relu6" if (low, high) == (0, 6) else "hardtanh"), (x,))


@reads("glu")
def glu(x: Tensor, axis: int = -1) -> Seen:
    """One half of the channels, gated by the other."""
    half = list(x.shape)
    half[axis] //= 2
    return Seen(Activation("glu"), (x,), result=x.new_empty(half), sizes=half)


@reads("softmax", "_softmax", "log_softmax", "_log_softmax", "_safe_softmax")
def softmax(x: Tensor, axis: int, dtype: Any = None, **more: Any) -> Seen:
    """Over one axis."""
    other_type = dtype not in (None, False, x.dtype)
    return Seen(Softmax(), (x,), result=NotImplemented if other_type else None)


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


def _upsample(mode: str, axes: int) -> Reader:
    def read(x: Tensor, size: Any = None, *options: Any, **more: Any) -> Seen:
        factors = more.get("scale_factors") or next(
            (o for o in options if isinstance(o, list | tuple)), None
        )
        given = size or [int(s * f) for s, f in zip(x.shape[2:], factors or (), strict=True)]
        return Seen(Upsample(mode, tuple(given)), (x,), batched=True)

    return read


for _mode, _kernel, _axes in (
    ("nearest", "upsample_nearest1d", 1),
    ("nearest", "upsample_nearest2d", 2),
    ("nearest", "upsample_nearest3d", 3),
    ("nearest-exact", "_upsample_nearest_exact1d", 1),
    ("nearest-exact", "_upsample_nearest_exact2d", 2),
    ("nearest-exact", "_upsample_nearest_exact3d", 3),
    ("linear", "upsample_linear1d", 1),
    ("bilinear", "upsample_bilinear2d", 2),
    ("bilinear", "_upsample_bilinear2d_aa", 2),
    ("trilinear", "upsample_trilinear3d", 3),
    ("bicubic", "upsample_bicubic2d", 2),
    ("bicubic", "_upsample_bicubic2d_aa", 2),
):
    reads(_kernel)(_upsample(_mode, _axes))


@reads("grid_sampler", "grid_sampler_2d")
def grid_sample(x: Tensor, grid: Tensor, mode: int = 0, *options: Any) -> Seen | None:
    """Interpolation at the places that a (batch, height, width, 2) grid names."""
    if x.dim() != 4:
        return None
    name = ("bilinear", "nearest", "bicubic")[mode]
    return Seen(Upsample(name, tuple(grid.shape[1:3])), (x, grid), batched=True)


def _reduction(name: str) -> Reader:
    def read(
        x: Tensor, axes: Any = None, keepdim: bool = False, *, dtype: Any = None, **more: Any
    ) -> Seen | None:
        if more or not isinstance(axes, list | tuple | int | None):
            return None
        chosen = [axes] if isinstance(axes, int) else axes or range(x.dim())
        over = {axis % x.dim() for axis in chosen}
        kept = [1 if i in over else s for i, s in enumerate(x.shape) if keepdim or i not in over]
        same_type = dtype is None and (x.is_floating_point() or x.is_complex())
        result = x.new_empty(kept) if same_type else NotImplemented
        return Seen(Reduction(name, unbatched(kept)), (x,), result=result)

    return read


for _name in ("mean", "sum", "amax", "amin"):
    reads(_name)(_reduction(_name))


@reads("_fft_r2c", "_fft_c2r", "_fft_c2c")
def fourier(x: Tensor, axes: Any, normalization: int, last: Any) -> Seen:
    """Real to complex (`last`: only half of it is kept), complex to real (its length), or c2c."""
    lengths, out = [x.shape[axis] for axis in axes], list(x.shape)
    if not isinstance(last, bool):
        lengths[-1] = out[axes[-1]] = last
    elif last and not x.is_complex():
        out[axes[-1]] = out[axes[-1]] // 2 + 1
    return Seen(Fourier(tuple(lengths), unbatched(out)), (x,), result=NotImplemented)


def _sides(x: Tensor, sides: Any, axes: int) -> tuple[int, ...]:
    """The output's sides: one that is not given is the input's."""
    given = (sides,) * axes if isinstance(sides, int) else tuple(sides)
    return tuple(s if s is not None else x.shape[i - axes] for i, s in enumerate(given))


def _channels_fit(x: Tensor, tensor: Tensor | None) -> None:
    if tensor is not None and x.dim() > 1 and tensor.numel() != x.shape[1]:
        raise BadShape(
            f"A normalisation of {tensor.numel()} channels cannot take {tuple(x.shape)}.",
        )
