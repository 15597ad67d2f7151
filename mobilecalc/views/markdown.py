"""Markdown: a pipe table with its title above and its notes below."""

from __future__ import annotations

import re

from mobilecalc.answers.table import Table
from mobilecalc.views.values import NUMERIC, text_of


def render(table: Table) -> str:
    """A table that GitHub, Quarto and pandoc read; the total is its last row, in bold."""
    numeric = [column.kind in NUMERIC for column in table.columns]
    cells = [[_escape(column.heading) for column in table.columns]]
    cells += [
        [_escape(text_of(row[column.key], column.kind)) for column in table.columns]
        for row in table.rows
    ]
    if table.total is not None:
        total = [_escape(text_of(table.total[c.key], c.kind)) for c in table.columns]
        cells.append([f"**{text}**" if text else "" for text in total])
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
    notes = [f"- {_escape(note)}" for note in table.notes]
    blocks = [[f"**{_escape(table.title)}**"], lines, notes]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _escape(text: str) -> str:
    return re.sub(r"([\\|*_<>`])", r"\\\1", text)
