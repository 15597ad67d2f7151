"""The rows of a trace as they come in, and which parameters they are charged with.

Imports torch: import it lazily.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter
from threading import Lock

from torch import Tensor

from mobilecalc.core.counts import FACTS, Counts
from mobilecalc.core.ops import Unused
from mobilecalc.core.profile import Row
from mobilecalc.core.shape import Shape
from mobilecalc.modules.isolation.parts import Parts
from mobilecalc.modules.operators import Weights
from mobilecalc.modules.tracing.provenance import Marks, Provenance

_OF_PARAMETERS = tuple(fact.name for fact in FACTS if fact.once)
_parameter_facts = itemgetter(*(i for i, fact in enumerate(FACTS) if fact.once))


class TracedRows:
    """Rows, and for each the rows that made what it takes."""

    def __init__(self, marks: Marks) -> None:
        self._marks = marks
        self.rows: list[Row] = []
        self.sources: list[tuple[int, ...]] = []
        self._charged: set[int] = set()
        self._one_thread = Lock()

    def append(self, row: Row, marks: Sequence[Provenance], weights: Weights = ()) -> Provenance:
        """Add the row, charged with the parameters that are used here first.

        `marks` say where its operands come from. Returns where its result does.
        """
        with self._one_thread:
            return self._append(row, marks, weights)

    def _append(self, row: Row, marks: Sequence[Provenance], weights: Weights) -> Provenance:
        made_by = [mark.row for mark in marks if mark.row is not None]
        others = [p for mark in marks for p in mark.parameters] if made_by else []
        counts = self._charge(row.counts, weights, others)
        self.sources.append(tuple(sorted(set(made_by))))
        self.rows.append(row if counts is row.counts else row._replace(counts=counts))
        return joined(marks, len(self.rows) - 1 if made_by else None)

    def unused(self, parts: Parts) -> Iterator[Row]:
        """A row for each module whose own parameters no operation has used."""
        every = {id(p) for _, part in parts for p in part._parameters.values() if p is not None}
        if every <= self._charged:
            return
        for path, part in parts:
            own = part._parameters.values()
            left = [p for p in own if p is not None and self._charge_once(p)]
            if left:
                counts = Counts(other_parameters=sum(p.numel() for p in left))
                yield Row(path or "(root)", Unused(), Shape(), Shape(), counts)

    def _charge(self, counts: Counts, weights: Weights, others: Sequence[Tensor]) -> Counts:
        """The facts with the parameters that no row before has used, in place of the formula's."""
        if not weights and not others and not any(_parameter_facts(counts)):
            return counts
        sums = dict.fromkeys(_OF_PARAMETERS, 0)
        for tensor, role in weights:
            if tensor is not None:
                owners = self._marks.of(tensor).parameters
                if role == "norm_buffers" and not owners:
                    owners = (tensor,)
                for owner in owners:
                    if self._charge_once(owner):
                        sums[role] += owner.numel()
        for other in others:
            if self._charge_once(other):
                sums["other_parameters"] += other.numel()
        return counts._replace(**sums)

    def _charge_once(self, parameter: Tensor) -> bool:
        """Whether it was not charged before; it is now."""
        if id(parameter) in self._charged:
            return False
        self._charged.add(id(parameter))
        return True


def joined(marks: Sequence[Provenance], row: int | None) -> Provenance:
    """Where a result comes from that was made of these, by a row if there is one."""
    made_of = () if row is not None else tuple(p for mark in marks for p in mark.parameters)
    return Provenance(row, made_of)
