"""MnasNet-B1, without squeeze-and-excite (arXiv:1807.11626, Figure 7), as torchvision has it."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.rules import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.inverted import InvertedResidual
from mobilecalc.networks.families.parts import classifier, unit

STEM_CHANNELS = 32
FIRST_CHANNELS = 16
HEAD_CHANNELS = 1280

STAGES = (
    (3, 3, 24, 3, 2),
    (3, 5, 40, 3, 2),
    (6, 5, 80, 3, 2),
    (6, 3, 96, 2, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)
"""Expansion, kernel, output channels, repeats, stride of the first of them."""


def mnasnet(alpha: float, classes: int, rules: Rules) -> Chain:
    """Inverted residuals found by search. The last convolution keeps its width."""
    width = rules.width(FIRST_CHANNELS, alpha)
    steps: dict[str, Op] = {
        "stem": unit(Conv(rules.width(STEM_CHANNELS, alpha), kernel=3, stride=2)),
        "separable": Chain.of(
            depthwise=unit(Depthwise(kernel=3)), project=unit(Conv(width, kernel=1), act="")
        ),
    }
    for expansion, kernel, channels, repeats, first_stride in STAGES:
        out = rules.width(channels, alpha)
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            block = InvertedResidual(width, expansion * width, out, kernel, stride)
            steps[f"block{len(steps) - 1}"] = block.described()
            width = out
    head = unit(Conv(HEAD_CHANNELS, kernel=1))
    return Chain.of(**steps, head=head, **classifier(classes, module=False))


BLUEPRINTS.add(
    "mnasnet", Blueprint("MnasNet-B1", "arXiv:1807.11626; torchvision", mnasnet, V2_RULES)
)
