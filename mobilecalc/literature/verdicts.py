"""What becomes of a published value when it is computed."""

from __future__ import annotations

from fnmatch import fnmatchcase
from fractions import Fraction
from functools import cache
from typing import NamedTuple

from mobilecalc.literature.models import difference, profile
from mobilecalc.literature.printed import Printed
from mobilecalc.literature.published_tables import PublishedValue, conventions
from mobilecalc.networks.quantities import Quantity, quantity

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


class Alternative(NamedTuple):
    """What gives the printed value, in words, and its number.

    by_convention: whether it counts by a convention, and not another network or by a slip.
    """

    words: str
    value: Fraction | int
    by_convention: bool


class Judgement(NamedTuple):
    """A published value, the number that its network has (None: not computed), and the verdict.

    `off` says by how many units of the last printed digit the number is above the printed one.
    """

    published: PublishedValue
    value: Fraction | int | None
    off: float | None
    verdict: str
    alternative: Alternative | None = None

    @property
    def changed(self) -> bool:
        """Whether the verdict is another than the one that was entered."""
        return self.verdict != self.published.verdict


@cache
def judge(published: PublishedValue) -> Judgement:
    """Compute the value and compare it with the printed one."""
    if not published.quantity:
        return Judgement(published, None, None, QUOTED)
    if not published.model:
        return Judgement(published, None, None, OUTSIDE)
    printed = Printed.parse(published.printed)
    value = _quantity(published.quantity).of(profile(published.model))
    off = printed.off(value)
    if fit := printed.fit(value):
        return Judgement(published, value, off, fit)
    other = _alternative(published, printed)
    if other is None:
        return Judgement(published, value, off, UNEXPLAINED)
    verdict = CONVENTION if other.by_convention else ERRATUM
    return Judgement(published, value, off, verdict, other)


@cache
def _quantity(text: str) -> Quantity:
    """Parsed once: five hundred computed values count a hundred quantities."""
    return quantity(text)


def _alternative(published: PublishedValue, printed: Printed) -> Alternative | None:
    """The one that was entered, where it gives the printed value."""
    if not published.alternative:
        return None
    name, _, model = (part.strip() for part in published.alternative.partition("@"))
    chosen, expression = _quantity(name or published.quantity), model or published.model
    value = chosen.of(profile(expression))
    fit = printed.fit(value)
    if not fit:
        return None
    apart = chosen.apart_from(_quantity(published.quantity)) if name else ""
    words = [part for part in (difference(model, published.model), apart) if part]
    how = [] if fit == REPRODUCED[0] else [fit]
    by_convention = any(fnmatchcase(name, pattern) for pattern in conventions())
    return Alternative(", ".join([*words, *how]), value, by_convention)
