"""Norms, pooling, up-sampling and Fourier transforms."""

from __future__ import annotations

from mobilecalc.core.cost.convolutions import whole_map
from mobilecalc.core.cost.dispatch import cost_of
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import AdaptivePool, Fourier, GlobalPool, Norm, Pool, Upsample
from mobilecalc.core.rounding import Rules, Window
from mobilecalc.core.shape import Shape, sizes_of


@cost_of(Norm)
def norm(op: Norm, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Two parameters a channel (gamma, beta); two buffers too (running mean, variance) for batch.

    "layer" and "rms" have theirs a feature of the last axis, "rms" gamma alone.
    """
    if op.name == "batch":
        return shape, Counts(
            norm_elements=shape.elements,
            norm_parameters=2 * shape.channels,
            norm_buffers=2 * shape.channels,
        )
    along = shape[-1] if op.name in ("layer", "rms") else shape.channels
    return shape, Counts(
        sample_norm_elements=shape.elements,
        norm_parameters=along * (1 if op.name == "rms" else 2),
    )


@cost_of(AdaptivePool)
def adaptive_pool(op: AdaptivePool, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Reads every element, writes each channel's `sides`. Raises `BadShape` for too few axes."""
    if len(shape) < len(op.sides):
        raise BadShape(
            f"A {shape} vector has no map to pool.", fix="Put the pooling before Flatten()."
        )
    out = Shape(*shape[: len(shape) - len(op.sides)], *op.sides)
    if op.name != "avg":
        return out, Counts(window_pool_inputs=shape.elements)
    return out, Counts(
        pool_inputs=shape.elements,
        pool_outputs=out.elements,
        module_pool_elements=(shape.elements + out.elements) * int(op.module),
    )


@cost_of(GlobalPool)
def global_pool(op: GlobalPool, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """Adaptive pooling to one position."""
    return adaptive_pool(AdaptivePool("avg", (1, 1), op.module), shape, rules)


@cost_of(Pool)
def pool(op: Pool, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """Windows of D_K², wherever the stride puts one; a last one may hang over with `ceil`."""
    axes = len(shape) - 1
    sizes = (op.kernel, op.stride, op.padding, op.dilation)
    sides = (
        rules.places(size, Window(*window)._replace(ceil=op.ceil))
        for size, *window in zip(shape[1:], *(sizes_of(s, axes) for s in sizes), strict=True)
    )
    out = whole_map(Shape(shape.channels, *sides), op, shape)
    return out, Counts(
        window_pool_inputs=shape.elements,
        average_window_outputs=out.elements if op.name == "avg" else 0,
    )


_READS = {"nearest": 1, "nearest-exact": 1, "linear": 2, "bilinear": 4, "trilinear": 8}


@cost_of(Upsample)
def upsample(op: Upsample, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Nearest reads 1 element for an output, (bi-, tri-)linear 2 an axis, bicubic 4 an axis."""
    out = Shape(*shape[: len(shape) - len(op.sides)], *op.sides)
    reads = _READS.get(op.name, 4 ** len(op.sides))
    return out, Counts(upsample_reads=reads * out.elements)


@cost_of(Fourier)
def fourier(op: Fourier, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Each value takes part in log2(length) stages of its axis (rounded up, past a power of 2)."""
    stages = sum((length - 1).bit_length() for length in op.lengths)
    return op.shape, Counts(fourier_points=max(shape.elements, op.shape.elements) * stages)
