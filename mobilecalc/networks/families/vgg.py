"""VGG (arXiv:1409.1556, Table 1), as torchvision has it."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Activation, Conv, Norm, Pool
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import linear_layers

STAGES = {
    11: (1, 1, 2, 2, 2),
    13: (2, 2, 2, 2, 2),
    16: (2, 2, 3, 3, 3),
    19: (2, 2, 4, 4, 4),
}
"""3x3 convolutions before each pooling, by the number of layers with weights."""

CHANNELS = (64, 128, 256, 512, 512)
HIDDEN_FEATURES = 4096


def vgg(alpha: float, classes: int, rules: Rules, *, layers: int, norm: bool) -> Chain:
    """3x3 convolutions in five stages, and three linear layers."""
    steps: dict[str, Op] = {}
    for stage, (repeats, channels) in enumerate(zip(STAGES[layers], CHANNELS, strict=True), 1):
        for repeat in range(1, repeats + 1):
            conv = Conv(rules.width(channels, alpha), kernel=3, bias=True)
            middle = {"norm": Norm()} if norm else {}
            steps[f"conv{stage}_{repeat}"] = Chain.of(conv=conv, **middle, act=Activation("relu"))
        steps[f"pool{stage}"] = Pool("max", kernel=2, stride=2)
    hidden = rules.width(HIDDEN_FEATURES, alpha)
    return Chain.of(**steps, **linear_layers(7, hidden, classes))


for _layers in STAGES:
    for _norm in (False, True):
        BLUEPRINTS.add(
            f"vgg{_layers}{'_bn' * _norm}",
            Blueprint(
                f"VGG-{_layers}{', with batch normalisation' * _norm}",
                "arXiv:1409.1556, Table 1",
                partial(vgg, layers=_layers, norm=_norm),
                V1_RULES,
            ),
        )
