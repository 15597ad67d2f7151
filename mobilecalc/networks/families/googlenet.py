"""GoogLeNet (arXiv:1409.4842, Table 1), without its auxiliary classifiers."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Concat, Op
from mobilecalc.core.ops import Activation, Conv, Norm, Pool
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import classifier

INCEPTIONS = {
    "inception3a": (64, 96, 128, 16, 32, 32),
    "inception3b": (128, 128, 192, 32, 96, 64),
    "inception4a": (192, 96, 208, 16, 48, 64),
    "inception4b": (160, 112, 224, 24, 64, 64),
    "inception4c": (128, 128, 256, 24, 64, 64),
    "inception4d": (112, 144, 288, 32, 64, 64),
    "inception4e": (256, 160, 320, 32, 128, 128),
    "inception5a": (256, 160, 320, 32, 128, 128),
    "inception5b": (384, 192, 384, 48, 128, 128),
}
"""Channels: 1x1; 3x3 reduced, 3x3; 5x5 reduced, 5x5; after the pooling."""


def googlenet(alpha: float, classes: int, rules: Rules, *, as_published: bool) -> Chain:
    """Nine inception modules.

    as_published: 5x5 convolutions, biases, and no batch normalisation; else as torchvision has
    it, which took 3x3 for 5x5 over from the TensorFlow model.
    """

    def make(channels: int, kernel: int, stride: int = 1) -> Chain:
        width = rules.width(channels, alpha)
        if as_published:
            conv = Conv(width, kernel, stride, bias=True)
            return Chain.of(conv=conv, act=Activation("relu"))
        return Chain.of(conv=Conv(width, kernel, stride), norm=Norm(), act=Activation("relu"))

    large = 5 if as_published else 3
    steps: dict[str, Op] = {
        "stem": make(64, 7, 2),
        "pool1": _pool(3),
        "reduce2": make(64, 1),
        "conv2": make(192, 3),
        "pool2": _pool(3),
    }
    for name, (one, three_from, three, five_from, five, pooled) in INCEPTIONS.items():
        if name == "inception4a":
            steps["pool3"] = _pool(3)
        if name == "inception5a":
            steps["pool4"] = _pool(3 if as_published else 2)
        steps[name] = Concat.of(
            pointwise=make(one, 1),
            three=Chain.of(reduce=make(three_from, 1), conv=make(three, 3)),
            five=Chain.of(reduce=make(five_from, 1), conv=make(five, large)),
            pooled=Chain.of(
                pool=Pool("max", kernel=3, stride=1, padding=1), project=make(pooled, 1)
            ),
        )
    return Chain.of(**steps, **classifier(classes))


def _pool(kernel: int) -> Pool:
    return Pool("max", kernel=kernel, stride=2, ceil=True)


BLUEPRINTS.add(
    "googlenet",
    Blueprint(
        "GoogLeNet, 3x3 for 5x5, with batch normalisation",
        "torchvision",
        partial(googlenet, as_published=False),
        V1_RULES,
    ),
)
BLUEPRINTS.add(
    "googlenet_paper",
    Blueprint(
        "GoogLeNet",
        "arXiv:1409.4842, Table 1",
        partial(googlenet, as_published=True),
        V1_RULES,
    ),
)
