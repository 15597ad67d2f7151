"""What is in memory while a network runs: which values live from where to where."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import Conv, Depthwise, Flatten, Move, Unused
from mobilecalc.core.profile import Profile, Row

_IN_PLACE = ("norm", "activation", "add", "elementwise", "softmax")
"""Kinds that can write over what they take, where nothing takes that later."""

_VIEWS = frozenset(
    """
    alias chunk detach diagonal expand expand_as flatten movedim narrow permute reshape select slice
    split squeeze swapaxes t tensor_split transpose unbind unflatten unfold unsqueeze view view_as
    _unsafe_view
""".split()  # noqa: SIM905
)
"""Moves that move nothing: the same memory, read otherwise."""


class Use(NamedTuple):
    """What is in memory while one row (or one split block) runs, in values.

    waiting: what neither it takes nor gives, and a later row takes. inner: what a split block
    has of its inner maps. parameters: its own, and those of what is done in place behind it.
    """

    row: Row
    taken: int
    given: int
    waiting: int
    inner: int = 0
    parameters: int = 0

    @property
    def alive(self) -> int:
        """All of it."""
        return self.taken + self.given + self.waiting + self.inner


class _Buffer(NamedTuple):
    """A piece of memory: its size in values, and the last row that reads it."""

    size: int
    last: int


def uses(profile: Profile, *, split: bool = False) -> list[Use]:
    """What each row that takes memory of its own needs, in values.

    Normalisation, activations and additions write over their input where no later row reads it.
    With `split`, what is between two pointwise convolutions is computed channel by channel
    (section 5.1 of arXiv:1801.04381): of each inner map one channel is there at a time.

    Raises `BadOption` for a profile that does not say what its rows take.
    """
    if len(profile.sources) != len(profile.rows):
        raise BadOption(
            f"What is in memory when {profile.name} runs is not known.",
            why="Its file names operations, and not what each of them reads.",
            fix="Name the code that makes the model: net.py:make_net",
        )
    buffers, homes = _buffers(profile)
    blocks = dict(_blocks(profile)) if split else {}
    inside = {i for first, end in blocks.items() for i in range(first + 1, end + 1)}
    found, starts = list[Use](), list[int]()
    alive, unborn = set[int](), deque(buffers)  # in the order in which rows make them
    for index, row in enumerate(profile.rows):
        if index in inside:
            continue
        if isinstance(row.op, Unused):
            starts.append(index)
            found.append(Use(row, 0, 0, 0))
            continue
        end = blocks.get(index, index)
        hidden = {homes[i] for i in range(index, end)}
        inner = sum(profile.rows[i].output.area for i in _maps(profile, index, end))
        taken = {homes[source] for source in profile.sources[index]}
        given = {homes[end]} - taken
        while unborn and unborn[0] <= end:
            alive.add(unborn.popleft())
        alive = {b for b in alive if buffers[b].last >= index}
        waiting = alive - taken - given - hidden
        if index == end and not given:
            continue
        starts.append(index)
        of_taken, of_given, of_waiting = (
            sum(buffers[b].size for b in part) for part in (taken, given, waiting)
        )
        found.append(Use(profile.rows[end], of_taken, of_given, of_waiting, inner))
    stops = (*starts[1:], len(profile.rows))
    own = (
        sum(row.counts.parameters for row in profile.rows[i:j])
        for i, j in zip(starts, stops, strict=True)
    )
    return [use._replace(parameters=p) for use, p in zip(found, own, strict=True)]


@lru_cache(maxsize=8)
def largest_by_side(profile: Profile, *, split: bool = False) -> Mapping[tuple[int, ...], Use]:
    """The use that gives most, for each size of the map, in their order; a vector is 1x1.

    Table 3 of arXiv:1801.04381 asks for it.
    """
    largest = dict[tuple[int, ...], Use]()
    for use in uses(profile, split=split):
        sides = use.row.output[1:] or (1, 1)
        if sides not in largest or use.given > largest[sides].given:
            largest[sides] = use
    return largest


def _buffers(profile: Profile) -> tuple[dict[int, _Buffer], dict[int, int]]:
    """The buffers by the row that makes them, in order, and the one of each row's output.

    -1 is the input.
    """
    count = len(profile.rows)
    last_use = dict.fromkeys(range(-1, count), -1)
    for index, sources in enumerate(profile.sources):
        for source in sources:
            last_use[source] = index
    for index, sources in enumerate(profile.sources):
        if sources and last_use[index] < 0:
            last_use[index] = count  # what nothing reads is a result
    homes, sizes = {-1: -1}, {-1: profile.input.elements}
    last = {-1: last_use[-1]}
    for index, row in enumerate(profile.rows):
        home = _shared(profile, index, homes, sizes, last)
        homes[index] = index if home is None else home
        sizes.setdefault(homes[index], row.output.elements)
        last[homes[index]] = max(last.get(homes[index], -1), last_use[index], index)
    return {b: _Buffer(sizes[b], last[b]) for b in sizes}, homes


def _shared(
    profile: Profile, index: int, homes: dict[int, int], sizes: dict[int, int], last: dict[int, int]
) -> int | None:
    """The buffer of an input that the row reads otherwise, or writes over; None: a new one."""
    row, sources = profile.rows[index], profile.sources[index]
    if isinstance(row.op, Flatten) or (isinstance(row.op, Move) and row.op.name in _VIEWS):
        return homes[sources[0]] if sources else None
    if row.kind not in _IN_PLACE:
        return None
    for source in reversed(sources):
        home = homes[source]
        if last[home] <= index and sizes[home] == row.output.elements and home != -1:
            return home
    return None


def _blocks(profile: Profile) -> Iterator[tuple[int, int]]:
    """First and last row of each split block: (pointwise,) depthwise, pointwise in a line."""
    rows, readers = profile.rows, Counter(s for sources in profile.sources for s in sources)
    before = -1
    for index, row in enumerate(rows):
        if not isinstance(row.op, Depthwise):
            continue
        end = _next(profile, readers, index, 1)
        if end is None or not _is_pointwise(rows[end]):
            continue
        first = _next(profile, readers, index, -1)
        if first is None or first == before or not _is_pointwise(rows[first]):
            first = index
        before = end  # is whole in memory, and no part of the next block
        yield first, end


def _next(profile: Profile, readers: Mapping[int, int], index: int, step: int) -> int | None:
    """The row before or behind, past normalisation and activations; None where the line ends."""
    at = index
    while 0 <= at + step < len(profile.rows):
        later = max(at, at + step)
        if profile.sources[later] != (later - 1,) or readers[later - 1] > 1:
            return None
        at += step
        if profile.rows[at].kind not in ("norm", "activation"):
            return at
    return None


def _is_pointwise(row: Row) -> bool:
    return isinstance(row.op, Conv) and row.kind == "pointwise"


def _maps(profile: Profile, first: int, end: int) -> Iterator[int]:
    """The rows of a block whose output is an inner map with memory of its own."""
    return (i for i in range(first, end) if isinstance(profile.rows[i].op, Conv | Depthwise))
