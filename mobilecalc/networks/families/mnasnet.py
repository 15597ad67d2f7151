"""MnasNet (arXiv:1807.11626): B1 without squeeze-and-excite, A1 (Figure 7) and Small with it."""

from __future__ import annotations

from functools import partial
from typing import NamedTuple, TypeAlias

from mobilecalc.core.blocks import Chain, Op, Residual
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.rounding import V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.inverted import Excite, InvertedResidual
from mobilecalc.networks.families.parts import classifier, unit

HEAD_CHANNELS = 1280

Stage: TypeAlias = tuple[int, int, int, int, int, bool]


class Plan(NamedTuple):
    """Channels of the first convolution and of the separable one behind it, and the stages.

    A stage: expansion, kernel, output channels, repeats, stride of the first of them, and
    whether with squeeze-and-excite. `skips`: the separable convolution's input is added to its
    output.
    """

    stem: int
    separable: int
    stages: tuple[Stage, ...]
    skips: bool = False


B1 = Plan(
    32,
    16,
    (
        (3, 3, 24, 3, 2, False),
        (3, 5, 40, 3, 2, False),
        (6, 5, 80, 3, 2, False),
        (6, 3, 96, 2, 1, False),
        (6, 5, 192, 4, 2, False),
        (6, 3, 320, 1, 1, False),
    ),
)
A1 = Plan(
    32,
    16,
    (
        (6, 3, 24, 2, 2, False),
        (3, 5, 40, 3, 2, True),
        (6, 3, 80, 4, 2, False),
        (6, 3, 112, 2, 1, True),
        (6, 5, 160, 3, 2, True),
        (6, 3, 320, 1, 1, False),
    ),
)
SMALL = Plan(
    8,
    8,
    (
        (3, 3, 16, 1, 2, False),
        (6, 3, 16, 2, 2, False),
        (6, 5, 32, 4, 2, True),
        (6, 3, 32, 3, 1, True),
        (6, 5, 88, 3, 2, True),
        (6, 3, 144, 1, 1, False),
    ),
    skips=True,
)


def mnasnet(
    alpha: float, classes: int, rules: Rules, *, plan: Plan, scales_head: bool = False
) -> Chain:
    """Inverted residuals found by search. The last convolution keeps its width, as a rule."""
    stem, width = rules.width(plan.stem, alpha), rules.width(plan.separable, alpha)
    separable = Chain.of(
        depthwise=unit(Depthwise(kernel=3)), project=unit(Conv(width, kernel=1), act="")
    )
    steps: dict[str, Op] = {
        "stem": unit(Conv(stem, kernel=3, stride=2)),
        "separable": Residual(separable) if plan.skips else separable,
    }
    for expansion, kernel, channels, repeats, first_stride, excited in plan.stages:
        out = rules.width(channels, alpha)
        for repeat in range(repeats):
            block = InvertedResidual(
                width,
                expansion * width,
                out,
                kernel,
                stride=first_stride if repeat == 0 else 1,
                excite=Excite(rules.part(width, 4), "relu", "sigmoid") if excited else None,
            )
            steps[f"block{len(steps) - 1}"] = block.described()
            width = out
    head_channels = rules.width(HEAD_CHANNELS, alpha) if scales_head else HEAD_CHANNELS
    head = unit(Conv(head_channels, kernel=1))
    return Chain.of(**steps, head=head, **classifier(classes, module=False))


for _name, _title, _plan in (
    ("mnasnet", "MnasNet-B1", B1),
    ("mnasnet_a1", "MnasNet-A1", A1),
    ("mnasnet_small", "MnasNet-Small", SMALL),
):
    _source = "arXiv:1807.11626; torchvision" if _plan is B1 else "arXiv:1807.11626; timm"
    BLUEPRINTS.add(_name, Blueprint(_title, _source, partial(mnasnet, plan=_plan), V2_RULES))
