"""What becomes of a published figure when it is computed."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import NamedTuple

from mobilecalc.literature.models import difference, profile
from mobilecalc.literature.printed import Printed
from mobilecalc.literature.published import Figure
from mobilecalc.networks.quantities import quantity

REPRODUCED = ("reproduced", "truncated", "rounded", "rounded twice")
CONVENTION, ERRATUM = "convention", "erratum"
EXPLAINED = (CONVENTION, ERRATUM)
UNEXPLAINED = "unexplained"
OUTSIDE = "outside"
QUOTED = "quoted"
VERDICTS = {
    "reproduced": "the computed number, rounded to the nearest",
    "truncated": "cut off after the last printed digit",
    "rounded": "rounded to the zeros that the figure ends in, or cut off there",
    "rounded twice": "rounded to a digit more, and then again",
    "convention": "another convention than the other figures': what it counts is shown",
    "erratum": "not what this network costs: what does give the figure is shown",
    "unexplained": "not what this network costs, and nothing was found that gives the figure and"
    " fits what stands beside it",
    "outside": "of a network that is not described here",
    "quoted": "not computed, as printed",
}
"""Each verdict and what it means."""

_CONVENTIONS = re.compile(
    r"macs without classifier|macs of convolutions|operations|folded"
    r"|channels of block\d+|bytes at \d+x\d+ of block\d+"
)
"""Measures by which publications count on purpose, and not by a slip.

The classifier is left out, or all but convolutions; a multiply-accumulate is two operations; batch
norm is folded; of a block its result is counted, and not the wider map inside.
"""


class Alternative(NamedTuple):
    """What gives the printed figure, in words, and its number.

    by_convention: whether it counts by a convention, and not another network or by a slip.
    """

    words: str
    value: Fraction | int
    fit: str
    by_convention: bool


class Finding(NamedTuple):
    """A figure, the number that its network has (None: not computed), and the verdict.

    `off` says by how many units of the last printed digit the number is above the figure.
    """

    figure: Figure
    value: Fraction | int | None
    off: float | None
    verdict: str
    alternative: Alternative | None = None

    @property
    def changed(self) -> bool:
        """Whether the verdict is another than the one that was entered."""
        return self.verdict != self.figure.verdict


def find(figure: Figure) -> Finding:
    """Compute the figure and judge it."""
    if not figure.measure:
        return Finding(figure, None, None, QUOTED)
    if not figure.model:
        return Finding(figure, None, None, OUTSIDE)
    printed = Printed.parse(figure.printed)
    value = quantity(figure.measure).of(profile(figure.model))
    off = printed.off(value)
    if fit := printed.fit(value):
        return Finding(figure, value, off, fit)
    other = _alternative(figure, printed)
    if other is None:
        return Finding(figure, value, off, UNEXPLAINED)
    return Finding(figure, value, off, CONVENTION if other.by_convention else ERRATUM, other)


def _alternative(figure: Figure, printed: Printed) -> Alternative | None:
    """The one that was entered, where it gives the printed figure."""
    if not figure.alternative:
        return None
    name, _, model = (part.strip() for part in figure.alternative.partition("@"))
    chosen, expression = quantity(name or figure.measure), model or figure.model
    value = chosen.of(profile(expression))
    fit = printed.fit(value)
    apart = chosen.apart_from(quantity(figure.measure)) if name else ""
    words = ", ".join(part for part in (difference(model, figure.model), apart) if part)
    how = "" if fit == REPRODUCED[0] else f", {fit}"
    by_convention = _CONVENTIONS.fullmatch(name) is not None
    return Alternative(f"{words}{how}", value, fit, by_convention) if fit else None
