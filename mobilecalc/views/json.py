"""JSON: the raw Table, for programs. Stable."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.table import Table
from mobilecalc.core.formula import Formula
from mobilecalc.core.shape import Shape
from mobilecalc.views.values import text_of


def render(table: Table) -> str:
    """{"title", "columns": [{"key", "heading", "kind"}], "rows", "total", "notes"}."""
    columns = [{"key": c.key, "heading": c.heading, "kind": c.kind} for c in table.columns]
    content = {
        "title": table.title,
        "columns": columns,
        "rows": [_raw(row) for row in table.rows],
        "total": None if table.total is None else _raw(table.total),
        "notes": table.notes,
    }
    return json.dumps(content, indent=2, allow_nan=False) + "\n"


def _raw(row: Mapping[str, Value]) -> dict[str, Any]:
    """Formulas as text, all else as it is."""
    return {k: text_of(v, "formula") if isinstance(v, Formula) else v for k, v in row.items()}


def parse(text: str) -> Table:
    """The table that `render` wrote (which leaves out the columns' `spare`)."""
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
        tuple(content["notes"]),
    )
