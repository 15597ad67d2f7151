"""Normalisations, also of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Norm
from mobilecalc.modules.operators.reading import Seen, reads

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


@reads("_weight_norm")
def weight_norm(directions: Tensor, lengths: Tensor, axis: int = 0) -> Seen:
    """A weight as lengths times normalised directions, computed anew at each pass."""
    return Seen(Norm("instance"), (directions, lengths))


def _channels_fit(x: Tensor, tensor: Tensor | None) -> None:
    if tensor is not None and x.dim() > 1 and tensor.numel() != x.shape[1]:
        raise BadShape(
            f"A normalisation of {tensor.numel()} channels cannot take {tuple(x.shape)}.",
        )
