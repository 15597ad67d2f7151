"""GhostNet (arXiv:1911.11907, Table 7)."""

from __future__ import annotations

from fractions import Fraction

from mobilecalc.core.blocks import Chain, Concat, Op, Residual
from mobilecalc.core.ops import Activation, Conv, Depthwise, Flatten, GlobalPool, Linear
from mobilecalc.core.rounding import V2_RULES, Rules, divisible_width
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import squeeze_excite, unit

STEM_CHANNELS = 16
HEAD_CHANNELS = 960
HIDDEN_CHANNELS = 1280
DIVISOR = 4

BLOCKS = (
    (3, 16, 16, False, 1),
    (3, 48, 24, False, 2),
    (3, 72, 24, False, 1),
    (5, 72, 40, True, 2),
    (5, 120, 40, True, 1),
    (3, 240, 80, False, 2),
    (3, 200, 80, False, 1),
    (3, 184, 80, False, 1),
    (3, 184, 80, False, 1),
    (3, 480, 112, True, 1),
    (3, 672, 112, True, 1),
    (5, 672, 160, True, 2),
    (5, 960, 160, False, 1),
    (5, 960, 160, True, 1),
    (5, 960, 160, False, 1),
    (5, 960, 160, True, 1),
)
"""Table 7: kernel, expanded channels, output channels, squeeze-and-excite, stride."""


def ghostnet(alpha: float, classes: int, rules: Rules) -> Chain:
    """Ghost bottlenecks: half of each map is made from the other half by cheap operations."""
    width = rules.width(STEM_CHANNELS, alpha)
    steps: dict[str, Op] = {"stem": unit(Conv(width, kernel=3, stride=2))}
    for index, (kernel, expanded, channels, excited, stride) in enumerate(BLOCKS, start=1):
        inner, out = rules.width(expanded, alpha), rules.width(channels, alpha)
        body = _body(rules, inner, out, kernel, stride, excited=excited)
        changed = stride != 1 or width != out
        shortcut = Chain.of(
            depthwise=unit(Depthwise(kernel, stride), act=""),
            pointwise=unit(Conv(out, kernel=1), act=""),
        )
        steps[f"block{index}"] = Residual(body, shortcut if changed else None)
        width = out
    head = unit(Conv(rules.width(HEAD_CHANNELS, alpha), kernel=1))
    hidden = Conv(rules.head_width(HIDDEN_CHANNELS, alpha), kernel=1, bias=True)
    return Chain.of(
        **steps,
        head=head,
        pool=GlobalPool(),
        hidden=Chain.of(conv=hidden, act=Activation("relu")),
        flatten=Flatten(),
        classifier=Linear(classes),
    )


def _body(rules: Rules, inner: int, out: int, kernel: int, stride: int, *, excited: bool) -> Chain:
    steps: dict[str, Op] = {"expand": _ghost(rules, inner, act="relu")}
    if stride > 1:
        steps["depthwise"] = unit(Depthwise(kernel, stride), act="")
    if excited:
        squeezed = rules.multiple(inner, Fraction(1, 4), DIVISOR)
        steps["excite"] = squeeze_excite(inner, squeezed, "relu", "hardsigmoid")
    return Chain.of(**steps, project=_ghost(rules, out, act=""))


def _ghost(rules: Rules, channels: int, act: str) -> Chain:
    cheap = Chain.of(depthwise=unit(Depthwise(kernel=3), act))
    return Chain.of(
        primary=unit(Conv(rules.part(channels, 2), kernel=1), act),
        ghosts=Concat.of(kept=Chain(()), cheap=cheap),
    )


RULES = V2_RULES._replace(
    width=lambda channels, alpha: divisible_width(channels, alpha, DIVISOR),
    head="kept",
)
BLUEPRINTS.add("ghostnet", Blueprint("GhostNet", "arXiv:1911.11907, Table 7", ghostnet, RULES))
