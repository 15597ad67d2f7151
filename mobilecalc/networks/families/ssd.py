"""SSD and SSDLite detectors on MobileNet backbones (arXiv:1801.04381, section 6.2)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from mobilecalc.core.blocks import Chain, Concat, Op
from mobilecalc.core.ops import Conv, Depthwise, Flatten
from mobilecalc.core.rounding import V1_RULES, V2_RULES, Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.families.mnasnet import A1, mnasnet
from mobilecalc.networks.families.mobilenet_v1 import mobilenet_v1
from mobilecalc.networks.families.mobilenet_v2 import mobilenet_v2
from mobilecalc.networks.families.mobilenet_v3 import mobilenet_v3
from mobilecalc.networks.families.parts import unit

RESOLUTION = 320
"""Section 6.2 of arXiv:1801.04381: "input resolution of our MobileNets is set to 320 x 320"."""

CLASSES = 80
"""Of COCO; a detector tells the background apart from them too."""

EXTRA_CHANNELS = (512, 256, 256, 128)
"""Of the four maps behind the backbone, at alpha = 1 (arXiv:1512.02325, Figure 2; TF-slim)."""

FEWEST_CHANNELS = 16
"""Of each of them, at any alpha (TF-slim)."""

BOXES = (3, 6, 6, 6, 6, 6)
"""At each place of the six maps (the authors' ssdlite_mobilenet_v2_coco.config)."""

COORDINATES = 4


class Backbone(NamedTuple):
    """A classifier whose maps are looked at: of output stride 16, and of 32.

    build: makes it, of an alpha, a number of classes and rules. The map of output stride 16 is
    what `block` gives, or `step` in it; `last` gives the other.
    """

    build: Callable[[float, int, Rules], Chain]
    block: str
    step: str
    last: str


def ssd(
    alpha: float,
    classes: int,
    rules: Rules,
    *,
    backbone: Backbone,
    lite: bool,
    kernel: int = 3,
    boxes: tuple[int, ...] = BOXES,
) -> Chain:
    """Labels and boxes at each place of six maps: two of the backbone, and four behind it.

    lite: every 3x3 convolution of the head is a separable pair. kernel: of the convolutions that
    give labels and boxes. The output is flat: classes + 1 labels and 4 coordinates for each box.
    The backbone's last convolution is scaled too.
    """
    every = rules._replace(head="scaled")
    stages = list(_split(backbone.build(alpha, classes, every), backbone))
    for channels in EXTRA_CHANNELS:
        extra = _extra(rules, rules.at_least(channels, alpha, FEWEST_CHANNELS), lite=lite)
        stages.append(Chain.of(extra=extra))
    behind: tuple[tuple[str, Chain], ...] = ()
    for stage, number in zip(reversed(stages), reversed(boxes), strict=True):
        labels = _predictor(number * (classes + 1), kernel, lite=lite)
        coordinates = _predictor(number * COORDINATES, kernel, lite=lite)
        detect = Concat((("labels", labels), ("boxes", coordinates), *behind))
        behind = (("behind", Chain((*stage.steps, ("detect", detect)))),)
    return behind[0][1]


def _split(body: Chain, backbone: Backbone) -> tuple[Chain, Chain]:
    """The backbone up to its map of output stride 16, and from there to its last."""
    names = [name for name, _ in body.steps]
    at, end = names.index(backbone.block), names.index(backbone.last) + 1
    if not backbone.step:
        return Chain(body.steps[: at + 1]), Chain(body.steps[at + 1 : end])
    name, split = body.steps[at]
    assert isinstance(split, Chain)  # a block that shrinks the map adds nothing to its output
    cut = [inner for inner, _ in split.steps].index(backbone.step) + 1
    before, behind = Chain(split.steps[:cut]), Chain(split.steps[cut:])
    return (
        Chain((*body.steps[:at], (name, before))),
        Chain(((name, behind), *body.steps[at + 1 : end])),
    )


def _extra(rules: Rules, channels: int, *, lite: bool) -> Chain:
    """A map of half the side."""
    steps: dict[str, Op] = {"reduce": unit(Conv(rules.part(channels, 2), kernel=1), "relu6")}
    if lite:
        steps["depthwise"] = unit(Depthwise(kernel=3, stride=2), "relu6")
        steps["expand"] = unit(Conv(channels, kernel=1), "relu6")
    else:
        steps["standard"] = unit(Conv(channels, kernel=3, stride=2), "relu6")
    return Chain.of(**steps)


def _predictor(channels: int, kernel: int, *, lite: bool) -> Chain:
    if not lite:
        return Chain.of(conv=Conv(channels, kernel, bias=True), flatten=Flatten())
    return Chain.of(
        depthwise=unit(Depthwise(kernel), "relu6"),
        conv=Conv(channels, kernel=1, bias=True),
        flatten=Flatten(),
    )


_V3 = partial(mobilenet_v3, size="large")
_V3_SMALL = partial(mobilenet_v3, size="small")

BACKBONES = {
    "v1": ("MobileNet V1", Backbone(mobilenet_v1, "block11", "", "block13")),
    "v2": ("MobileNet V2", Backbone(mobilenet_v2, "block14", "expand", "head")),
    "v3_large": ("MobileNet V3 Large", Backbone(_V3, "block13", "expand", "head")),
    "v3_large_reduced": (
        "MobileNet V3 Large with half the channels from C4 on",
        Backbone(partial(_V3, reduced=True), "block13", "expand", "head"),
    ),
    "v3_small": ("MobileNet V3 Small", Backbone(_V3_SMALL, "block9", "expand", "head")),
    "v3_small_reduced": (
        "MobileNet V3 Small with half the channels from C4 on",
        Backbone(partial(_V3_SMALL, reduced=True), "block9", "expand", "head"),
    ),
    "mnasnet_a1": (
        "MnasNet-A1",
        Backbone(partial(mnasnet, plan=A1, scales_head=True), "block12", "expand", "head"),
    ),
}
"""By name: the title, and where its maps are."""

SOURCES = {
    "v1_ssd": "arXiv:1704.04861, Table 13; ssd_mobilenet_v1_coco.config",
    "v1_ssdlite": "arXiv:1801.04381, Table 6",
    "v2_ssd": "arXiv:1801.04381, Table 5",
    "v2_ssdlite": "arXiv:1801.04381, Tables 5 and 6",
}
"""The others are of Table 6 of arXiv:1905.02244."""


def _add(name: str, head: str, **options: Any) -> None:
    title, backbone = BACKBONES[name]
    key = f"{name}_{head.lower()}"
    BLUEPRINTS.add(
        key,
        Blueprint(
            f"{head} on {title}",
            SOURCES.get(key, "arXiv:1905.02244, Table 6"),
            partial(ssd, backbone=backbone, **options),
            V1_RULES if name == "v1" else V2_RULES,
            RESOLUTION,
            CLASSES,
        ),
    )


_add("v1", "SSD", lite=False, kernel=1)
_add("v2", "SSD", lite=False)
for _name in BACKBONES:
    _add(_name, "SSDLite", lite=True)
