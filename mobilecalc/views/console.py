"""The console: tables that fit the terminal, and curves drawn with characters (rich)."""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from typing import NamedTuple

from rich.box import Box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from mobilecalc.core.table import Chart, Column, Table
from mobilecalc.views.layout import Layout, fit
from mobilecalc.views.values import NUMERIC

TEXT_WIDTH = 100
"""The width of console text that goes to a file."""

CHART_WIDTH = 78

_BOX = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
"""A rule below the head and above the total."""


def render(table: Table) -> str:
    """The table as plain text, `TEXT_WIDTH` wide."""
    return text([table])


def text(tables: Sequence[Table], charts: Sequence[Chart] = (), width: int = TEXT_WIDTH) -> str:
    """Tables, then charts, as plain text without colour."""
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        _print(console, tables, charts)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def show(tables: Sequence[Table], charts: Sequence[Chart] = ()) -> None:
    """Tables, then charts, on the terminal, as wide as it is; colour where it has colour."""
    _print(Console(highlight=False, soft_wrap=False), tables, charts)


def _print(console: Console, tables: Sequence[Table], charts: Sequence[Chart]) -> None:
    for index, table in enumerate(tables):
        if index:
            console.print()
        _print_table(console, table)
    for chart in charts:
        from mobilecalc.views.curves import draw

        console.print()
        console.print(Text(draw(chart, min(console.width, CHART_WIDTH))), end="")


def _print_table(console: Console, table: Table) -> None:
    """Title, table and notes. What there is no room for is named in a note.

    A table that cannot be made narrow enough is printed whole: a cut number would be a lie.
    """
    width = console.width
    layout = fit(table, width)
    notes = list(table.notes)
    if layout.dropped:
        dropped = ", ".join(column.heading for column in layout.dropped)
        notes.append(f"No room at this width for: {dropped} (every other format has them).")
    console.print(Text(table.title, style="bold"))
    console.width = max(width, layout.width)
    console.print(_rich_table(layout, has_total=table.total is not None))
    console.width = width
    for note in notes:
        console.print(Text(note, style="dim"))


def _rich_table(layout: Layout, *, has_total: bool) -> RichTable:
    rich = RichTable(box=_BOX, show_edge=False, padding=0, pad_edge=False)
    for column, heading, width in zip(layout.columns, layout.head, layout.widths, strict=True):
        rich.add_column(_Cell(heading, column, width, _BOLD), width=width)
    for index, row in enumerate(layout.rows):
        is_total = has_total and index == len(layout.rows) - 1
        if is_total:
            rich.add_section()
        rich.add_row(
            *(
                _Cell(text, column, width, _BOLD if is_total else _style(text, column))
                for text, column, width in zip(row, layout.columns, layout.widths, strict=True)
            )
        )
    return rich


class _Cell(NamedTuple):
    """A text that is laid out already: nothing is left for rich to measure, wrap or pad."""

    text: str
    column: Column
    width: int
    style: Style | None

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        numeric = self.column.kind in NUMERIC
        for line in self.text.split("\n"):
            placed = line.rjust(self.width) if numeric else line.ljust(self.width)
            yield Segment(placed, self.style)
            yield Segment.line()


_BOLD = Style(bold=True)
_GREEN = Style(color="green")
_RED = Style(color="red", bold=True)


def _style(text: str, column: Column) -> Style | None:
    if column.kind != "verdict":
        return None
    if text.lstrip().startswith("="):
        return _GREEN
    return None if text.lstrip()[:1].isalpha() else _RED
