"""Upsampling, channel shuffles, reductions and Fourier transforms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.ops import ChannelShuffle, Fourier, Reduction, Upsample
from mobilecalc.modules.operators.reading import Reader, Seen, reads, unbatched

if TYPE_CHECKING:
    from torch import Tensor


@reads("channel_shuffle", "native_channel_shuffle")
def channel_shuffle(x: Tensor, groups: int) -> Seen:
    """(batch, channels, ...)."""
    return Seen(ChannelShuffle(groups), (x,), batched=True)


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
