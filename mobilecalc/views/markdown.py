"""Markdown: a pipe table with its title above and its notes below."""

from __future__ import annotations

import re

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.table import Table
from mobilecalc.core.formula import Formula
from mobilecalc.views.formulas import Latex
from mobilecalc.views.markup import Markup
from mobilecalc.views.numbers import NUMERIC


def render(table: Table) -> str:
    """A table that GitHub, Quarto and pandoc read; the total is its last row, in bold."""
    numeric = [column.kind in NUMERIC for column in table.columns]
    cells = [[_escape(column.heading) for column in table.columns]]
    cells += [[MARKDOWN.value(row[c.key], c.kind) for c in table.columns] for row in table.rows]
    if table.total is not None:
        cells.append([_bold(table.total[column.key], column) for column in table.columns])
    widths = [max(3, *map(len, column)) for column in zip(*cells, strict=True)]
    rule = [
        f"{'-' * (width - 1)}:" if right else "-" * width
        for width, right in zip(widths, numeric, strict=True)
    ]
    cells.insert(1, rule)
    lines = [
        "| "
        + " | ".join(
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(row, widths, numeric, strict=True)
        )
        + " |"
        for row in cells
    ]
    notes = [f"- {MARKDOWN.parts(note.parts)}" for note in table.footnotes]
    blocks = [[f"**{_escape(table.title)}**"], lines, notes]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _bold(value: Value, column: Column) -> str:
    """Not formulas: between asterisks GitHub does not see their dollar signs."""
    text = MARKDOWN.value(value, column.kind)
    return f"**{text}**" if text and not isinstance(value, Formula) else text


def _escape(text: str) -> str:
    return re.sub(r"([\\|*_<>`$])", r"\\\1", text)


_NOTATION = Latex()
MARKDOWN = Markup(_escape, lambda formula: f"${_NOTATION.written(formula)}$")
"""What stands in a paragraph or in a cell."""
