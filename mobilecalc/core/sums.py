"""Sums over facts: what a network has so much of, by the name that users write."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mobilecalc.core.conventions import CONVENTIONS
from mobilecalc.core.counts import FACTS, Counts
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.core.registry import Registry


class Sum(NamedTuple):
    """A sum over facts, and what it is called."""

    words: str
    of: Callable[[Counts], int]


def _fact(name: str) -> Callable[[Counts], int]:
    return lambda counts: int(getattr(counts, name))


_WORDS = {"macs": "MACs", "weights": "parameters (weights)"}
"""Of facts that have a shorter name than their meaning; weights are parameters in one meaning."""

SUMS: Registry[Sum] = Registry("quantity")
"""The facts, and parameters in each meaning of the word."""

for _one in FACTS:
    SUMS.add(_one.name, Sum(_WORDS.get(_one.name, _one.meaning), _fact(_one.name)))
SUMS.add("kmacs", Sum("thousands of MACs", lambda c: c.macs // 1000))
SUMS.add("operations", Sum("two operations a MAC", lambda c: 2 * c.macs))
SUMS.add("params", Sum("parameters", lambda c: c.parameters))
for _meaning in PARAMETER_MEANINGS:
    if _meaning.name != "weights":  # the fact of that name is the same sum
        SUMS.add(
            _meaning.name.replace(" ", "-"), Sum(f"parameters ({_meaning.name})", _meaning.total)
        )
CONVENTIONS.keep_apart_from(SUMS)

_UNLISTED = ("kmacs",)
"""A unit of one table of a paper: no list and no hint offers it."""

SPACED = {m.name: m.name.replace(" ", "-") for m in PARAMETER_MEANINGS if " " in m.name}
"""Those whose names have spaces in tables, by those names."""


def sum_named(name: str) -> Sum | None:
    """The sum of that name, or of the convention of that name; None where there is neither."""
    if name in SUMS:
        return SUMS[name]
    if name not in CONVENTIONS:
        return None
    convention = CONVENTIONS[name]
    return Sum(f"{convention.unit}s by {name}", convention.total)


def names() -> list[str]:
    """The names that a list or a hint offers."""
    return [name for name in (*SUMS, *CONVENTIONS) if name not in _UNLISTED]
