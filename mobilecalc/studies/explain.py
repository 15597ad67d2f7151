"""Why do the counters disagree? Each counter's number, derived from the same facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from mobilecalc.core.conventions import PAPER
from mobilecalc.core.counts import FACTS
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.table import Column, Step, Table, Value, Waterfall
from mobilecalc.counters import COUNTERS, Counter, Fault
from mobilecalc.networks import Network
from mobilecalc.studies.crosscheck import Check, cross_check, failures, version_note
from mobilecalc.studies.measure import input_notes

ON_ONE_PAGE = 3
"""Counters side by side on the console."""


class Explanation(NamedTuple):
    """The ledger of each counter for one network; `readings` by counter, where they were
    run; `missing` are those that are not installed."""

    network: Network
    profile: Profile
    counters: tuple[Counter, ...]
    readings: Mapping[str, Check]
    missing: tuple[Counter, ...] = ()


def explain(
    network: Network, counters: Sequence[Counter] | None = None, *, predict: bool = False
) -> Explanation:
    """Run the counters, or with `predict` only say what each would say: no torch then.

    Without `counters`, all of them: those that are installed, unless they are only predicted.
    Raises `MissingPackage` where a counter that was asked for is not installed.
    """
    profile = network.profile()
    missing: tuple[Counter, ...] = ()
    if counters is None:
        every = [COUNTERS[name] for name in COUNTERS]
        counters = every if predict else [c for c in every if c.installed]
        missing = tuple(c for c in every if c.run and c not in counters)
    checks = () if predict else cross_check(network, profile, counters)
    readings = {check.counter.name: check for check in checks}
    return Explanation(network, profile, tuple(counters), readings, missing)


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
        notes=(*input_notes(explanation.network), *_words(explanation, shown)),
        failures=failures(explanation.readings.values()),
    )


def layer_ledger(explanation: Explanation, counters: Sequence[Counter] | None = None) -> Table:
    """A row a layer: what each counter says of it, its remainder, and the faults at work."""
    shown = explanation.counters if counters is None else counters
    with_layers = {
        counter.name: check.reading.layers
        for counter in shown
        if (check := explanation.readings.get(counter.name)) and check.reading.layers
    }
    columns = [Column("layer", "Layer", "text"), Column("kind", "Kind", "text", spare=1)]
    for counter in shown:
        columns.append(Column(counter.name, counter.name, "count"))
        if counter.name in with_layers:
            columns.append(Column(f"{counter.name}_remainder", "off", "count"))
    columns.append(Column("faults", "Faults", "text"))
    rows = []
    for row in explanation.profile.rows:
        values: dict[str, Value] = {"layer": row.path, "kind": row.kind}
        for counter in shown:
            predicted = counter.predict([row])
            values[counter.name] = predicted
            if counter.name in with_layers:
                reported = with_layers[counter.name].get(row.path, 0)
                values[counter.name] = reported
                values[f"{counter.name}_remainder"] = reported - predicted
        values["faults"] = _faults_at(row, shown)
        rows.append(values)
    return _layer_table(explanation, shown, columns, rows, with_layers)


GROUPINGS = {"fact": ledger, "layer": layer_ledger}


def tables(
    explanation: Explanation, table: Callable[..., Table]
) -> tuple[Table, tuple[Table, ...]]:
    """One table of all the counters, and the same in pages of a few, for the console."""
    counters = explanation.counters
    pages = (counters[i : i + ON_ONE_PAGE] for i in range(0, len(counters), ON_ONE_PAGE))
    return table(explanation), tuple(table(explanation, page) for page in pages)


def waterfalls(explanation: Explanation) -> tuple[Waterfall, ...]:
    """For each counter, the steps from the paper's number to the counter's own."""
    return tuple(_waterfall(explanation, counter) for counter in explanation.counters)


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


def _words(explanation: Explanation, shown: Sequence[Counter]) -> tuple[str, ...]:
    """Each counter in a sentence, its version, and what became of it."""
    notes = []
    for counter in shown:
        convention = counter.convention
        unit = f"{convention.unit}s"
        notes.append(
            f"{counter.name} = {convention.formula} {unit}: it {_verb(convention.meaning)}."
        )
        check = explanation.readings.get(counter.name)
        if check is not None:
            notes += [*version_note(check), *check.notes()]
    if explanation.readings:
        ran = ", ".join(f"{c.name} {explanation.readings[c.name].reading.version}" for c in shown)
        notes.append(f"Run on the built module in evaluation mode: {ran}.")
    else:
        notes.append("Predicted from the facts; no counter was run.")
    if explanation.missing:
        names = ", ".join(counter.name for counter in explanation.missing)
        packages = " ".join({p: None for c in explanation.missing for p in c.packages})
        notes.append(f"Not installed, so not run: {names} (pip install {packages}).")
    return tuple(notes)


def _verb(meaning: str) -> str:
    return meaning if meaning.startswith("charges") else f"counts {meaning}"


def _faults_at(row: Row, shown: Iterable[Counter]) -> str:
    parts = [
        f"{fault.name} ({size:+d})"
        for counter in shown
        for fault in counter.faults
        if (size := fault.size(row))
    ]
    return "; ".join(parts)


def _layer_table(
    explanation: Explanation,
    shown: Sequence[Counter],
    columns: list[Column],
    rows: list[dict[str, Value]],
    with_layers: Mapping[str, object],
) -> Table:
    counted = [column.key for column in columns if column.kind == "count"]
    kept = [row for row in rows if any(row[key] for key in counted)]
    total: dict[str, Value] = {"layer": "total", "kind": None}
    total |= {key: sum(v for row in rows if isinstance(v := row[key], int)) for key in counted}
    total["faults"] = None
    predicted_only = [c.name for c in shown if c.name not in with_layers]
    notes = [*input_notes(explanation.network)]
    if with_layers:
        notes.append("off: the remainder, reported minus predicted with the faults.")
    if explanation.readings and predicted_only:
        names = ", ".join(predicted_only)
        notes.append(f"Predicted, as the library gives no exact number for a layer: {names}.")
    if len(kept) < len(rows):
        notes.append(f"Left out, as every number in them is 0: {len(rows) - len(kept)} layers.")
    notes += _words(explanation, shown)
    title = f"{explanation.profile.name}: what each counter says of each layer"
    return Table(
        title,
        tuple(columns),
        tuple(kept),
        total,
        tuple(notes),
        failures(explanation.readings.values()),
    )


def _waterfall(explanation: Explanation, counter: Counter) -> Waterfall:
    counts = explanation.profile.counts
    steps = [Step("paper", PAPER.total(counts))]
    for fact in FACTS:
        times = counter.convention.coefficients.get(fact.name, 0)
        times -= PAPER.coefficients.get(fact.name, 0)
        if times and getattr(counts, fact.name):
            steps.append(Step(f"{fact.name} x {times}", times * getattr(counts, fact.name)))
    faults = counter.faults_in(explanation.profile.rows)
    steps += [Step(f"fault: {fault.name}", size) for fault, size in faults.items()]
    return Waterfall(
        f"{explanation.profile.name}: from the paper's number to {counter.name}'s",
        f"{counter.convention.unit}s ({counter.name}); {explanation.network.settings}",
        tuple(steps),
        counter.name,
    )
