"""ShuffleNet V1 (arXiv:1707.01083, Table 1) and V2 (arXiv:1807.11164, Table 5)."""

from __future__ import annotations

from functools import partial

from mobilecalc.core.blocks import Chain, Concat, Op, Residual
from mobilecalc.core.ops import Activation, ChannelShuffle, Conv, Depthwise, Pool
from mobilecalc.core.rounding import V1_RULES, V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.parts import classifier, exceeds, unit

STEM_CHANNELS = 24
V1_STEM_CHANNELS = {1.5: 24}
"""As the authors have it at an alpha where they do not scale it."""
REPEATS = (4, 8, 4)
V1_CHANNELS = {1: 144, 2: 200, 3: 240, 4: 272, 8: 384}
"""Output channels of the first stage by the number of groups; each stage doubles them."""

V2_CHANNELS = {0.5: (48, 96, 192), 1.0: (116, 232, 464), 1.5: (176, 352, 704), 2.0: (244, 488, 976)}
V2_HEAD_CHANNELS = 1024
V2_WIDE_HEAD_CHANNELS = 2048
"""From alpha 2 on."""


def shufflenet_v1(alpha: float, classes: int, rules: Rules, *, groups: int) -> Chain:
    """Three stages of units with grouped 1x1 convolutions and channel shuffles.

    Widths are rounded to what groups and bottlenecks of a quarter of the channels need; the first
    convolution at alpha 1.5 is that of alpha 1, as in the authors' code.
    """
    width = V1_STEM_CHANNELS.get(alpha) or rules.multiple(STEM_CHANNELS, alpha, groups)
    steps = _stem(width)
    for stage, repeats in enumerate(REPEATS, start=2):
        channels = V1_CHANNELS[groups] * 2 ** (stage - 2)
        out = rules.multiple(channels, alpha, 4 * groups)
        for repeat in range(1, repeats + 1):
            is_first = stage == 2 and repeat == 1  # too few channels to be grouped
            steps[f"unit{stage}_{repeat}"] = _v1_unit(
                width, out, rules.part(out, 4), groups, 1 if is_first else groups
            )
            width = out
    return Chain.of(**steps, **classifier(classes))


def _v1_unit(width: int, out: int, inner: int, groups: int, first_groups: int) -> Chain:
    halves = width != out
    shuffle: dict[str, Op] = {"shuffle": ChannelShuffle(groups)} if groups > 1 else {}
    body = Chain.of(
        reduce=unit(Conv(inner, kernel=1, groups=first_groups)),
        **shuffle,
        depthwise=unit(Depthwise(kernel=3, stride=2 if halves else 1), act=""),
        expand=unit(Conv(out - width if halves else out, kernel=1, groups=groups), act=""),
    )
    kept = Chain.of(pool=Pool("avg", kernel=3, stride=2, padding=1))
    joined = Concat.of(kept=kept, new=body) if halves else Residual(body)
    return Chain.of(body=joined, act=Activation("relu"))


def shufflenet_v2(alpha: float, classes: int, rules: Rules) -> Chain:
    """Three stages of units of which half of the channels go past.

    The published widths at alpha 0.5, 1, 1.5 and 2; at others, those of alpha 1, scaled and
    rounded to a multiple of 4.
    """
    published = V2_CHANNELS.get(alpha)
    channels = published or tuple(rules.multiple(c, alpha, 4) for c in V2_CHANNELS[1.0])
    width = STEM_CHANNELS
    steps = _stem(width)
    for stage, (repeats, out) in enumerate(zip(REPEATS, channels, strict=True), start=2):
        for repeat in range(1, repeats + 1):
            steps[f"unit{stage}_{repeat}"] = _v2_unit(rules.part(out, 2), halves=repeat == 1)
    head = V2_WIDE_HEAD_CHANNELS if exceeds(alpha, 2) else V2_HEAD_CHANNELS
    return Chain.of(**steps, head=unit(Conv(head, kernel=1)), **classifier(classes, module=False))


def _v2_unit(half: int, *, halves: bool) -> Chain:
    stride = 2 if halves else 1
    new = Chain.of(
        expand=unit(Conv(half, kernel=1)),
        depthwise=unit(Depthwise(kernel=3, stride=stride), act=""),
        project=unit(Conv(half, kernel=1)),
    )
    kept = Chain.of(
        depthwise=unit(Depthwise(kernel=3, stride=stride), act=""),
        pointwise=unit(Conv(half, kernel=1)),
    )
    joined = Concat.of(split=not halves, kept=kept if halves else Chain(()), new=new)
    return Chain.of(body=joined, shuffle=ChannelShuffle(2))


def _stem(width: int) -> dict[str, Op]:
    return {
        "stem": unit(Conv(width, kernel=3, stride=2)),
        "pool1": Pool("max", kernel=3, stride=2, padding=1),
    }


for _groups in V1_CHANNELS:
    BLUEPRINTS.add(
        f"shufflenet_v1_g{_groups}",
        Blueprint(
            f"ShuffleNet V1, {_groups} group{'s' * (_groups > 1)}",
            "arXiv:1707.01083, Table 1",
            partial(shufflenet_v1, groups=_groups),
            V1_RULES,
        ),
    )
BLUEPRINTS.add(
    "shufflenet_v2",
    Blueprint("ShuffleNet V2", "arXiv:1807.11164, Table 5", shufflenet_v2, V2_RULES),
)
