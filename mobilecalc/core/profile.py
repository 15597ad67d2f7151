"""A network's rows and totals."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

from mobilecalc.core.cost import gradients
from mobilecalc.core.counts import Counts, total
from mobilecalc.core.ops import Kind, Layer, Uncounted, Unused, kind_of
from mobilecalc.core.shape import Shape


class Row(NamedTuple):
    """One operation at its place: the path is also the name of the torch submodule."""

    path: str
    op: Layer
    input: Shape
    output: Shape
    counts: Counts

    @property
    def kind(self) -> Kind:
        """What the row is in a breakdown: pointwise, depthwise, standard, norm, ..."""
        return kind_of(self.op)


@dataclass(frozen=True)
class Profile:
    """What a network costs for one input, of one sample as a rule: its rows, and their sums.

    `origin` says which model this is and how it was set, `notes` what a reader of its numbers
    must know, `warnings` why they may be wrong. `sources` says for each row which rows made what
    it takes, -1 for the input, in order.
    """

    name: str
    input: Shape
    rows: tuple[Row, ...] = field(repr=False)
    origin: str = ""
    notes: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    sources: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @cached_property
    def breaks(self) -> frozenset[int]:
        """The indices of the rows that do not take what the row before gives."""
        flow = enumerate(self.sources)
        return frozenset(index for index, rows in flow if rows and index - 1 not in rows)

    @cached_property
    def counts(self) -> Counts:
        """The facts of the whole network."""
        return total(row.counts for row in self.rows)

    @property
    def macs(self) -> int:
        """Multiply-accumulates of convolutions and matrix products."""
        return self.counts.macs

    @property
    def parameters(self) -> int:
        """Trainable parameters: weights, biases, gamma and beta."""
        return self.counts.parameters

    @property
    def output(self) -> Shape:
        """What the last operation gives; the input where there is none."""
        last = next((row for row in reversed(self.rows) if not isinstance(row.op, Unused)), None)
        return self.input if last is None else last.output

    @property
    def uncounted(self) -> tuple[Row, ...]:
        """The rows whose arithmetic no formula covers."""
        return tuple(row for row in self.rows if isinstance(row.op, Uncounted))

    def by_kind(self) -> dict[Kind, Counts]:
        """The facts summed over the rows of each kind, in the order the kinds first appear."""
        groups: dict[Kind, list[Counts]] = {}
        for row in self.rows:
            groups.setdefault(row.kind, []).append(row.counts)
        return {kind: total(counts) for kind, counts in groups.items()}

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """As a notebook shows it: the table by kind of layer."""
        from mobilecalc.notebook import mimebundle, summary

        return mimebundle(summary(self))

    def __repr__(self) -> str:
        what = f"macs={self.macs} parameters={self.parameters} rows={len(self.rows)}"
        return f"<Profile {self.origin or self.name}: {what}>"


def with_gradients(profile: Profile) -> Profile:
    """The cost of a training step in which every parameter is trained.

    An operation's input needs a gradient once an operation before it has parameters.
    """
    rows, trained = [], {-1: False}  # the input
    for index, (row, sources) in enumerate(zip(profile.rows, profile.sources, strict=True)):
        of_input = any(trained[source] for source in sources)
        rows.append(row._replace(counts=gradients(row.op, row.counts, of_input=of_input)))
        trained[index] = of_input or row.counts.parameters > 0
    return replace(profile, rows=tuple(rows))
