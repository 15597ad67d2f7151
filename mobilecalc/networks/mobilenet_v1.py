"""MobileNet V1 (arXiv:1704.04861, Table 1)."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Activation, Conv, Depthwise, Flatten, GlobalPool, Linear, Norm
from mobilecalc.core.rules import Rules
from mobilecalc.core.shape import Dimension

STEM_CHANNELS = 32

BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *((512, 1),) * 5,
    (1024, 2),
    (1024, 1),  # Table 1 prints stride 2; its own output sizes and the released model have 1
)
"""Output channels and stride of each depthwise-separable block, at alpha = 1."""


def mobilenet_v1(alpha: float, classes: int, rules: Rules) -> Chain:
    """13 depthwise-separable blocks between a 3x3 convolution and the classifier."""
    steps: dict[str, Op] = {
        "stem": _unit(Conv(rules.width(STEM_CHANNELS, alpha), kernel=3, stride=2))
    }
    for index, (channels, stride) in enumerate(BLOCKS, start=1):
        steps[f"block{index}"] = _separable(rules.width(channels, alpha), stride)
    return Chain.of(**steps, pool=GlobalPool(), flatten=Flatten(), classifier=Linear(classes))


def _separable(channels: Dimension, stride: int) -> Chain:
    return Chain.of(
        depthwise=_unit(Depthwise(kernel=3, stride=stride)),
        pointwise=_unit(Conv(channels, kernel=1)),
    )


def _unit(conv: Conv | Depthwise) -> Chain:
    return Chain.of(conv=conv, norm=Norm(), act=Activation("relu"))
