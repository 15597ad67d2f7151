"""The registry of networks, and the names of their standard and separable variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.registry import Registry
from mobilecalc.core.rules import V1_RULES, V2_RULES, Rules
from mobilecalc.networks.mobilenet_v1 import mobilenet_v1
from mobilecalc.networks.mobilenet_v2 import mobilenet_v2
from mobilecalc.networks.network import Network
from mobilecalc.networks.rewrites import to_separable, to_standard
from mobilecalc.networks.settings import DEFAULT_SETTINGS, Settings


class Blueprint(NamedTuple):
    """What the zoo knows of a network: how to describe it, and where it was published."""

    title: str
    source: str
    build: Callable[[float, int, Rules], Chain]
    rules: Rules


class Rewrite(NamedTuple):
    """A variant of any network: `v1-standard` is the rewrite `standard` of `v1`."""

    apply: Callable[[Chain], Chain]
    title: str


BLUEPRINTS: Registry[Blueprint] = Registry("model")
BLUEPRINTS.add("v1", Blueprint("MobileNet V1", "arXiv:1704.04861, Table 1", mobilenet_v1, V1_RULES))
BLUEPRINTS.add("v2", Blueprint("MobileNet V2", "arXiv:1801.04381, Table 2", mobilenet_v2, V2_RULES))

REWRITES = {
    "standard": Rewrite(
        to_standard, "each separable pair as the standard convolution it factorises"
    ),
    "separable": Rewrite(to_separable, "each standard convolution as a separable pair"),
}


def zoo() -> tuple[str, ...]:
    """The names worth a line of their own: each network and its standard counterpart."""
    return (*BLUEPRINTS, *(f"{name}-standard" for name in BLUEPRINTS))


def describe(
    name: str,
    settings: Settings = DEFAULT_SETTINGS,
    rules: Rules | None = None,
    *,
    train: bool = False,
) -> Network:
    """The network of that name at these settings, with `rules` in place of its own if given.

    With `train` its cost is that of a training step.

    Raises `UnknownName`, with the nearest names, for a name the zoo does not have.
    """
    name = str(name)
    base, _, variant = name.rpartition("-")
    if base and variant in REWRITES:
        return _rewritten(describe(base, settings, rules, train=train), variant)
    if name not in BLUEPRINTS:
        raise UnknownName("model", name, zoo(), see="List them: mobilecalc models")
    blueprint = BLUEPRINTS[name]
    rules = rules or blueprint.rules
    return Network(
        name=name,
        title=blueprint.title,
        source=blueprint.source,
        settings=settings,
        rules=rules,
        body=blueprint.build(settings.alpha, settings.classes, rules),
        train=train,
    )


def standard_counterpart(network: Network) -> Network:
    """The same network with standard convolutions; itself where it has no separable pair."""
    counterpart = _rewritten(network, "standard")
    return network if counterpart.body == network.body else counterpart


def _rewritten(network: Network, variant: str) -> Network:
    rewrite = REWRITES[variant]
    return replace(
        network,
        name=f"{network.name}-{variant}",
        title=f"{network.title}, {rewrite.title}",
        body=rewrite.apply(network.body),
    )
