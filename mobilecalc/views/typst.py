"""Typst: a table in a figure, with its notes below."""

from __future__ import annotations

from mobilecalc.answers.table import Table
from mobilecalc.views.formulas import Typst
from mobilecalc.views.markup import Markup
from mobilecalc.views.numbers import NUMERIC

_LONG_ROWS = 24
"""A longer table breaks over pages."""


def render(table: Table) -> str:
    """The table and its notes, as they stand in a document."""
    columns = table.columns
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    aligned = ", ".join("right" if column.kind in NUMERIC else "left" for column in columns)
    cells = [
        "    " + ", ".join(TYPST.value(row[c.key], c.kind) for c in columns) + "," for row in rows
    ]
    head = ", ".join(f"strong({quoted(column.heading)})" for column in columns)
    rule = ["    table.hline(stroke: 0.5pt),"]
    lines = [
        f"#show figure: set block(breakable: {str(len(rows) > _LONG_ROWS).lower()})",
        "#figure(",
        "  table(",
        f"    columns: {len(columns)}, align: ({aligned},), stroke: none, inset: 3pt,",
        f"    table.header({head}),",
        *rule,
        *(cells[:-1] if table.total is not None else cells),
        *([*rule, cells[-1]] if table.total is not None else []),
        "  ),",
        f"  caption: {quoted(table.title)},",
        ")",
    ]
    if table.footnotes:
        notes = ", ".join(TYPST.parts(note.parts) for note in table.footnotes)
        lines += [f"#text(size: 0.8em, list({notes}))"]
    body = "\n".join(f"  {line}" for line in lines)
    return f"#[\n  #set text(size: 8pt)\n{body}\n]\n"


def quoted(text: str) -> str:
    """A string of Typst, in which nothing is markup."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_NOTATION = Typst()
TYPST = Markup(quoted, lambda formula: f"${_NOTATION.written(formula)}$", between=" + ")
"""An expression of Typst's code."""
