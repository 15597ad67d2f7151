"""MobileNet V4, the convolutional ones (arXiv:2404.10518, appendix D), as timm has them."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, TypeAlias

from mobilecalc.core.blocks import Chain, Op, Residual
from mobilecalc.core.ops import Activation, Conv, Depthwise, Flatten, GlobalPool, Linear, Norm
from mobilecalc.core.rounding import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import exceeds, unit

HEAD_CHANNELS = 960
HIDDEN_CHANNELS = 1280


class Plain(NamedTuple):
    """A convolution."""

    channels: int
    kernel: int
    stride: int = 1


class Fused(NamedTuple):
    """A 3x3 convolution that expands fourfold, with stride 2, and a 1x1 that projects."""

    channels: int


class Universal(NamedTuple):
    """The universal inverted bottleneck: either depthwise convolution may be missing (0).

    Source: section 4 of arXiv:2404.10518.
    """

    start: int
    middle: int
    expansion: int
    channels: int
    stride: int = 1
    repeats: int = 1


Block: TypeAlias = Plain | Fused | Universal
U = Universal

SMALL: tuple[Block, ...] = (
    Plain(32, 3, 2),
    Plain(32, 1),
    Plain(96, 3, 2),
    Plain(64, 1),
    U(5, 5, 3, 96, 2),
    U(0, 3, 2, 96, repeats=4),
    U(3, 0, 4, 96),
    U(3, 3, 6, 128, 2),
    U(5, 5, 4, 128),
    U(0, 5, 4, 128),
    U(0, 5, 3, 128),
    U(0, 3, 4, 128, repeats=2),
)

MEDIUM: tuple[Block, ...] = (
    Fused(48),
    U(3, 5, 4, 80, 2),
    U(3, 3, 2, 80),
    U(3, 5, 6, 160, 2),
    U(3, 3, 4, 160, repeats=2),
    U(3, 5, 4, 160),
    U(3, 3, 4, 160),
    U(3, 0, 4, 160),
    U(0, 0, 2, 160),
    U(3, 0, 4, 160),
    U(5, 5, 6, 256, 2),
    U(5, 5, 4, 256),
    U(3, 5, 4, 256, repeats=2),
    U(0, 0, 4, 256),
    U(3, 0, 4, 256),
    U(3, 5, 2, 256),
    U(5, 5, 4, 256),
    U(0, 0, 4, 256, repeats=2),
    U(5, 0, 2, 256),
)

LARGE: tuple[Block, ...] = (
    Fused(48),
    U(3, 5, 4, 96, 2),
    U(3, 3, 4, 96),
    U(3, 5, 4, 192, 2),
    U(3, 3, 4, 192, repeats=3),
    U(3, 5, 4, 192),
    U(5, 3, 4, 192, repeats=5),
    U(3, 0, 4, 192),
    U(5, 5, 4, 512, 2),
    U(5, 5, 4, 512, repeats=3),
    U(5, 0, 4, 512),
    U(5, 3, 4, 512),
    U(5, 0, 4, 512, repeats=2),
    U(5, 3, 4, 512),
    U(5, 5, 4, 512),
    U(5, 0, 4, 512, repeats=3),
)

SIZES = {"small": (32, SMALL, 224), "medium": (32, MEDIUM, 256), "large": (24, LARGE, 384)}
"""Channels of the first convolution, the blocks after it, and the side of the input."""


def mobilenet_v4(alpha: float, classes: int, rules: Rules, *, size: str) -> Chain:
    """Universal inverted bottlenecks. Below alpha 1 the first convolution keeps its width."""
    stem_channels, blocks, _ = SIZES[size]
    width = rules.width(stem_channels, alpha) if exceeds(alpha, 1) else stem_channels
    steps: dict[str, Op] = {"stem": unit(Conv(width, kernel=3, stride=2))}
    for block in blocks:
        out = rules.width(block.channels, alpha)
        for repeat in range(block.repeats if isinstance(block, Universal) else 1):
            steps[f"block{len(steps)}"] = _described(block, width, out, rules, is_first=repeat == 0)
            width = out
    return Chain.of(
        **steps,
        head=unit(Conv(rules.width(HEAD_CHANNELS, alpha), kernel=1)),
        pool=GlobalPool(),
        hidden=Chain.of(conv=Conv(HIDDEN_CHANNELS, kernel=1), norm=Norm(), act=Activation("relu")),
        flatten=Flatten(),
        classifier=Linear(classes),
    )


def _described(block: Block, width: int, out: int, rules: Rules, *, is_first: bool) -> Op:
    match block:
        case Plain(kernel=kernel, stride=stride):
            return unit(Conv(out, kernel, stride))
        case Fused():
            return Chain.of(
                expand=unit(Conv(rules.width(width, 4), kernel=3, stride=2)),
                project=unit(Conv(out, kernel=1), act=""),
            )
        case Universal():
            return _universal(block, width, out, rules, stride=block.stride if is_first else 1)


def _universal(block: Universal, width: int, out: int, rules: Rules, *, stride: int) -> Op:
    """The stride is on the middle one, where there is one."""
    steps: dict[str, Op] = {}
    if block.start:
        start = Depthwise(block.start, 1 if block.middle else stride)
        steps["start"] = unit(start, act="")
    steps["expand"] = unit(Conv(rules.width(width, block.expansion), kernel=1))
    if block.middle:
        steps["depthwise"] = unit(Depthwise(block.middle, stride))
    body = Chain.of(**steps, project=unit(Conv(out, kernel=1), act=""))
    return Residual(body) if stride == 1 and width == out else body


for _size in SIZES:
    BLUEPRINTS.add(
        f"v4_conv_{_size}",
        Blueprint(
            f"MobileNet V4 Conv {_size.title()}",
            "arXiv:2404.10518; timm",
            partial(mobilenet_v4, size=_size),
            V2_RULES,
            resolution=SIZES[_size][2],
        ),
    )
