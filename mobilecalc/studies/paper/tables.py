"""What do the published tables say, and what do these networks cost?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from mobilecalc.answers.charts import Chart
from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.literature import (
    EXPLAINED,
    OUTSIDE,
    QUOTED,
    REPRODUCED,
    UNEXPLAINED,
    VERDICTS,
    Finding,
    PublishedTable,
    find,
)
from mobilecalc.networks.quantities import quantity

_GROUPS = (
    ("reproduced", "Reproduced", REPRODUCED),
    ("explained", "Explained", EXPLAINED),
    ("unexplained", "Unexplained", (UNEXPLAINED,)),
    ("outside", "Outside", (OUTSIDE,)),
    ("quoted", "Quoted", (QUOTED,)),
)
"""Key, heading and verdicts of the columns that count figures."""


def overview(tables: Sequence[PublishedTable], *, checked: bool = False) -> Table:
    """A row a table: how many of its figures follow from what the networks cost.

    checked: say that no verdict is another than is on record, where that is so.
    """
    rows = tuple(_counted(table) for table in tables)
    columns = (
        Column("table", "Table", "text"),
        Column("title", "What it shows", "text"),
        *(Column(k, heading, "count", spare=2 * (k == QUOTED)) for k, heading, _ in _GROUPS),
        Column("source", "Source", "text", spare=1),
    )
    total: dict[str, Value] = {
        "table": "all",
        "title": "",
        **{k: _sum(rows, k) for k, _, _ in _GROUPS},
        "source": "",
    }
    met = Counter(find(figure).verdict for table in tables for figure in table.figures)
    ways = ", ".join(f"{met[way]} {way}" for way in REPRODUCED[1:])
    notes: tuple[Footnote, ...] = (
        footnote(
            "definition",
            f"Figures by verdict. Reproduced: {met[REPRODUCED[0]]} rounded to the nearest, {ways}."
            " Explained: printed in another convention, or an error of which is shown what does"
            " give the figure. Unexplained: nothing was found that gives the figure and fits what"
            " stands beside it. Outside: of networks that are not described here. Quoted: such as"
            " accuracies.",
        ),
        footnote(
            "remark",
            "One table: mobilecalc paper v1:6. What does not follow: mobilecalc paper --errata",
        ),
    )
    if checked and not changed_verdicts(tables):
        notes += (footnote("remark", f"All {sum(met.values())} verdicts are as on record."),)
    return Table("Published tables", columns, rows, total, notes, charts=lambda: _accuracy(tables))


def _accuracy(tables: Sequence[PublishedTable]) -> Sequence[Chart]:
    from mobilecalc.studies.paper.accuracy import accuracy_over_macs

    return accuracy_over_macs(tables)


def _counted(table: PublishedTable) -> dict[str, Value]:
    met = Counter(find(figure).verdict for figure in table.figures)
    counts = {key: sum(met[v] for v in verdicts) for key, _, verdicts in _GROUPS}
    return {"table": table.key, "title": table.title, **counts, "source": table.source}


def _sum(rows: Sequence[dict[str, Value]], key: str) -> int:
    return sum(value for row in rows if isinstance(value := row[key], int))


def figures(tables: Sequence[PublishedTable], *, only_errata: bool = False) -> Table:
    """Each printed figure of these tables beside the computed one, and the verdict.

    only_errata: those that do not follow.
    """
    found = [one for table in tables for one in _found(table, only_errata)]
    sources = (footnote("source", f"{table.key}: {table.source}.") for table in _tables_of(found))
    title = "Figures that do not follow" if only_errata else "Published figures"
    notes = (*sources, *_notes(found), *_meanings(found))
    return _table(title, tables, found, notes, shows_table=True)


def sections(tables: Sequence[PublishedTable], *, only_errata: bool = False) -> list[Table]:
    """The same as a table for each published table; the last says what the words mean."""
    parts = [(table, part) for table in tables if (part := _found(table, only_errata))]
    shown = [_section(table, part) for table, part in parts]
    meanings = _meanings([one for _, part in parts for one in part])
    if not shown:
        return [figures(tables, only_errata=only_errata)]
    last = replace(shown[-1], footnotes=(*shown[-1].footnotes, *meanings))
    return [*shown[:-1], last]


def _found(table: PublishedTable, only_errata: bool) -> list[tuple[PublishedTable, Finding]]:
    findings = [find(figure) for figure in table.figures]
    wanted = (*EXPLAINED, UNEXPLAINED) if only_errata else tuple(VERDICTS)
    return [(table, found) for found in findings if found.verdict in wanted]


def changed_verdicts(tables: Sequence[PublishedTable]) -> tuple[str, ...]:
    """A line for each figure whose verdict is another than the one that was entered."""
    found = (find(figure) for table in tables for figure in table.figures)
    return tuple(
        f"{f.figure.table}, {f.figure.row}, {f.figure.quantity} {f.figure.printed}:"
        f" {f.verdict}, and was {f.figure.verdict}."
        for f in found
        if f.changed
    )


def _section(table: PublishedTable, found: Sequence[tuple[PublishedTable, Finding]]) -> Table:
    title = f"{table.key}  {table.source}: {table.title}"
    return _table(title, [table], found, _notes(found), shows_table=False)


def _table(
    title: str,
    tables: Sequence[PublishedTable],
    findings: Sequence[tuple[PublishedTable, Finding]],
    notes: tuple[Footnote, ...],
    *,
    shows_table: bool,
) -> Table:
    met = [found for _, found in findings]
    has_alternative = any(found.alternative for found in met)
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
    rows = tuple(
        _row(table, found, [column.key for column in columns]) for table, found in findings
    )
    return Table(title, columns, rows, footnotes=notes, charts=lambda: _accuracy(tables))


def _tables_of(findings: Sequence[tuple[PublishedTable, Finding]]) -> list[PublishedTable]:
    """Each once, in order."""
    return list({table.key: table for table, _ in findings}.values())


def _row(table: PublishedTable, found: Finding, keys: Sequence[str]) -> dict[str, Value]:
    figure, other = found.figure, found.alternative
    values: dict[str, Value] = {
        "table": table.key,
        "row": figure.row,
        "quantity": figure.quantity,
        "printed": figure.printed,
        "computed": _number(found.value),
        "off": found.off,
        "verdict": _verdict(found.verdict),
        "with": other.words if other else "",
        "gives": _number(other.value) if other else None,
        "model": figure.model,
        "counted": quantity(figure.measure).words if figure.measure else "",
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


def _notes(findings: Sequence[tuple[PublishedTable, Finding]]) -> tuple[Footnote, ...]:
    """Of the tables, of the figures, and what is computed."""
    noted = dict.fromkeys(f"{table.key}: {table.note}" for table, _ in findings if table.note)
    of_tables = (footnote("source", note) for note in noted)
    rows_of: dict[tuple[str, str], list[str]] = {}
    for _, found in findings:
        if found.figure.note:
            rows_of.setdefault((found.figure.quantity, found.figure.note), []).append(
                found.figure.row
            )
    of_figures = (
        footnote("remark", f"{' and '.join(dict.fromkeys(rows))}, {quantity}: {note}")
        for (quantity, note), rows in rows_of.items()
    )
    return (*of_tables, *of_figures, *_counted_as(findings))


def _meanings(findings: Sequence[tuple[PublishedTable, Finding]]) -> tuple[Footnote, ...]:
    """What the words mean that are met."""
    met = {found.verdict for _, found in findings}
    if not met:
        return (footnote("remark", "Every computed figure follows."),)
    off = "Off: the computed number less the printed one, in units of the last printed digit."
    meanings = (f"{verdict}: {meaning}" for verdict, meaning in VERDICTS.items() if verdict in met)
    return footnote("definition", off), footnote("definition", f"{'; '.join(meanings)}.")


def _counted_as(findings: Sequence[tuple[PublishedTable, Finding]]) -> tuple[Footnote, ...]:
    """What is computed for each quantity, where that is one thing and its name does not say it."""
    words: dict[str, set[str]] = {}
    for _, found in findings:
        if found.value is not None:
            counted = quantity(found.figure.measure)
            words.setdefault(found.figure.quantity, set()).add(counted.words)
    said = (
        f"{quantity} = {counted}"
        for quantity, (counted, *others) in words.items()
        if not others and counted != quantity
    )
    text = "; ".join(said)
    return (footnote("convention", f"Computed: {text}."),) if text else ()
