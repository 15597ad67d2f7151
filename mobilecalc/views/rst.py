"""reStructuredText: a list-table, with its notes below."""

from __future__ import annotations

import re

from mobilecalc.answers.table import Table
from mobilecalc.views.formulas import Latex
from mobilecalc.views.markup import Markup

_MARKUP = re.compile(r"([\\*`|]|_(?=\W|$))")
_NOTATION = Latex()


def render(table: Table) -> str:
    """The table and its notes, as they stand in a document."""
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    lines = [f".. list-table:: {_escaped(table.title)}", "   :header-rows: 1", ""]
    lines += _row([_escaped(column.heading) for column in table.columns])
    for row in rows:
        lines += _row([RST.value(row[column.key], column.kind) for column in table.columns])
    notes = [line for note in table.footnotes for line in ("", f"* {RST.parts(note.parts)}")]
    return "\n".join([*lines, *notes]) + "\n"


def _row(texts: list[str]) -> list[str]:
    marks = ["   * -", *["     -"] * (len(texts) - 1)]
    return [f"{mark} {text}".rstrip() for mark, text in zip(marks, texts, strict=True)]


def _escaped(text: str) -> str:
    return _MARKUP.sub(r"\\\1", text)


RST = Markup(_escaped, lambda formula: f":math:`{_NOTATION.written(formula)}`")
"""What stands in a paragraph."""
