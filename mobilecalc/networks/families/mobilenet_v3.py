"""MobileNet V3 (arXiv:1905.02244, Tables 1 and 2), and its minimalistic form (TF-slim)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from typing import TypeAlias

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Activation, Conv, Flatten, GlobalPool, Linear
from mobilecalc.core.rounding import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.inverted import Excite, InvertedResidual
from mobilecalc.networks.families.parts import unit

STEM_CHANNELS = 16

Block: TypeAlias = tuple[int, int, int, bool, str, int]

LARGE: tuple[Block, ...] = (
    (3, 16, 16, False, "relu", 1),
    (3, 64, 24, False, "relu", 2),
    (3, 72, 24, False, "relu", 1),
    (5, 72, 40, True, "relu", 2),
    (5, 120, 40, True, "relu", 1),
    (5, 120, 40, True, "relu", 1),
    (3, 240, 80, False, "hardswish", 2),
    (3, 200, 80, False, "hardswish", 1),
    (3, 184, 80, False, "hardswish", 1),
    (3, 184, 80, False, "hardswish", 1),
    (3, 480, 112, True, "hardswish", 1),
    (3, 672, 112, True, "hardswish", 1),
    (5, 672, 160, True, "hardswish", 2),
    (5, 960, 160, True, "hardswish", 1),
    (5, 960, 160, True, "hardswish", 1),
)
"""Table 1: kernel, expanded channels, output channels, squeeze-and-excite, activation, stride."""

SMALL: tuple[Block, ...] = (
    (3, 16, 16, True, "relu", 2),
    (3, 72, 24, False, "relu", 2),
    (3, 88, 24, False, "relu", 1),
    (5, 96, 40, True, "hardswish", 2),
    (5, 240, 40, True, "hardswish", 1),
    (5, 240, 40, True, "hardswish", 1),
    (5, 120, 48, True, "hardswish", 1),
    (5, 144, 48, True, "hardswish", 1),
    (5, 288, 96, True, "hardswish", 2),
    (5, 576, 96, True, "hardswish", 1),
    (5, 576, 96, True, "hardswish", 1),
)
"""Table 2, in the same columns."""

HEAD_EXPANSION = 6
"""Of the last block's channels, in the convolution before the pooling."""

HIDDEN_FEATURES = {"large": 1280, "small": 1024}
BLOCKS = {"large": LARGE, "small": SMALL}


def mobilenet_v3(
    alpha: float,
    classes: int,
    rules: Rules,
    *,
    size: str,
    minimalistic: bool = False,
    reduced: bool = False,
) -> Chain:
    """Inverted residuals, some with squeeze-and-excite, and a head that is after the pooling.

    minimalistic: 3x3 kernels, ReLU, no squeeze-and-excite (TF-slim's mobilenet_v3.py). reduced:
    with half the channels where the map is smallest, for detectors (section 6.3).
    """
    final_act = "relu" if minimalistic else "hardswish"
    unscaled, width = STEM_CHANNELS, rules.width(STEM_CHANNELS, alpha)
    steps: dict[str, Op] = {"stem": unit(Conv(width, kernel=3, stride=2), final_act)}
    blocks = _reduced(BLOCKS[size]) if reduced else BLOCKS[size]
    for index, (kernel, expanded, channels, excited, act, stride) in enumerate(blocks, 1):
        inner, out = rules.width(width, Fraction(expanded, unscaled)), rules.width(channels, alpha)
        squeezed, has_gate = rules.width(inner, Fraction(1, 4)), excited and not minimalistic
        block = InvertedResidual(
            width,
            inner,
            out,
            kernel=3 if minimalistic else kernel,
            stride=stride,
            act="relu" if minimalistic else act,
            excite=Excite(squeezed, "relu", "hardsigmoid") if has_gate else None,
        )
        steps[f"block{index}"] = block.described()
        unscaled, width = channels, out
    hidden = rules.head_width(HIDDEN_FEATURES[size], alpha)
    return Chain.of(
        **steps,
        head=unit(Conv(HEAD_EXPANSION * width, kernel=1), final_act),
        pool=GlobalPool(),
        flatten=Flatten(),
        hidden=Chain.of(linear=Linear(hidden), act=Activation(final_act)),
        classifier=Linear(classes),
    )


def _reduced(blocks: tuple[Block, ...]) -> tuple[Block, ...]:
    """Half the channels behind the last stride: the map that it strides over stays."""
    last = max(index for index, block in enumerate(blocks) if block[-1] == 2)
    return tuple(
        block
        if index < last
        else (block[0], block[1] // (1 + (index > last)), block[2] // 2, *block[3:])
        for index, block in enumerate(blocks)
    )


for _size, _table in (("large", "Table 1"), ("small", "Table 2")):
    BLUEPRINTS.add(
        f"v3_{_size}",
        Blueprint(
            f"MobileNet V3 {_size.title()}",
            f"arXiv:1905.02244, {_table}",
            partial(mobilenet_v3, size=_size),
            V2_RULES,
        ),
    )
    BLUEPRINTS.add(
        f"v3_{_size}_minimalistic",
        Blueprint(
            f"MobileNet V3 {_size.title()}, minimalistic",
            "TF-slim, mobilenet_v3.py",
            partial(mobilenet_v3, size=_size, minimalistic=True),
            V2_RULES,
        ),
    )
