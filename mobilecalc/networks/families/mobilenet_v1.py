"""MobileNet V1 (arXiv:1704.04861, Table 1)."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Conv, Depthwise, Flatten, GlobalPool, Linear
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.core.shape import Dimension
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import unit

STEM_CHANNELS = 32

REPEATED = (512, 1)
BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *(REPEATED,) * 5,
    (1024, 2),
    (1024, 1),  # Table 1 prints stride 2; its own output sizes and the released model have 1
)
"""Output channels and stride of each depthwise-separable block, at alpha = 1."""


def mobilenet_v1(alpha: float, classes: int, rules: Rules, *, shallow: bool = False) -> Chain:
    """13 depthwise-separable blocks between a 3x3 convolution and the classifier.

    shallow: without the five blocks of 14 x 14 x 512 (section 4.1).
    """
    blocks = tuple(b for b in BLOCKS if not (shallow and b == REPEATED))
    steps: dict[str, Op] = {
        "stem": unit(Conv(rules.width(STEM_CHANNELS, alpha), kernel=3, stride=2))
    }
    for index, (channels, stride) in enumerate(blocks, start=1):
        steps[f"block{index}"] = _separable(rules.width(channels, alpha), stride)
    return Chain.of(**steps, pool=GlobalPool(), flatten=Flatten(), classifier=Linear(classes))


def _separable(channels: Dimension, stride: int) -> Chain:
    return Chain.of(
        depthwise=unit(Depthwise(kernel=3, stride=stride)),
        pointwise=unit(Conv(channels, kernel=1)),
    )


BLUEPRINTS.add("v1", Blueprint("MobileNet V1", "arXiv:1704.04861, Table 1", mobilenet_v1, V1_RULES))
BLUEPRINTS.add(
    "v1_shallow",
    Blueprint(
        "MobileNet V1, shallow",
        "arXiv:1704.04861, section 4.1",
        partial(mobilenet_v1, shallow=True),
        V1_RULES,
    ),
)
