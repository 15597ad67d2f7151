"""The separable pairs among a profile's rows, and what standard convolutions would cost."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts, total
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.profile import Profile
from mobilecalc.core.rules import TRACED
from mobilecalc.networks.rewrites import begins_pair, ends_pair, may_stand_between

_MAP = 3
"""Channels, height and width: a row of one sample's map."""


class Pair(NamedTuple):
    """A depthwise and a pointwise convolution, and the indices of their rows."""

    first: int
    depthwise: Depthwise
    last: int
    pointwise: Conv


def pairs(profile: Profile) -> Iterator[Pair]:
    """The separable pairs, in order.

    Nothing but norm and activation stands between the two, and each row takes what the one
    before it gives.
    """
    begun: tuple[int, Depthwise] | None = None
    for index, row in enumerate(profile.rows):
        if index in profile.breaks:
            begun = None
        if begins_pair(row.op) and len(row.input) == _MAP:
            begun = index, row.op
        elif begun and ends_pair(row.op):
            yield Pair(*begun, index, row.op)
            begun = None
        elif not may_stand_between(row.op):
            begun = None


def standard_counts(profile: Profile) -> Counts:
    """The facts of the network with each pair as the standard convolution that it factorises."""
    rows, counts = profile.rows, [row.counts for row in profile.rows]
    for pair in pairs(profile):
        first, last = pair.first, pair.last
        standard = _standard(pair)
        replaced = cost(standard, rows[first].input, TRACED)[1]
        counts[first : last + 1] = [*[Counts()] * (last - first), replaced]
    return total(counts)


def unpaired_notes(profiles: Iterable[Profile]) -> tuple[Footnote, ...]:
    """A line for each model with depthwise convolutions that are in no pair."""
    notes = []
    for profile in profiles:
        depthwise = sum(begins_pair(row.op) for row in profile.rows)
        if alone := depthwise - len(list(pairs(profile))):
            unpaired = (
                f"{profile.name}: {alone} of its {depthwise} depthwise convolutions are in no pair"
                " with the pointwise one behind them (a gate, a shuffle or groups are between), and"
                " stay as they are."
            )
            notes.append(footnote("remark", unpaired))
    return tuple(notes)


def _standard(pair: Pair) -> Conv:
    _, depthwise, _, pointwise = pair
    return pointwise._replace(
        kernel=depthwise.kernel,
        stride=depthwise.stride,
        padding=depthwise.padding,
        dilation=depthwise.dilation,
    )
