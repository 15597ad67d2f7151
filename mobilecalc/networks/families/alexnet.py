"""AlexNet on one device (arXiv:1404.5997, footnote 1), as torchvision has it."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Activation, Conv, Pool
from mobilecalc.core.rules import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import linear_layers

CONVOLUTIONS = (
    (64, 11, 4, 2, True),
    (192, 5, 1, None, True),
    (384, 3, 1, None, False),
    (256, 3, 1, None, False),
    (256, 3, 1, None, True),
)
"""Output channels, kernel, stride, padding (None is "same"), and whether pooling follows."""

HIDDEN_FEATURES = 4096


def alexnet(alpha: float, classes: int, rules: Rules) -> Chain:
    """Five convolutions and three linear layers."""
    steps: dict[str, Op] = {}
    for index, (channels, kernel, stride, padding, pooled) in enumerate(CONVOLUTIONS, start=1):
        width = rules.width(channels, alpha)
        conv = Conv(width, kernel, stride, bias=True, padding=padding)
        steps[f"conv{index}"] = Chain.of(conv=conv, act=Activation("relu"))
        if pooled:
            steps[f"pool{index}"] = Pool("max", kernel=3, stride=2)
    hidden = rules.width(HIDDEN_FEATURES, alpha)
    return Chain.of(**steps, **linear_layers(6, hidden, classes))


BLUEPRINTS.add("alexnet", Blueprint("AlexNet", "arXiv:1404.5997, footnote 1", alexnet, V1_RULES))
