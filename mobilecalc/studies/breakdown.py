"""Where does the cost sit: layer by layer, and by kind of layer?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from itertools import compress
from types import ModuleType
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote, settings_of
from mobilecalc.answers.table import Table
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import Counts, total
from mobilecalc.core.profile import Profile
from mobilecalc.counters import Counter
from mobilecalc.studies.costs import (
    ONE_PASS,
    Pass,
    batch_of,
    convention_notes,
    cost_column,
    cost_key,
    pass_columns,
    pass_notes,
    pass_values,
    share,
)
from mobilecalc.studies.crosscheck import (
    Check,
    agreements,
    check_notes,
    counter_columns,
    cross_check,
    totals,
)

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


class Breakdown:
    """A model's two tables, each made when it is asked for."""

    def __init__(
        self,
        model: Model,
        counters: Sequence[Counter] = (),
        convention: Convention = PAPER,
        pass_: Pass = ONE_PASS,
        *,
        every_row: bool = False,
    ) -> None:
        profile = model.profile()
        self._model, self._every_row = model, every_row
        self._checks = cross_check(model, profile, counters)
        self._costs = _Costs(profile, batch_of(model, pass_), convention, pass_)
        self._notes = (
            *settings_of([profile]),
            *convention_notes(convention, counters, profile.counts),
            *pass_notes(pass_),
            *agreements(self._checks),
            *check_notes(self._checks),
        )

    @cached_property
    def by_layer(self) -> Table:
        """A row a layer. Rows in which every number is 0 are left out, and a note says how many."""
        table = _by_layer(self._costs, self._checks, self._every_row, self._notes)
        return replace(table, charts=lambda: [self._bars().layer_bars(*self._drawn)])

    @cached_property
    def by_kind(self) -> Table:
        """A row for each kind of layer."""
        table = _by_kind(self._costs, self._checks, self._notes)
        return replace(table, charts=lambda: [self._bars().kind_bars(*self._drawn)])

    @property
    def _drawn(self) -> tuple[Model, Convention, Pass]:
        return self._model, self._costs.convention, self._costs.pass_

    @staticmethod
    def _bars() -> ModuleType:
        """Imported where something is drawn."""
        from mobilecalc.studies import bars

        return bars


def breakdown(
    model: Model,
    counters: Sequence[Counter] = (),
    convention: Convention = PAPER,
    pass_: Pass = ONE_PASS,
    *,
    every_row: bool = False,
) -> tuple[Table, Table]:
    """The table by layer, and the table by kind.

    By layer, rows in which every number is 0 are left out, and a note says how many, unless
    `every_row`.
    """
    made = Breakdown(model, counters, convention, pass_, every_row=every_row)
    return made.by_layer, made.by_kind


def kinds(profile: Profile) -> Table:
    """The table by kind of one forward pass, counted as the papers do."""
    costs = _Costs(profile, None, PAPER, ONE_PASS)
    notes = (*settings_of([profile]), *convention_notes(PAPER, (), profile.counts))
    return _by_kind(costs, (), notes)


class _Costs(NamedTuple):
    """What each row costs, and what all of them do: the columns that both tables share."""

    profile: Profile
    of_batch: Sequence[Counts] | None
    convention: Convention
    pass_: Pass

    @property
    def columns(self) -> tuple[Column, ...]:
        cost = cost_column(self.convention)
        return (
            cost,
            Column(f"{cost.key}_share", f"% of {cost.heading}", "share", spare=1),
            *pass_columns(self.convention, self.pass_),
            Column("params", "Params", "count"),
            Column("params_share", "% of params", "share", spare=2),
        )

    def values(self, indices: Sequence[int]) -> dict[str, Value]:
        """Of these rows together."""
        part, whole = self.of(indices), self.profile.counts
        key, cost = cost_key(self.convention), self.convention.total(part)
        batch = None if self.of_batch is None else total(self.of_batch[i] for i in indices)
        return {
            key: cost,
            f"{key}_share": share(cost, self.convention.total(whole)),
            **pass_values(part, batch, self.convention, self.pass_),
            "params": part.parameters,
            "params_share": share(part.parameters, whole.parameters),
        }

    def of(self, indices: Sequence[int]) -> Counts:
        """The facts of these rows."""
        return total(self.profile.rows[i].counts for i in indices)


def _by_layer(
    costs: _Costs, checks: Sequence[Check], every_row: bool, notes: tuple[Footnote, ...]
) -> Table:
    profile = costs.profile
    columns = (
        Column("layer", "Layer", "text"),
        Column("kind", "Kind", "text", spare=3),
        Column("input", "Input", "shape", spare=5),
        Column("output", "Output", "shape", spare=4),
        *costs.columns,
        *counter_columns(check.counter for check in checks),
    )
    readings = {check.counter.name: check.by_row() for check in checks}
    all_rows: list[dict[str, Value]] = [
        {
            "layer": row.path,
            "kind": row.kind,
            "input": row.input,
            "output": row.output,
            **costs.values((index,)),
            **{name: reading[index] for name, reading in readings.items()},
        }
        for index, row in enumerate(profile.rows)
    ]
    numbers = [c.key for c in columns if c.kind == "count"]
    shown = [
        every_row or row["kind"] == "uncounted" or any(row[key] for key in numbers)
        for row in all_rows
    ]
    total_row: dict[str, Value] = {
        "layer": "total",
        "kind": None,
        "input": profile.input,
        "output": profile.output,
        **costs.values(range(len(profile.rows))),
        **totals(checks),
    }
    return Table(
        f"{profile.name}, layer by layer",
        columns,
        tuple(compress(all_rows, shown)),
        total_row,
        (*_hidden_note(profile, shown), *notes),
        bars=f"{cost_key(costs.convention)}_share",
        about=(profile,),
    )


def _by_kind(costs: _Costs, checks: Sequence[Check], notes: tuple[Footnote, ...]) -> Table:
    profile = costs.profile
    columns = (
        Column("kind", "Kind", "text"),
        Column("layers", "Layers", "count", spare=2),
        *costs.columns,
        Column("weights_share", "% of weights", "share", spare=1),
        *counter_columns(check.counter for check in checks),
    )
    groups: dict[str, list[int]] = {}
    for index, row in enumerate(profile.rows):
        groups.setdefault(row.kind, []).append(index)

    def values(name: str, indices: Sequence[int]) -> dict[str, Value]:
        weights = costs.of(indices).weights
        return {
            "kind": name,
            "layers": len(indices),
            **costs.values(indices),
            "weights_share": share(weights, profile.counts.weights),
        }

    key = cost_key(costs.convention)
    rows = [
        {
            **values(kind, indices),
            **{check.counter.name: _kind_reading(check, indices) for check in checks},
        }
        for kind, indices in groups.items()
    ]
    rows.sort(key=lambda row: (-row[key], -row["params"]))  # type: ignore[operator]
    about_weights = footnote(
        "definition",
        "Weights leave out biases and normalisation, as Table 2 of arXiv:1704.04861 does.",
    )
    return Table(
        f"{profile.name}, by kind of layer",
        columns,
        tuple(rows),
        {**values("total", range(len(profile.rows))), **totals(checks)},
        (about_weights, *notes),
        bars=f"{key}_share",
        about=(profile,),
    )


def _kind_reading(check: Check, indices: Sequence[int]) -> int | None:
    if not check.reading.layers:
        return None
    by_row = check.by_row()
    return sum(by_row[index] or 0 for index in indices)


def _hidden_note(profile: Profile, shown: Sequence[bool]) -> tuple[Footnote, ...]:
    hidden: dict[str, int] = {}
    for row, is_shown in zip(profile.rows, shown, strict=True):
        if not is_shown:
            hidden[row.kind] = hidden.get(row.kind, 0) + 1
    if not hidden:
        return ()
    listed = ", ".join(f"{n} {kind}" for kind, n in hidden.items())
    return (
        footnote("remark", f"Left out, as every number in them is 0: {listed} (--all shows them)."),
    )
