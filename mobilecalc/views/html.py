"""HTML: a page of one table that needs nothing else, light or dark as the reader's screen is."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.table import Table
from mobilecalc.views.formulas import MathML
from mobilecalc.views.markup import Markup
from mobilecalc.views.numbers import NUMERIC, text_of

_NAME_LENGTH = 40
"""A longer text is prose, and may wrap."""

_STYLE = """\
:root { color-scheme: light dark; }
body { font: 15px/1.4 system-ui, sans-serif; margin: 1.5rem; }
.mobilecalc { overflow-x: auto; }
.mobilecalc table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
.mobilecalc caption { text-align: left; font-weight: bold; padding: 0 .6em .5em; }
.mobilecalc th, .mobilecalc td { padding: .15em .6em; text-align: left; vertical-align: top; }
.mobilecalc th { vertical-align: bottom; }
.mobilecalc td { white-space: nowrap; }
.mobilecalc td.prose { white-space: normal; min-width: 18em; }
.mobilecalc .number { text-align: right; }
.mobilecalc thead th { border-bottom: 1px solid; }
.mobilecalc tfoot td { border-top: 1px solid; font-weight: bold; }
.mobilecalc ul { font-size: .9em; padding-left: 1.6em; max-width: 60em; }"""


_NOTATION = MathML()
HTML = Markup(escape, lambda formula: f"<math>{_NOTATION.written(formula)}</math>")
"""What stands between tags."""


def render(table: Table) -> str:
    """The whole page. `fragment` is the part to put into another page."""
    return f"""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{escape(table.title)}</title>
<style>
{_STYLE}
</style>
</head>
<body>
{fragment(table)}
</body>
</html>
"""


def fragment(table: Table) -> str:
    """The table and its notes, in one `<div class="mobilecalc">`."""
    headings = "".join(f"<th{_class(c, c.heading)}>{escape(c.heading)}</th>" for c in table.columns)
    body = "\n".join(_row(table, row) for row in table.rows)
    lines = [
        '<div class="mobilecalc">',
        "<table>",
        f"<caption>{escape(table.title)}</caption>",
        f"<thead>\n<tr>{headings}</tr>\n</thead>",
        f"<tbody>\n{body}\n</tbody>",
    ]
    if table.total is not None:
        lines.append(f"<tfoot>\n{_row(table, table.total)}\n</tfoot>")
    lines.append("</table>")
    if table.footnotes:
        lines.append("<ul>")
        lines += [f"<li>{HTML.parts(note.parts)}</li>" for note in table.footnotes]
        lines.append("</ul>")
    return "\n".join([*lines, "</div>"])


def _row(table: Table, row: Mapping[str, Value]) -> str:
    cells = (
        f"<td{_class(column, text_of(row[column.key], column.kind))}>"
        f"{HTML.value(row[column.key], column.kind)}</td>"
        for column in table.columns
    )
    return f"<tr>{''.join(cells)}</tr>"


def _class(column: Column, text: str) -> str:
    if column.kind in NUMERIC:
        return ' class="number"'
    is_prose = column.kind != "formula" and len(text) > _NAME_LENGTH
    return ' class="prose"' if is_prose else ""
