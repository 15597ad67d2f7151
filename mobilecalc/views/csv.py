"""CSV: the raw rows under their keys; no total, no notes, so that a column can be summed."""

from __future__ import annotations

import csv
import io

from mobilecalc.answers.table import Table


def render(table: Table) -> str:
    """Comma-separated, one header line; a shape is written 32x112x112, a missing value empty."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(column.key for column in table.columns)
    writer.writerows([_plain(row[column.key]) for column in table.columns] for row in table.rows)
    return text.getvalue()


def _plain(value: object) -> object:
    """Shapes, formulas and verdicts as text, all else as it is."""
    return str(value) if isinstance(value, tuple) else value
