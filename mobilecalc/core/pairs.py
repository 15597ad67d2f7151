"""Separable pairs, and the standard convolution that each factorises."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, TypeGuard

from mobilecalc.core.blocks import Op
from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts, total
from mobilecalc.core.ops import Activation, Conv, Depthwise, Norm
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import TRACED

_MAP = 3
"""Channels, height and width: a row of one sample's map."""


class Pair(NamedTuple):
    """A depthwise and a pointwise convolution, and the indices of their rows."""

    first: int
    depthwise: Depthwise
    last: int
    pointwise: Conv


def begins_pair(op: Op) -> TypeGuard[Depthwise]:
    """Whether a separable pair may begin with it: depthwise, D_K x D_K with D_K > 1."""
    if not isinstance(op, Depthwise) or not isinstance(op.kernel, int):
        return False
    return op.kernel > 1 and op.multiplier == 1


def may_stand_between(op: Op) -> bool:
    """Whether it may stand between the two convolutions of a pair: norm or activation."""
    return isinstance(op, Norm | Activation)


def ends_pair(op: Op) -> TypeGuard[Conv]:
    """Whether a separable pair may end with it: an ungrouped 1x1 convolution of stride 1."""
    return isinstance(op, Conv) and op.kernel == op.stride == op.groups == 1


def standard_of(depthwise: Depthwise, pointwise: Conv) -> Conv:
    """The D_K x D_K convolution M -> N that a pair factorises, with the pair's stride."""
    return pointwise._replace(
        kernel=depthwise.kernel,
        stride=depthwise.stride,
        padding=depthwise.padding,
        dilation=depthwise.dilation,
    )


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
    for first, depthwise, last, pointwise in pairs(profile):
        standard = standard_of(depthwise, pointwise)
        replaced = cost(standard, rows[first].input, TRACED)[1]
        counts[first : last + 1] = [*[Counts()] * (last - first), replaced]
    return total(counts)
