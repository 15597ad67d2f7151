"""ResNet (arXiv:1512.03385, Table 1), with the stride where the paper or torchvision has it."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Op, Residual
from mobilecalc.core.ops import Activation, Conv, Pool
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import classifier, unit

STAGES = {
    18: (2, 2, 2, 2),
    34: (3, 4, 6, 3),
    50: (3, 4, 6, 3),
    101: (3, 4, 23, 3),
    152: (3, 8, 36, 3),
}
"""Residual blocks a stage, by the number of layers with weights."""

CHANNELS = (64, 128, 256, 512)
EXPANSION = 4
"""Of a bottleneck's channels, in its last convolution."""

FIRST_WITH_BOTTLENECKS = 50


def resnet(
    alpha: float, classes: int, rules: Rules, *, layers: int, stride_first: bool = False
) -> Chain:
    """Four stages of residual blocks between a 7x7 convolution and the classifier.

    stride_first: a bottleneck's stride is on its first 1x1 convolution, as in the paper, and not
    on its 3x3.
    """
    width = rules.width(CHANNELS[0], alpha)
    steps: dict[str, Op] = {
        "stem": unit(Conv(width, kernel=7, stride=2)),
        "pool1": Pool("max", kernel=3, stride=2, padding=1),
    }
    bottlenecks = layers >= FIRST_WITH_BOTTLENECKS
    for stage, (repeats, channels) in enumerate(zip(STAGES[layers], CHANNELS, strict=True), 1):
        inner = rules.width(channels, alpha)
        outer = inner * EXPANSION if bottlenecks else inner
        for repeat in range(1, repeats + 1):
            stride = 2 if stage > 1 and repeat == 1 else 1
            body = _bottleneck(inner, outer, stride, stride_first) if bottlenecks else None
            steps[f"block{stage}_{repeat}"] = _block(
                body or _basic(inner, stride), stride, width, outer
            )
            width = outer
    return Chain.of(**steps, **classifier(classes))


def _block(body: Chain, stride: int, width: int, outer: int) -> Chain:
    """A 1x1 convolution is the shortcut where the block changes the map (option B)."""
    changed = stride != 1 or width != outer
    shortcut = unit(Conv(outer, kernel=1, stride=stride), act="") if changed else None
    return Chain.of(residual=Residual(body, shortcut), act=Activation("relu"))


def _basic(channels: int, stride: int) -> Chain:
    return Chain.of(
        unit1=unit(Conv(channels, kernel=3, stride=stride)),
        unit2=unit(Conv(channels, kernel=3), act=""),
    )


def _bottleneck(inner: int, outer: int, stride: int, stride_first: bool) -> Chain:
    first, second = (stride, 1) if stride_first else (1, stride)
    return Chain.of(
        reduce=unit(Conv(inner, kernel=1, stride=first)),
        standard=unit(Conv(inner, kernel=3, stride=second)),
        expand=unit(Conv(outer, kernel=1), act=""),
    )


for _layers in STAGES:
    BLUEPRINTS.add(
        f"resnet{_layers}",
        Blueprint(
            f"ResNet-{_layers}{', stride on the 3x3' * (_layers >= FIRST_WITH_BOTTLENECKS)}",
            "arXiv:1512.03385, Table 1; torchvision",
            partial(resnet, layers=_layers),
            V1_RULES,
        ),
    )
    if _layers >= FIRST_WITH_BOTTLENECKS:
        BLUEPRINTS.add(
            f"resnet{_layers}_paper",
            Blueprint(
                f"ResNet-{_layers}, stride on the first 1x1",
                "arXiv:1512.03385, Table 1",
                partial(resnet, layers=_layers, stride_first=True),
                V1_RULES,
            ),
        )
