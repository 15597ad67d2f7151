"""Conventions: which facts a tool adds up, and how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from mobilecalc.core.counts import SYMBOLS, Counts
from mobilecalc.core.registry import Registry


@dataclass(frozen=True)
class Convention:
    """A coefficient for each fact that counts; the others count 0.

    `unit` is what the sum is called ("MAC" or "FLOP"), `meaning` says in words what it charges,
    `source` where the coefficients come from.
    """

    name: str
    unit: Literal["MAC", "FLOP"]
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
    def formula(self) -> str:
        """The sum in the facts' symbols: "M + 2N + Pi"."""
        terms = (
            f"{factor if factor != 1 else ''}{SYMBOLS[fact]}"
            for fact, factor in self.coefficients.items()
        )
        return " + ".join(terms)


CONVENTIONS: Registry[Convention] = Registry("convention")


def _named(
    name: str,
    unit: Literal["MAC", "FLOP"],
    meaning: str,
    source: str,
    **coefficients: int,
) -> Convention:
    return CONVENTIONS.add(name, Convention(name, unit, coefficients, meaning, source))


PAPER = _named(
    "paper",
    "MAC",
    "convolutions and classifier alone: the papers' mult-adds",
    "arXiv:1704.04861, section 3",
    macs=1,
)

FVCORE = _named(
    "fvcore",
    "MAC",
    "charges batch norm, which folds away at inference, and adaptive pooling",
    "fvcore/nn/jit_handles.py",
    macs=1,
    norm_elements=2,
    pool_inputs=1,
)

THOP = _named(
    "thop",
    "MAC",
    "charges batch norm four times an element, and pooling where it is a module",
    "thop/vision/basic_hooks.py",
    macs=1,
    norm_elements=4,
    module_pool_elements=1,
)

TORCH = _named(
    "torch",
    "FLOP",
    "two operations for each multiply-accumulate, and nothing else",
    "torch/utils/flop_counter.py",
    macs=2,
)

FOLDED = _named(
    "folded",
    "MAC",
    "as deployed: batch norm folded into the convolution before it",
    "arithmetic: the fold leaves one bias addition an element",
    macs=1,
    bias_adds=1,
    norm_elements=1,
)
