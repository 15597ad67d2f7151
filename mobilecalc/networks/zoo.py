"""Networks by name: where each family is, and the names of standard and separable variants."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache
from importlib import import_module
from typing import NamedTuple

from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.rounding import Rules
from mobilecalc.networks.blueprint import BLUEPRINTS, Blueprint
from mobilecalc.networks.network import Network
from mobilecalc.networks.rewrites import to_separable, to_standard
from mobilecalc.networks.settings import DEFAULT_SETTINGS, Settings

MOBILENETS = ("v1", "v2", "v1-standard", "v2-standard")
"""The networks of the two papers that this tool is centred on, and their counterparts."""

_FAMILIES = (
    "mobilenet_v1",
    "mobilenet_v2",
    "mobilenet_v3",
    "mobilenet_v4",
    "vgg",
    "resnet",
    "googlenet",
    "alexnet",
    "squeezenet",
    "shufflenet",
    "mnasnet",
    "efficientnet",
    "ghostnet",
    "ssd",
)
"""In the order in which they are looked through: a light command imports few of them."""


_LONGEST_NAME = 80


class Rewrite(NamedTuple):
    """A variant of any network: `v1-standard` is the rewrite `standard` of `v1`."""

    apply: Callable[[Chain], Chain]
    title: str


REWRITES = {
    "standard": Rewrite(
        to_standard, "each separable pair as the standard convolution it factorises"
    ),
    "separable": Rewrite(to_separable, "each standard convolution as a separable pair"),
}


def zoo() -> tuple[str, ...]:
    """The names of all networks; each has variants, `NAME-standard` and `NAME-separable`."""
    for family in _FAMILIES:
        _import(family)
    return tuple(BLUEPRINTS)


def _import(family: str) -> None:
    import_module(f"mobilecalc.networks.families.{family}")


def _blueprint(name: str) -> Blueprint:
    """The blueprint of that name. Raises `UnknownName`."""
    for family in _FAMILIES:
        if name in BLUEPRINTS:
            return BLUEPRINTS[name]
        _import(family)
    if name not in BLUEPRINTS:
        raise _unknown(name)
    return BLUEPRINTS[name]


def _unknown(name: str) -> UnknownName:
    names = dict.fromkeys((*MOBILENETS, *zoo()))
    return UnknownName("model", name, names)


@lru_cache(maxsize=256)
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
    if len(name) > _LONGEST_NAME:  # no rewrite of a rewrite of a rewrite, and so on
        raise _unknown(name)
    base, _, variant = name.rpartition("-")
    if base and variant in REWRITES:
        return _rewritten(describe(base, settings, rules, train=train), variant)
    blueprint = _blueprint(name)
    rules = rules or blueprint.rules
    settings = settings.resolved(blueprint.resolution, blueprint.classes)
    return Network(
        name=name,
        title=blueprint.title,
        source=blueprint.source,
        settings=settings,
        rules=rules,
        body=_body(blueprint, settings.alpha, settings.classes or blueprint.classes, rules),
        train=train,
    )


@lru_cache(maxsize=256)
def _body(blueprint: Blueprint, alpha: float, classes: int, rules: Rules) -> Chain:
    """The description, which is the same at every resolution."""
    return blueprint.build(alpha, classes, rules)


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
