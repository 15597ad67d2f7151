"""EfficientNet-B0 to B7 (arXiv:1905.11946, Table 1 and section 5.1)."""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from math import ceil

from mobilecalc.core.blocks import Chain, Op
from mobilecalc.core.ops import Conv
from mobilecalc.core.rounding import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.inverted import Excite, InvertedResidual
from mobilecalc.networks.families.parts import classifier, unit

STEM_CHANNELS = 32
HEAD_EXPANSION = 4

STAGES = (
    (1, 3, 16, 1, 1),
    (6, 3, 24, 2, 2),
    (6, 5, 40, 2, 2),
    (6, 3, 80, 3, 2),
    (6, 5, 112, 3, 1),
    (6, 5, 192, 4, 2),
    (6, 3, 320, 1, 1),
)
"""Table 1: expansion, kernel, output channels, repeats, stride of the first of them."""

COMPOUND = (
    (1.0, 1.0, 224),
    (1.0, 1.1, 240),
    (1.1, 1.2, 260),
    (1.2, 1.4, 300),
    (1.4, 1.8, 380),
    (1.6, 2.2, 456),
    (1.8, 2.6, 528),
    (2.0, 3.1, 600),
)
"""Of B0 to B7: width, depth, resolution (the authors' efficientnet_builder.py)."""


def efficientnet(alpha: float, classes: int, rules: Rules, *, wider: float, deeper: float) -> Chain:
    """Inverted residuals with squeeze-and-excite and SiLU. Alpha is on top of B1's to B7's own."""
    scale = alpha * Fraction(str(wider))
    width = rules.width(STEM_CHANNELS, scale)
    steps: dict[str, Op] = {"stem": unit(Conv(width, kernel=3, stride=2), "silu")}
    for expansion, kernel, channels, repeats, first_stride in STAGES:
        out = rules.width(channels, scale)
        for repeat in range(ceil(repeats * deeper)):
            block = InvertedResidual(
                width,
                rules.width(width, expansion),
                out,
                kernel,
                stride=first_stride if repeat == 0 else 1,
                act="silu",
                excite=Excite(rules.part(width, 4), "silu", "sigmoid"),
            )
            steps[f"block{len(steps)}"] = block.described()
            width = out
    head = unit(Conv(HEAD_EXPANSION * width, kernel=1), "silu")
    return Chain.of(**steps, head=head, **classifier(classes))


for _index, (_wider, _deeper, _side) in enumerate(COMPOUND):
    BLUEPRINTS.add(
        f"efficientnet_b{_index}",
        Blueprint(
            f"EfficientNet-B{_index}",
            "arXiv:1905.11946, Table 1",
            partial(efficientnet, wider=_wider, deeper=_deeper),
            V2_RULES,
            _side,
        ),
    )
