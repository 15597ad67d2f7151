"""The rows of a trace as they come in, and which parameters they are charged with.

Imports torch: import it lazily.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from threading import Lock

from torch import Tensor

from mobilecalc.core.counts import FACTS, Counts
from mobilecalc.core.ops import Unused
from mobilecalc.core.profile import Row
from mobilecalc.core.shape import Shape
from mobilecalc.modules import provenance
from mobilecalc.modules.aten import Weights
from mobilecalc.modules.isolation import Parts
from mobilecalc.modules.provenance import Provenance

_PARAMETER_FACTS = {name: i for i, name in enumerate(fact.name for fact in FACTS if fact.once)}
_FIRST_PARAMETER_FACT = len(FACTS) - len(_PARAMETER_FACTS)
"""Those that a network has once are the last fields of `Counts`."""


class Ledger:
    """Rows, and for each the rows that made what it takes."""

    def __init__(self, *, gradients: bool = False) -> None:
        self._gradients = gradients
        self.rows: list[Row] = []
        self.sources: list[tuple[int, ...]] = []
        self._feeds: list[set[int]] = []
        self._ends: list[Provenance] = []
        self._charged: set[int] = set()
        self._one_thread = Lock()

    def append(
        self,
        row: Row,
        marks: Sequence[Provenance],
        weights: Weights = (),
    ) -> Provenance:
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
        if self._gradients:
            used = (*marks, *(provenance.of(w) for w, _ in weights if w is not None))
            self._feeds.append({m.row for m in used if m.gradient and m.row is not None})
        return self.joined(marks, len(self.rows) - 1 if made_by else None, weights)

    def is_one_call(self, first: int) -> None:
        """The rows from `first` on are of one operator: the last one makes what it returns."""
        if self._gradients and first < len(self._feeds):
            self._feeds[-1].update(range(first, len(self._feeds) - 1))

    def end(self, mark: Provenance) -> None:
        """A gradient comes in here: a result of the module, or what is written into a tensor."""
        self._ends.append(mark)

    def cut(self) -> None:
        """Take their gradients from the rows that no gradient comes back to."""
        reached = set[int]()
        left = [mark.row for mark in self._ends if mark.gradient and mark.row is not None]
        while left:
            row = left.pop()
            if row >= 0 and row not in reached:
                reached.add(row)
                left += self._feeds[row]
        for index, entry in enumerate(self.rows):
            facts = entry.counts
            if index not in reached and facts.training_macs != facts.macs:
                none = facts._replace(input_gradient_macs=0, weight_gradient_macs=0)
                self.rows[index] = entry._replace(counts=none)

    def joined(
        self, marks: Sequence[Provenance], row: int | None, weights: Weights = ()
    ) -> Provenance:
        """Where a result comes from that was made of these."""
        made_of = () if row is not None else tuple(p for mark in marks for p in mark.parameters)
        gradient = self._gradients and provenance.learns()
        if gradient:
            used = (*marks, *(provenance.of(w) for w, _ in weights if w is not None))
            gradient = any(mark.gradient for mark in used)
        return Provenance(row, made_of, gradient)

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
        if not weights and not others and not any(counts[_FIRST_PARAMETER_FACT:]):
            return counts
        sums = [0] * len(_PARAMETER_FACTS)
        for tensor, role in weights:
            if tensor is not None:
                owners = provenance.of(tensor).parameters
                if role == "norm_buffers" and not owners:
                    owners = (tensor,)
                for owner in owners:
                    if self._charge_once(owner):
                        sums[_PARAMETER_FACTS[role]] += owner.numel()
        for other in others:
            if self._charge_once(other):
                sums[_PARAMETER_FACTS["other_parameters"]] += other.numel()
        return Counts._make((*counts[:_FIRST_PARAMETER_FACT], *sums))

    def _charge_once(self, parameter: Tensor) -> bool:
        """Whether it was not charged before; it is now."""
        if id(parameter) in self._charged:
            return False
        self._charged.add(id(parameter))
        return True
