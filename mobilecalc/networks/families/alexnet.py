"""AlexNet on two devices (Krizhevsky et al., NIPS 2012), and on one (arXiv:1404.5997)."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Activation, Conv, Pool
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import linear_layers


class _Layer(NamedTuple):
    """A convolution, and whether pooling follows; padding None is "same"."""

    channels: int
    kernel: int
    stride: int = 1
    padding: int | None = None
    groups: int = 1
    pooled: bool = False


ONE_DEVICE = (
    _Layer(64, 11, 4, padding=2, pooled=True),
    _Layer(192, 5, pooled=True),
    _Layer(384, 3),
    _Layer(256, 3),
    _Layer(256, 3, pooled=True),
)
"""arXiv:1404.5997, footnote 1, as torchvision has it."""

TWO_DEVICES = (
    _Layer(96, 11, 4, padding=0, pooled=True),
    _Layer(256, 5, groups=2, pooled=True),
    _Layer(384, 3),
    _Layer(384, 3, groups=2),
    _Layer(256, 3, groups=2, pooled=True),
)
"""NIPS 2012, Figure 2 and section 3.5."""

HIDDEN_FEATURES = 4096

TWO_DEVICES_RESOLUTION = 227
"""The paper says 224; its 55 x 55 maps are those of 227 without padding."""


def alexnet(alpha: float, classes: int, rules: Rules, *, layers: tuple[_Layer, ...]) -> Chain:
    """Five convolutions and three linear layers; the response normalisation is left out.

    The devices have the same number of channels each.
    """
    devices = max(layer.groups for layer in layers)
    steps: dict[str, Op] = {}
    for index, layer in enumerate(layers, start=1):
        width = devices * rules.width(layer.channels // devices, alpha)
        conv = Conv(width, layer.kernel, layer.stride, layer.groups, True, layer.padding)
        steps[f"conv{index}"] = Chain.of(conv=conv, act=Activation("relu"))
        if layer.pooled:
            steps[f"pool{index}"] = Pool("max", kernel=3, stride=2)
    hidden = rules.width(HIDDEN_FEATURES, alpha)
    return Chain.of(**steps, **linear_layers(6, hidden, classes))


BLUEPRINTS.add(
    "alexnet",
    Blueprint(
        "AlexNet, on one device",
        "arXiv:1404.5997, footnote 1",
        partial(alexnet, layers=ONE_DEVICE),
        V1_RULES,
    ),
)
BLUEPRINTS.add(
    "alexnet_paper",
    Blueprint(
        "AlexNet, on two devices",
        "Krizhevsky et al., NIPS 2012, Figure 2",
        partial(alexnet, layers=TWO_DEVICES),
        V1_RULES,
        TWO_DEVICES_RESOLUTION,
    ),
)
