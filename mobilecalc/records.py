"""The records that a network is described with: layers, and what holds them together.

>>> from mobilecalc.records import Activation, Chain, Conv, Flatten, GlobalPool, Linear, Norm
>>> NETWORK = Chain.of(
...     stem=Chain.of(conv=Conv(16, kernel=3, stride=2), norm=Norm(), act=Activation("relu")),
...     pool=GlobalPool(),
...     flatten=Flatten(),
...     classifier=Linear(10),
... )
>>> import mobilecalc
>>> mobilecalc.describe(NETWORK, resolution=32).profile().macs
110752
"""

from mobilecalc.core.blocks import Chain, Concat, Gate, Residual
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    ChannelShuffle,
    Conv,
    Depthwise,
    Flatten,
    GlobalPool,
    Linear,
    Norm,
    Pool,
)

__all__ = [
    "Activation",
    "AdaptivePool",
    "Chain",
    "ChannelShuffle",
    "Concat",
    "Conv",
    "Depthwise",
    "Flatten",
    "Gate",
    "GlobalPool",
    "Linear",
    "Norm",
    "Pool",
    "Residual",
]
