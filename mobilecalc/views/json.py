"""JSON: the raw Table, for programs. Stable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.core.formula import Formula
from mobilecalc.core.shape import Shape


def render(table: Table) -> str:
    """{"title", "columns": [{"key", "heading", "kind"}], "rows", "total", "notes"}."""
    columns = [{"key": c.key, "heading": c.heading, "kind": c.kind} for c in table.columns]
    content = {
        "title": table.title,
        "columns": columns,
        "rows": [_raw(row) for row in table.rows],
        "total": None if table.total is None else _raw(table.total),
        "notes": [str(note) for note in table.footnotes],
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _raw(row: Mapping[str, Value]) -> dict[str, Any]:
    """Formulas and verdicts as text, all else as it is."""
    return {k: str(v) if isinstance(v, Formula | Verdict) else v for k, v in row.items()}


def parse(text: str) -> Table:
    """The table that `render` wrote, but for the columns' `spare` and the footnotes' roles."""
    content = json.loads(text)
    columns = tuple(Column(**column) for column in content["columns"])
    shapes = [column.key for column in columns if column.kind == "shape"]

    def row(values: dict[str, Any]) -> dict[str, Any]:
        return {
            key: Shape(*value) if key in shapes and value is not None else value
            for key, value in values.items()
        }

    return Table(
        content["title"],
        columns,
        tuple(row(values) for values in content["rows"]),
        None if content["total"] is None else row(content["total"]),
        tuple(footnote("remark", note) for note in content["notes"]),
    )
