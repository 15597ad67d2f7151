"""Which conventions are there?"""

from __future__ import annotations

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.counters import CONVENTIONS
from mobilecalc.studies.costs import legend


def conventions() -> Table:
    """A row a convention: its sum over the facts, its unit, what it charges, its source."""
    columns = (
        Column("convention", "Convention", "text"),
        Column("formula", "Sum", "formula"),
        Column("unit", "Unit", "text"),
        Column("meaning", "What it charges", "text"),
        Column("source", "Source", "text", spare=1),
    )
    named = [CONVENTIONS[name] for name in CONVENTIONS]
    rows: list[dict[str, Value]] = [
        {
            "convention": convention.name,
            "formula": convention.formula,
            "unit": convention.unit,
            "meaning": convention.meaning,
            "source": convention.source,
        }
        for convention in named
    ]
    notes = (
        legend(named),
        footnote(
            "remark",
            'Your own: --convention "macs + bias_adds + 2*norm_elements", of any facts (mobilecalc'
            " count v1 lists them).",
        ),
    )
    return Table("The conventions", columns, tuple(rows), footnotes=notes)
