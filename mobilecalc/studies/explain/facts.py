"""Why do the counters disagree? Each counter's number, derived from the same facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.counts import FACTS
from mobilecalc.core.profile import Profile
from mobilecalc.counters import COUNTERS, Counter, Fault
from mobilecalc.studies.costs import legend
from mobilecalc.studies.crosscheck import (
    Check,
    cross_check,
    fault_notes,
    formula_of,
    ran_note,
    version_note,
)

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


class Explanation(NamedTuple):
    """The ledger of each counter for one network.

    `readings` are by counter, where they were run; `missing` are those that are not installed.
    """

    model: Model
    profile: Profile
    counters: tuple[Counter, ...]
    readings: Mapping[str, Check]
    missing: tuple[Counter, ...] = ()


def explain(
    model: Model, counters: Sequence[Counter] | None = None, *, predict: bool = False
) -> Explanation:
    """Run the counters, or with `predict` only say what each would say: no torch then.

    Without `counters`, all of them: those that are installed, unless they are only predicted.
    Raises `MissingPackage` where a counter that was asked for is not installed.
    """
    profile = model.profile()
    missing: tuple[Counter, ...] = ()
    if counters is None:
        every = [COUNTERS[name] for name in COUNTERS]
        counters = every if predict else [c for c in every if c.installed]
        missing = tuple(c for c in every if c.run and c not in counters)
    checks = () if predict else cross_check(model, profile, counters)
    readings = {check.counter.name: check for check in checks}
    return Explanation(model, profile, tuple(counters), readings, missing)


def ledger(explanation: Explanation, counters: Sequence[Counter] | None = None) -> Table:
    """Rows: facts, faults, the sum, what was reported, the remainder. Columns: the counters.

    `counters` chooses some of the explained ones, for a narrow page.
    """
    shown = explanation.counters if counters is None else counters
    columns = (
        Column("fact", "Fact", "text"),
        Column("value", "Elements", "count"),
        *(column for counter in shown for column in _counter_columns(counter)),
    )
    rows = [*_fact_rows(explanation, shown), *_fault_rows(explanation, shown)]
    rows += _sum_rows(explanation, shown)
    return Table(
        f"{explanation.profile.name}: what each counter adds up",
        columns,
        tuple(rows),
        footnotes=words(explanation, shown),
        about=(explanation.profile,),
    )


def _counter_columns(counter: Counter) -> tuple[Column, Column]:
    times = Column(f"{counter.name}_coefficient", "x", "count")
    return times, Column(counter.name, counter.name, "count")


def _row(
    name: str,
    value: int | None,
    shown: Iterable[Counter],
    contribution: Callable[[Counter], tuple[int | None, int | None]],
) -> dict[str, Value]:
    row: dict[str, Value] = {"fact": name, "value": value}
    for counter in shown:
        times, amount = contribution(counter)
        row[f"{counter.name}_coefficient"] = times
        row[counter.name] = amount
    return row


def _fact_rows(explanation: Explanation, shown: Sequence[Counter]) -> list[dict[str, Value]]:
    counts = explanation.profile.counts
    rows = []
    for fact in FACTS:
        value: int = getattr(counts, fact.name)
        if not value and not any(fact.name in c.convention.coefficients for c in shown):
            continue

        def contribution(
            counter: Counter, name: str = fact.name, value: int = value
        ) -> tuple[int, int]:
            times = counter.convention.coefficients.get(name, 0)
            return times, times * value

        rows.append(_row(f"{fact.name} ({fact.symbol})", value, shown, contribution))
    return rows


def _fault_rows(explanation: Explanation, shown: Sequence[Counter]) -> list[dict[str, Value]]:
    """One row for each fault that changes a number here, with its exact size."""
    sizes = {counter.name: counter.faults_in(explanation.profile.rows) for counter in shown}
    faults = dict.fromkeys(fault for own in sizes.values() for fault in own)

    def amount(counter: Counter, fault: Fault) -> tuple[None, int]:
        return None, sizes[counter.name].get(fault, 0)

    return [
        _row(f"fault: {fault.name}", None, shown, partial(amount, fault=fault)) for fault in faults
    ]


def _sum_rows(explanation: Explanation, shown: Sequence[Counter]) -> list[dict[str, Value]]:
    rows, readings = explanation.profile.rows, explanation.readings
    lines = [_row("sum", None, shown, lambda c: (None, c.predict(rows)))]
    if readings:
        lines.append(
            _row("reported", None, shown, lambda c: (None, readings[c.name].reading.total))
        )
        lines.append(_row("remainder", None, shown, lambda c: (None, readings[c.name].difference)))
    return lines


def words(explanation: Explanation, shown: Sequence[Counter]) -> tuple[Footnote, ...]:
    """Each counter in a sentence, its version, and what became of it."""
    notes = [legend((c.convention for c in shown), explanation.profile.counts)]
    for counter in shown:
        what = f" {counter.convention.unit}s: it {_verb(counter.convention.meaning)}."
        formula = formula_of(counter, explanation.profile)
        notes.append(footnote("convention", f"{counter.name} = ", formula, what))
        check = explanation.readings.get(counter.name)
        if check is None:
            notes += fault_notes(counter, explanation.profile)
        else:
            notes += [*version_note(check), *check.notes()]
    if explanation.readings:
        notes += ran_note(explanation.readings[c.name] for c in shown)
    else:
        notes.append(footnote("source", "Predicted from the facts; no counter was run."))
    if explanation.missing:
        names = ", ".join(counter.name for counter in explanation.missing)
        packages = " ".join({p: None for c in explanation.missing for p in c.packages})
        missing = f"Not installed, so not run: {names} (pip install {packages})."
        notes.append(footnote("remark", missing))
    return tuple(notes)


def _verb(meaning: str) -> str:
    return meaning if meaning.startswith("charges") else f"counts {meaning}"
