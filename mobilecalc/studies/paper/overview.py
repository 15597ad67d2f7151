"""How many of the published values follow from what the networks cost?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import partial

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.literature import (
    EXPLAINED,
    OUTSIDE,
    QUOTED,
    REPRODUCED,
    UNEXPLAINED,
    PublishedTable,
    judge,
)
from mobilecalc.studies.paper.accuracy import accuracy_over_macs

_GROUPS = (
    ("reproduced", "Reproduced", REPRODUCED),
    ("explained", "Explained", EXPLAINED),
    ("unexplained", "Unexplained", (UNEXPLAINED,)),
    ("outside", "Outside", (OUTSIDE,)),
    ("quoted", "Quoted", (QUOTED,)),
)
"""Key, heading and verdicts of the columns that count published values."""


def overview(tables: Sequence[PublishedTable], *, checked: bool = False) -> Table:
    """A row a table: how many of its values follow from what the networks cost.

    checked: say which verdict is another than is on record, or that none is.
    """
    by_table = [Counter(judge(value).verdict for value in table.values) for table in tables]
    met = sum(by_table, Counter[str]())
    rows = tuple(
        {"table": t.key, "title": t.title, **_grouped(verdicts), "source": t.source}
        for t, verdicts in zip(tables, by_table, strict=True)
    )
    columns = (
        Column("table", "Table", "text"),
        Column("title", "What it shows", "text"),
        *(Column(k, heading, "count", spare=2 * (k == QUOTED)) for k, heading, _ in _GROUPS),
        Column("source", "Source", "text", spare=1),
    )
    total: dict[str, Value] = {"table": "all", "title": "", **_grouped(met), "source": ""}
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
    if checked:
        unchanged = footnote("remark", f"All {met.total()} verdicts are as on record.")
        notes += tuple(footnote("failure", line) for line in _changed(tables)) or (unchanged,)
    charts = partial(accuracy_over_macs, tables)
    return Table("Published tables", columns, rows, total, notes, charts=charts)


def _grouped(verdicts: Counter[str]) -> dict[str, Value]:
    return {key: sum(verdicts[one] for one in group) for key, _, group in _GROUPS}


def _changed(tables: Sequence[PublishedTable]) -> tuple[str, ...]:
    """A line for each value whose verdict is another than the one that was entered."""
    judged = (judge(value) for table in tables for value in table.values)
    return tuple(
        f"{one.published.table}, {one.published.row}, {one.published.column}"
        f" {one.published.printed}: {one.verdict}, and was {one.published.verdict}."
        for one in judged
        if one.changed
    )
