"""The ledger layer by layer: a remainder, where there is one, is pinned to its place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.profile import Row
from mobilecalc.counters import Counter
from mobilecalc.studies.explain.facts import Explanation, words

OUTSIDE = "(in no layer)"


def layer_ledger(explanation: Explanation, counters: Sequence[Counter] | None = None) -> Table:
    """A row a layer: what each counter says of it, its remainder, and the faults at work.

    A last row has what a counter charges to no layer, where one does. Where a library gives no
    number for a layer, the cell is empty; where it gives none at all, they are predicted.
    """
    shown = explanation.counters if counters is None else counters
    columns = _columns(explanation, shown)
    rows = [_row(explanation, shown, row) for row in explanation.profile.rows]
    counted = [column.key for column in columns if column.kind == "count"]
    kept = [row for row in rows if row["faults"] or any(row[key] for key in counted)]
    outside = _outside(explanation, shown, rows)
    kept += [outside] if any(outside[key] for key in counted) else []
    total: dict[str, Value] = {"layer": "total", "kind": None}
    total |= {key: sum(v for row in kept if isinstance(v := row[key], int)) for key in counted}
    total["faults"] = None
    return Table(
        f"{explanation.profile.name}: what each counter says of each layer",
        tuple(columns),
        tuple(kept),
        total,
        _notes(explanation, shown, len(rows) - sum(row is not outside for row in kept)),
        about=(explanation.profile,),
    )


def _layers(explanation: Explanation, counter: Counter) -> dict[str, int]:
    """What the library itself said of each layer."""
    check = explanation.readings.get(counter.name)
    return {} if check is None else dict(check.reading.layers)


def _columns(explanation: Explanation, shown: Iterable[Counter]) -> list[Column]:
    columns = [Column("layer", "Layer", "text"), Column("kind", "Kind", "text", spare=1)]
    for counter in shown:
        columns.append(Column(counter.name, counter.name, "count"))
        if _layers(explanation, counter):
            columns.append(Column(f"{counter.name}_remainder", "off", "count"))
    return [*columns, Column("faults", "Faults", "text")]


def _row(explanation: Explanation, shown: Sequence[Counter], row: Row) -> dict[str, Value]:
    values: dict[str, Value] = {"layer": row.path, "kind": row.kind}
    for counter in shown:
        predicted, layers = counter.predict_layer(row), _layers(explanation, counter)
        values[counter.name] = predicted
        if layers:
            reported = layers.get(row.path)
            values[counter.name] = reported
            off = None if reported is None else reported - predicted
            values[f"{counter.name}_remainder"] = off
    return values | {"faults": _faults_at(row, shown)}


def _outside(
    explanation: Explanation, shown: Sequence[Counter], rows: Sequence[dict[str, Value]]
) -> dict[str, Value]:
    """What is in a counter's total and in none of its layers."""
    values: dict[str, Value] = {"layer": OUTSIDE, "kind": None}
    for counter in shown:
        inside = sum(value for row in rows if isinstance(value := row[counter.name], int))
        check = explanation.readings.get(counter.name)
        if check is None or check.reading.total is None:
            total = counter.predict(explanation.profile.rows)
        else:
            total = check.reading.total
        values[counter.name] = total - inside
        if _layers(explanation, counter):
            off = sum(v for row in rows if isinstance(v := row[f"{counter.name}_remainder"], int))
            difference = check.difference if check else 0
            values[f"{counter.name}_remainder"] = (difference or 0) - off
    return values | {"faults": ""}


def _faults_at(row: Row, shown: Iterable[Counter]) -> str:
    parts = [
        f"{counter.name}: {fault.name} ({size:+d})"
        for counter in shown
        for fault in counter.faults
        if (size := fault.size(row))
    ]
    return "; ".join(parts)


def _notes(explanation: Explanation, shown: Sequence[Counter], hidden: int) -> tuple[Footnote, ...]:
    with_layers = [counter.name for counter in shown if _layers(explanation, counter)]
    without = [counter.name for counter in shown if counter.name not in with_layers]
    notes = []
    if with_layers:
        notes.append(footnote("definition", "off: the remainder, reported minus predicted."))
    if explanation.readings and without:
        names = ", ".join(without)
        predicted = f"Predicted, as the library gives no number for a layer: {names}."
        notes.append(footnote("source", predicted))
    if hidden:
        left_out = f"Rows left out, as every number in them is 0: {hidden}."
        notes.append(footnote("remark", left_out))
    return (*notes, *words(explanation, shown))
