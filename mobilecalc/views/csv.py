"""CSV: the raw rows under their keys; no total, no notes, so that a column can be summed."""

from __future__ import annotations

import csv
import io

from mobilecalc.answers.table import Table
from mobilecalc.core.formula import Formula
from mobilecalc.views.values import text_of


def render(table: Table) -> str:
    """Comma-separated, one header line; a shape is written 32x112x112, a missing value empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in table.columns)
    writer.writerows([_plain(row[column.key]) for column in table.columns] for row in table.rows)
    return text.getvalue()


def _plain(value: object) -> object:
    if isinstance(value, Formula):
        return text_of(value, "formula")
    return str(value) if isinstance(value, tuple) else value
