"""The rows of a graph, each with the parameters that it is the first to use."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import NamedTuple

from mobilecalc.core.cost import cost
from mobilecalc.core.counts import FACTS, Counts
from mobilecalc.core.ops import (
    Elementwise,
    Layer,
    Move,
    Recurrent,
    Reduction,
    Uncounted,
    Unused,
)
from mobilecalc.core.profile import Row
from mobilecalc.core.rounding import TRACED
from mobilecalc.core.shape import Shape
from mobilecalc.modules.loading.files.onnx.operators.reading import Meaning, Node, UnknownSize
from mobilecalc.modules.loading.files.onnx.values import Stored, Value
from mobilecalc.modules.operators.reading import unbatched

_ONCE = tuple(fact.name for fact in FACTS if fact.once)
_NONE = dict.fromkeys(_ONCE, 0)
_OWN_SHAPE = (Elementwise, Move, Recurrent, Reduction)
"""Operations whose output is not worked out from the input by their formula."""


class GraphRows:
    """The rows, the stored tensors, which of them were charged, and what a reader must know.

    unknown: the paths of nodes that are not counted and whose output has no known size.
    """

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.stored: dict[str, Stored] = {}
        self.charged: set[str] = set()
        self.warnings: list[str] = []
        self.unknown: list[str] = []

    def add(self, node: Node, meanings: Sequence[Meaning], *, charge: bool) -> None:
        """Add the rows of a node. Raises what `cost` raises, `ValueError` and `UnknownSize`."""
        rows = [_row(node, meaning) for meaning in meanings]
        _check(node, meanings[-1].op, rows[-1])
        named = {index for meaning in meanings for index in meaning.roles}
        for row, meaning in zip(rows, meanings, strict=True):
            facts = dict(_NONE)
            for index, value in enumerate(node.inputs if charge else ()):
                if value is None or value.computed:
                    continue
                if index in meaning.roles:
                    facts[meaning.roles[index]] += self._charge(value.stored)
                elif index < meaning.others and index not in named and value.is_float:
                    facts["other_parameters"] += self._charge(
                        [name for name in value.stored if self.stored[name].initializer]
                    )
            self.rows.append(row._replace(counts=row.counts._replace(**facts)))

    def uncounted(self, node: Node, name: str) -> None:
        """Add a row for arithmetic that is not counted; its stored numbers are parameters."""
        given = node.inputs[0].sizes if node.inputs and node.inputs[0] is not None else None
        shape, stored = node.shape_if_known, [v for v in node.inputs if v and not v.computed]
        if not any(value and value.sizes is not None for value in node.outputs):
            self.unknown.append(node.path)
        owners = [name for v in stored if v.is_float for name in v.stored]
        own = [owner for owner in owners if self.stored[owner].initializer]
        counts = Counts(other_parameters=self._charge(own))
        self.rows.append(
            Row(node.path, Uncounted(name, shape), unbatched(given or ()), shape, counts)
        )

    def unused(self, path: str, rows: Sequence[Row]) -> None:
        """Add the parameters of rows that are not counted, in one row."""
        once = {name: sum(getattr(row.counts, name) for row in rows) for name in _ONCE}
        if any(once.values()):
            self.rows.append(Row(path, Unused(), Shape(), Shape(), Counts(**once)))

    def returned(self, values: Sequence[tuple[str, Value]]) -> None:
        """Add the parameters that the graph returns as they are."""
        for path, value in values:
            if not value.computed and value.is_float:
                own = [name for name in value.stored if self.stored[name].initializer]
                if elements := self._charge(own):
                    counts = Counts(other_parameters=elements)
                    self.rows.append(Row(path, Unused(), Shape(), Shape(), counts))

    def unused_names(self) -> list[str]:
        """The initializers of several numbers that no row was charged with."""
        return [
            name.rpartition("/")[2]
            for name, stored in self.stored.items()
            if stored.initializer and stored.is_float and name not in self.charged
        ]

    @contextmanager
    def collected(self) -> Iterator[list[Row]]:
        """While it lasts, rows are added to the list that it yields."""
        before, self.rows = self.rows, []
        try:
            yield self.rows
        finally:
            self.rows = before

    def mark(self) -> Mark:
        """What `reset` goes back to."""
        return Mark(frozenset(self.charged), len(self.warnings))

    def reset(self, mark: Mark) -> None:
        """Forget what was charged and warned of since."""
        del self.warnings[mark.warnings :]
        self.charged = set(mark.charged)

    def _charge(self, names: Sequence[str]) -> int:
        """The elements of the stored tensors that were not charged before; they are now."""
        new = [name for name in dict.fromkeys(names) if name not in self.charged]
        self.charged.update(new)
        return sum(self.stored[name].elements for name in new)


class Mark(NamedTuple):
    """A state of the rows, between rows."""

    charged: frozenset[str]
    warnings: int


def _row(node: Node, meaning: Meaning) -> Row:
    first = node.inputs[0] if node.inputs else None
    given = meaning.given if first is None or meaning.given is not None else first.sizes
    if given is None and isinstance(meaning.op, Move):
        return Row(node.path, meaning.op, Shape(), meaning.op.shape, Counts())
    if given is None:
        raise UnknownSize
    if not meaning.batched:
        shape = unbatched(given)
        return Row(node.path, meaning.op, shape, *cost(meaning.op, shape, TRACED))
    times, shape = given[0], unbatched((1, *given[1:]))
    output, counts = cost(meaning.op, shape, TRACED)
    if times == 1:
        return Row(node.path, meaning.op, shape, output, counts)
    sized = unbatched(given), unbatched((times, *output))
    return Row(node.path, meaning.op, *sized, counts.times(times))


def _check(node: Node, op: Layer, row: Row) -> None:
    """Raises `ValueError` if the formula and ONNX do not agree on the size of the output."""
    if isinstance(op, _OWN_SHAPE):
        return
    if prod(row.output) != prod(node.output):
        shown = "x".join(map(str, node.output))
        raise ValueError(f"its output would be {row.output}, and shape inference gives {shown}")
