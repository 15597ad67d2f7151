"""Each published value beside the computed one, and why they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import TypeAlias

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.literature import (
    EXPLAINED,
    REPRODUCED,
    UNEXPLAINED,
    VERDICTS,
    Judgement,
    PublishedTable,
    judge,
)
from mobilecalc.networks.quantities import quantity
from mobilecalc.studies.paper.accuracy import accuracy_over_macs

_Judged: TypeAlias = tuple[PublishedTable, Judgement]
"""A value's table, and what became of the value."""


def comparison(tables: Sequence[PublishedTable], *, only_errata: bool = False) -> Table:
    """Each value of these tables, printed and computed, and the verdict.

    only_errata: those that do not follow.
    """
    judged = [one for table in tables for one in _judged(table, only_errata)]
    named = dict.fromkeys(f"{table.key}: {table.source}." for table, _ in judged)
    sources = (footnote("source", name) for name in named)
    title = "Figures that do not follow" if only_errata else "Published figures"
    notes = (*sources, *_notes(judged), *_meanings(judged))
    return _table(title, tables, judged, notes, shows_table=True)


def comparisons(tables: Sequence[PublishedTable], *, only_errata: bool = False) -> list[Table]:
    """The same as a table for each published table; the last says what the words mean."""
    parts = [(table, part) for table in tables if (part := _judged(table, only_errata))]
    shown = [_section(table, part) for table, part in parts]
    meanings = _meanings([one for _, part in parts for one in part])
    if not shown:
        return [comparison(tables, only_errata=only_errata)]
    last = replace(shown[-1], footnotes=(*shown[-1].footnotes, *meanings))
    return [*shown[:-1], last]


def _judged(table: PublishedTable, only_errata: bool) -> list[_Judged]:
    wanted = (*EXPLAINED, UNEXPLAINED) if only_errata else tuple(VERDICTS)
    judged = map(judge, table.values)
    return [(table, one) for one in judged if one.verdict in wanted]


def _section(table: PublishedTable, judged: Sequence[_Judged]) -> Table:
    title = f"{table.key}  {table.source}: {table.title}"
    return _table(title, [table], judged, _notes(judged), shows_table=False)


def _table(
    title: str,
    tables: Sequence[PublishedTable],
    judged: Sequence[_Judged],
    notes: tuple[Footnote, ...],
    *,
    shows_table: bool,
) -> Table:
    has_alternative = any(one.alternative for _, one in judged)
    columns = (
        *([Column("table", "Table", "text")] if shows_table else []),
        Column("row", "Row", "text"),
        Column("quantity", "Figure", "text"),
        Column("printed", "Printed", "amount"),
        Column("computed", "Computed", "amount"),
        Column("off", "Off", "steps"),
        Column("verdict", "Verdict", "verdict"),
        *(
            [Column("with", "What gives it", "text"), Column("gives", "Gives", "amount")]
            if has_alternative
            else []
        ),
        Column("model", "Model", "text", spare=1),
        Column("counted", "Counted", "text", spare=2),
    )
    rows = tuple(_row(table, one, [column.key for column in columns]) for table, one in judged)
    return Table(title, columns, rows, footnotes=notes, charts=partial(accuracy_over_macs, tables))


def _row(table: PublishedTable, judged: Judgement, keys: Sequence[str]) -> dict[str, Value]:
    published, other = judged.published, judged.alternative
    values: dict[str, Value] = {
        "table": table.key,
        "row": published.row,
        "quantity": published.column,
        "printed": published.printed,
        "computed": _number(judged.value),
        "off": judged.off,
        "verdict": _verdict(judged.verdict),
        "with": other.words if other else "",
        "gives": _number(other.value) if other else None,
        "model": published.model,
        "counted": quantity(published.quantity).words if published.quantity else "",
    }
    return {key: values[key] for key in keys}


def _number(value: object) -> Value:
    """A whole number as one, a share as a fraction; None stays None."""
    if value is None or isinstance(value, int):
        return value
    return float(value)  # type: ignore[arg-type]


def _verdict(name: str) -> Verdict:
    if name in REPRODUCED:
        return Verdict(True, (f"= {name}",))
    if name in (*EXPLAINED, UNEXPLAINED):
        return Verdict(False, (f"≠ {name}",))
    return Verdict(None, (name,))


def _notes(judged: Sequence[_Judged]) -> tuple[Footnote, ...]:
    """Of the tables, of their values, and what is computed."""
    noted = dict.fromkeys(f"{table.key}: {table.note}" for table, _ in judged if table.note)
    of_tables = (footnote("source", note) for note in noted)
    rows_of: dict[tuple[str, str], list[str]] = {}
    for _, one in judged:
        if one.published.note:
            rows_of.setdefault((one.published.column, one.published.note), []).append(
                one.published.row
            )
    of_values = (
        footnote("remark", f"{' and '.join(dict.fromkeys(rows))}, {column}: {note}")
        for (column, note), rows in rows_of.items()
    )
    return (*of_tables, *of_values, *_counted_as(judged))


def _meanings(judged: Sequence[_Judged]) -> tuple[Footnote, ...]:
    """What the words mean that are met."""
    met = {one.verdict for _, one in judged}
    if not met:
        return (footnote("remark", "Every computed figure follows."),)
    off = "Off: the computed number less the printed one, in units of the last printed digit."
    meanings = (f"{verdict}: {meaning}" for verdict, meaning in VERDICTS.items() if verdict in met)
    return footnote("definition", off), footnote("definition", f"{'; '.join(meanings)}.")


def _counted_as(judged: Sequence[_Judged]) -> tuple[Footnote, ...]:
    """What is computed for each column, where that is one thing and its name does not say it."""
    words: dict[str, set[str]] = {}
    for _, one in judged:
        if one.value is not None:
            counted = quantity(one.published.quantity)
            words.setdefault(one.published.column, set()).add(counted.words)
    said = (
        f"{column} = {counted}"
        for column, (counted, *others) in words.items()
        if not others and counted != column
    )
    text = "; ".join(said)
    return (footnote("convention", f"Computed: {text}."),) if text else ()
