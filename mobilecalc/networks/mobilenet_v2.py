"""MobileNet V2 (arXiv:1801.04381, Table 2)."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Op, Residual
from mobilecalc.core.ops import Activation, Conv, Depthwise, Flatten, GlobalPool, Linear, Norm
from mobilecalc.core.rules import Rules
from mobilecalc.core.shape import Dimension

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
    steps: dict[str, Op] = {"stem": _unit(Conv(width, kernel=3, stride=2))}
    for expansion, channels, repeats, first_stride in BOTTLENECKS:
        out = rules.width(channels, alpha)
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            steps[f"block{len(steps)}"] = _inverted_residual(width, out, expansion, stride)
            width = out
    return Chain.of(
        **steps,
        head=_unit(Conv(rules.head_width(HEAD_CHANNELS, alpha), kernel=1)),
        pool=GlobalPool(module=False),
        flatten=Flatten(),
        classifier=Linear(classes),
    )


def _inverted_residual(width: Dimension, out: Dimension, expansion: int, stride: int) -> Op:
    steps: dict[str, Op] = {}
    if expansion != 1:
        steps["expand"] = _unit(Conv(expansion * width, kernel=1))
    steps["depthwise"] = _unit(Depthwise(kernel=3, stride=stride))
    steps["project"] = Chain.of(conv=Conv(out, kernel=1), norm=Norm())
    body = Chain.of(**steps)
    return Residual(body) if stride == 1 and width == out else body


def _unit(conv: Conv | Depthwise) -> Chain:
    return Chain.of(conv=conv, norm=Norm(), act=Activation("relu6"))
