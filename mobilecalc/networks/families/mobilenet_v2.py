"""MobileNet V2 (arXiv:1801.04381, Table 2)."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Conv, Flatten, GlobalPool, Linear
from mobilecalc.core.rounding import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.inverted import InvertedResidual
from mobilecalc.networks.families.parts import unit

STEM_CHANNELS = 32
HEAD_CHANNELS = 1280

BOTTLENECKS = (
    (1, 16, 1, 1),
    (6, 24, 2, 2),
    (6, 32, 3, 2),
    (6, 64, 4, 2),
    (6, 96, 3, 1),
    (6, 160, 3, 2),
    (6, 320, 1, 1),
)
"""Table 2: expansion t, output channels c, repeats n, stride s of the first of them."""


def mobilenet_v2(alpha: float, classes: int, rules: Rules) -> Chain:
    """17 inverted residuals with linear bottlenecks, ReLU6, and a 1x1 convolution to 1280.

    The pooling is a function call, as in the reference implementation in torchvision.
    """
    width = rules.width(STEM_CHANNELS, alpha)
    steps: dict[str, Op] = {"stem": unit(Conv(width, kernel=3, stride=2), "relu6")}
    for expansion, channels, repeats, first_stride in BOTTLENECKS:
        out = rules.width(channels, alpha)
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            block = InvertedResidual(width, expansion * width, out, stride=stride, act="relu6")
            steps[f"block{len(steps)}"] = block.described()
            width = out
    return Chain.of(
        **steps,
        head=unit(Conv(rules.head_width(HEAD_CHANNELS, alpha), kernel=1), "relu6"),
        pool=GlobalPool(module=False),
        flatten=Flatten(),
        classifier=Linear(classes),
    )


BLUEPRINTS.add("v2", Blueprint("MobileNet V2", "arXiv:1801.04381, Table 2", mobilenet_v2, V2_RULES))
