"""SqueezeNet 1.0 (arXiv:1602.07360, Table 1) and 1.1 (the authors' repository)."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Concat, Op
from mobilecalc.core.ops import Activation, Conv, Flatten, GlobalPool, Pool
from mobilecalc.core.rounding import V1_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint

STEMS = {"1_0": (96, 7), "1_1": (64, 3)}
"""Output channels and kernel of the first convolution."""

SQUEEZED = (16, 16, 32, 32, 48, 48, 64, 64)
"""Channels of each fire module's squeeze; each of its two branches has four times as many."""

POOLED_AFTER = {"1_0": (3, 7), "1_1": (2, 4)}
"""The fire modules, counted from 1, that pooling follows."""


def squeezenet(alpha: float, classes: int, rules: Rules, *, version: str) -> Chain:
    """Eight fire modules, and a 1x1 convolution to the classes before the pooling."""
    channels, kernel = STEMS[version]
    stem = Conv(rules.width(channels, alpha), kernel, stride=2, bias=True, padding=0)
    steps: dict[str, Op] = {
        "stem": Chain.of(conv=stem, act=Activation("relu")),
        "pool1": _pool(),
    }
    for index, squeezed in enumerate(SQUEEZED, start=1):
        expanded = rules.width(4 * squeezed, alpha)
        steps[f"fire{index + 1}"] = _fire(rules.width(squeezed, alpha), expanded)
        if index in POOLED_AFTER[version]:
            steps[f"pool{index + 1}"] = _pool()
    steps["classifier"] = _unit(classes, 1)
    return Chain.of(**steps, pool=GlobalPool(), flatten=Flatten())


def _pool() -> Pool:
    return Pool("max", kernel=3, stride=2, ceil=True)


def _fire(squeezed: int, expanded: int) -> Chain:
    return Chain.of(
        squeeze=_unit(squeezed, 1),
        expand=Concat.of(pointwise=_unit(expanded, 1), standard=_unit(expanded, 3)),
    )


def _unit(channels: int, kernel: int) -> Chain:
    return Chain.of(conv=Conv(channels, kernel, bias=True), act=Activation("relu"))


for _version, _source in (
    ("1_0", "arXiv:1602.07360, Table 1"),
    ("1_1", "github.com/forresti/SqueezeNet, SqueezeNet_v1.1"),
):
    BLUEPRINTS.add(
        f"squeezenet{_version}",
        Blueprint(
            f"SqueezeNet {_version.replace('_', '.')}",
            _source,
            partial(squeezenet, version=_version),
            V1_RULES,
        ),
    )
