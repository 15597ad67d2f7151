"""Conventions: which facts a tool adds up, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from mobilecalc.core.counts import SYMBOLS, Counts
from mobilecalc.core.formula import Formula, added
from mobilecalc.core.registry import Registry

Unit: TypeAlias = Literal["MAC", "FLOP", "operation"]


@dataclass(frozen=True)
class Convention:
    """A coefficient for each fact that counts; the others count 0.

    `unit` is what the sum is called ("operation" where it is a user's own), `meaning` says in
    words what it charges, `source` where the coefficients come from.
    """

    name: str
    unit: Unit
    coefficients: Mapping[str, int]
    meaning: str
    source: str

    def __post_init__(self) -> None:
        unknown = set(self.coefficients) - set(SYMBOLS)
        if unknown:
            raise ValueError(f"no such fact: {', '.join(sorted(unknown))}")

    def total(self, counts: Counts) -> int:
        """What this convention makes of the facts."""
        return sum(factor * getattr(counts, fact) for fact, factor in self.coefficients.items())

    @property
    def formula(self) -> Formula:
        """The sum in the facts' symbols: `M + 2N + Pi`."""
        return _sum(self.coefficients)

    def formula_of(self, counts: Counts) -> Formula:
        """The part of the sum that these facts give anything to; all of it where none does."""
        met = {fact: n for fact, n in self.coefficients.items() if getattr(counts, fact)}
        return _sum(met or self.coefficients)


CONVENTIONS: Registry[Convention] = Registry("convention")
"""By name. Each counter's adapter adds its own, so `mobilecalc.counters` has them all."""


def _sum(coefficients: Mapping[str, int]) -> Formula:
    return added((factor, SYMBOLS[fact]) for fact, factor in coefficients.items())


def named(name: str, unit: Unit, meaning: str, source: str, **coefficients: int) -> Convention:
    """Add a convention to `CONVENTIONS`, one coefficient a fact, and return it."""
    return CONVENTIONS.add(name, Convention(name, unit, coefficients, meaning, source))


PAPER = named(
    "paper",
    "MAC",
    "convolutions, linear layers and matrix products alone: the papers' mult-adds",
    "arXiv:1704.04861, section 3",
    macs=1,
)

TORCHVISION = named(
    "torchvision",
    "MAC",
    "convolutions, linear layers and matrix products: _ops of its weights, in billions",
    "torchvision: the weights' metadata",
    macs=1,
)

FOLDED = named(
    "folded-norm",
    "MAC",
    "as deployed: batch norm folded into the convolution before it",
    "arithmetic: one bias addition an element",
    macs=1,
    bias_adds=1,
    norm_elements=1,
)
