"""Everything that is known of one network: the facts, and every sum made of them."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.counts import FACTS, Counts, total
from mobilecalc.core.formula import Formula, symbol, symbols
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.counters import CONVENTIONS
from mobilecalc.studies.costs import ONE_PASS, Pass, batch_of, pass_notes

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


M, Gi, Gw = symbols("M Gi Gw")
_TRAINING = M + Gi + Gw


def factsheet(model: Model, pass_: Pass = ONE_PASS) -> Table:
    """A row for each fact, each meaning of "parameters" and each convention's total."""
    profile = model.profile()
    counts = profile.counts
    rows_of_batch = batch_of(model, pass_)
    of_batch = total(rows_of_batch) if rows_of_batch else None
    columns = (
        Column("group", "Group", "text"),
        Column("name", "Name", "text"),
        Column("formula", "Symbol or sum", "formula"),
        Column("value", "Value", "count"),
        *([Column("batch_value", f"Batch of {pass_.batch}", "count")] if of_batch else []),
        Column("meaning", "What it is", "text"),
    )

    def row(
        group: str, name: str, formula: Formula, value: Callable[[Counts], int], meaning: str
    ) -> dict[str, Value]:
        known: dict[str, Value] = {"group": group, "name": name, "formula": formula}
        values = {"value": value(counts)} | ({"batch_value": value(of_batch)} if of_batch else {})
        return {**known, **values, "meaning": meaning}

    rows = [row("fact", f.name, symbol(f.symbol), attrgetter(f.name), f.meaning) for f in FACTS]
    rows += [row("parameters", m.name, m.formula, m.total, m.used_by) for m in PARAMETER_MEANINGS]
    rows += [
        row("convention", f"{name} ({c.unit}s)", c.formula, c.total, c.meaning)
        for name, c in ((name, CONVENTIONS[name]) for name in CONVENTIONS)
    ]
    if pass_.train:
        training = attrgetter("training_macs")
        rows.append(row("training", "training MACs", _TRAINING, training, "forward and back"))
    return Table(
        f"{profile.name}: the facts, and the sums made of them",
        columns,
        tuple(rows),
        footnotes=(
            *pass_notes(pass_),
            footnote(
                "definition",
                "A convention says what a counter means to add up. What the library reports may"
                f" contain faults of its own: mobilecalc explain {profile.name}.",
            ),
        ),
        about=(profile,),
    )
