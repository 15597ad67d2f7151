"""What do the published tables say, and what do these networks cost?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from mobilecalc.core.table import Column, Table, Value
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
    measure,
)

_GROUPS = (
    ("reproduced", "Reproduced", REPRODUCED),
    ("explained", "Explained", EXPLAINED),
    ("unexplained", "Unexplained", (UNEXPLAINED,)),
    ("outside", "Outside", (OUTSIDE,)),
    ("quoted", "Quoted", (QUOTED,)),
)
"""Key, heading and verdicts of the columns that count figures."""


def overview(tables: Iterable[PublishedTable]) -> Table:
    """A row a table: how many of its figures follow from what the networks cost."""
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
    notes = (
        "Figures by verdict. Reproduced: also truncated, or rounded further. Explained: printed in"
        " another convention, or an error of which is shown what does give the figure. Unexplained:"
        " no alternative that gives the figure was found. Outside: of networks that are not"
        " described here. Quoted: such as accuracies.",
        "One table: mobilecalc paper v1:6. The errors: mobilecalc paper --errata",
    )
    return Table("Published tables", columns, rows, total, notes)


def _counted(table: PublishedTable) -> dict[str, Value]:
    met = Counter(find(figure).verdict for figure in table.figures)
    counts = {key: sum(met[v] for v in verdicts) for key, _, verdicts in _GROUPS}
    return {"table": table.key, "title": table.title, **counts, "source": table.source}


def _sum(rows: Sequence[dict[str, Value]], key: str) -> int:
    return sum(value for row in rows if isinstance(value := row[key], int))


def figures(tables: Sequence[PublishedTable]) -> Table:
    """Each printed figure of these tables beside the computed one, and the verdict."""
    findings = [(table, find(figure)) for table in tables for figure in table.figures]
    one = tables[0] if len(tables) == 1 else None
    title = f"{one.source}: {one.title}" if one else f"Published tables of {_family(tables)}"
    sources = () if one else tuple(f"{table.key}: {table.source}." for table in tables)
    return _table(title, findings, sources, shows_table=one is None)


def errata(tables: Sequence[PublishedTable]) -> Table:
    """The figures that are not what the network costs, and what does give them."""
    findings = [
        (table, found)
        for table in tables
        for figure in table.figures
        if (found := find(figure)).verdict in (*EXPLAINED, UNEXPLAINED)
    ]
    sources = tuple(f"{table.key}: {table.source}." for table in dict(findings))
    return _table("Figures that do not follow", findings, sources, shows_table=True)


def changed_verdicts(tables: Sequence[PublishedTable]) -> tuple[str, ...]:
    """A line for each figure whose verdict is another than the one that was entered."""
    found = (find(figure) for table in tables for figure in table.figures)
    return tuple(
        f"{f.figure.table}, {f.figure.row}, {f.figure.quantity} {f.figure.printed}:"
        f" {f.verdict}, and was {f.figure.verdict}."
        for f in found
        if f.changed
    )


def _family(tables: Sequence[PublishedTable]) -> str:
    return tables[0].key.partition(":")[0]


def _table(
    title: str,
    findings: Sequence[tuple[PublishedTable, Finding]],
    sources: tuple[str, ...],
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
    return Table(title, columns, rows, notes=(*sources, *_notes(findings)))


def _row(table: PublishedTable, found: Finding, keys: Sequence[str]) -> dict[str, Value]:
    figure, other = found.figure, found.alternative
    values: dict[str, Value] = {
        "table": table.key,
        "row": figure.row,
        "quantity": figure.quantity,
        "printed": figure.printed,
        "computed": _number(found.value),
        "off": found.off,
        "verdict": _mark(found.verdict) + found.verdict,
        "with": other.words if other else "",
        "gives": _number(other.value) if other else None,
        "model": figure.model,
        "counted": measure(figure.measure).words if figure.measure else "",
    }
    return {key: values[key] for key in keys}


def _number(value: object) -> Value:
    """A whole number as one, a share as a fraction; None stays None."""
    if value is None or isinstance(value, int):
        return value
    return float(value)  # type: ignore[arg-type]


def _mark(verdict: str) -> str:
    if verdict in REPRODUCED:
        return "= "
    return "≠ " if verdict in (*EXPLAINED, UNEXPLAINED) else ""


def _notes(findings: Sequence[tuple[PublishedTable, Finding]]) -> tuple[str, ...]:
    """Of the tables, of the figures, and what the verdicts mean that are met."""
    met = {found.verdict for _, found in findings}
    of_tables = dict.fromkeys(f"{table.key}: {table.note}" for table, _ in findings if table.note)
    of_figures = dict.fromkeys(
        f"{found.figure.row}, {found.figure.quantity}: {found.figure.note}"
        for _, found in findings
        if found.figure.note
    )
    meanings = (f"{verdict}: {meaning}" for verdict, meaning in VERDICTS.items() if verdict in met)
    off = "Off: the computed number less the printed one, in units of the last printed digit."
    return (*of_tables, *of_figures, *_counted_as(findings), off, f"{'; '.join(meanings)}.")


def _counted_as(findings: Sequence[tuple[PublishedTable, Finding]]) -> tuple[str, ...]:
    """What the computed numbers of each quantity are, where that is one thing."""
    words: dict[str, set[str]] = {}
    for _, found in findings:
        if found.value is not None:
            counted = measure(found.figure.measure)
            words.setdefault(found.figure.quantity, set()).add(counted.words)
    said = (
        f"{quantity}: {next(iter(all_of))}"
        for quantity, all_of in words.items()
        if len(all_of) == 1
    )
    text = "; ".join(said)
    return (f"Computed as {text}.",) if text else ()
