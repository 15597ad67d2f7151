"""The console: tables that fit the terminal, and curves drawn with characters (rich)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple

from rich.box import Box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as RichTable
from rich.text import Text

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.views.layout import Layout, fit
from mobilecalc.views.values import NUMERIC

if TYPE_CHECKING:
    from rich.bar import Bar

    from mobilecalc.answers.charts import Curves

TEXT_WIDTH = 100
"""The width of console text that goes to a file."""

CHART_WIDTH = 78

_LEAST_BAR, _LONGEST_BAR = 10, 24
_BAR_GAP = 1
"""Characters of a bar behind the numbers, and of the space before it, besides the columns' own."""

_BOX = Box("    \n    \n ── \n    \n ── \n ── \n    \n    \n")
"""A rule below the head and above the total."""


def render(table: Table) -> str:
    """The table as plain text, `TEXT_WIDTH` wide."""
    return text([table])


def text(tables: Sequence[Table], charts: Sequence[Curves] = (), width: int = TEXT_WIDTH) -> str:
    """Tables, then charts, as plain text without colour."""
    console = Console(file=StringIO(), width=width, color_system=None)
    with console.capture() as captured:
        _print(console, tables, charts)
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"


def show(tables: Sequence[Table], charts: Sequence[Curves] = ()) -> None:
    """Tables, then charts, on the terminal, as wide as it is; colour where it has colour."""
    _print(Console(highlight=False, soft_wrap=False), tables, charts)


def _print(console: Console, tables: Sequence[Table], charts: Sequence[Curves]) -> None:
    for index, table in enumerate(tables):
        if index:
            console.print()
        _print_table(console, table)
    for chart in charts:
        from mobilecalc.views.charts.characters import draw

        console.print()
        console.print(Text(draw(chart, min(console.width, CHART_WIDTH))), end="")


def _print_table(console: Console, table: Table) -> None:
    """Title, table and notes. What there is no room for is named in a note.

    A table that cannot be made narrow enough is printed whole: a cut number would be a lie.
    """
    width = console.width
    layout = fit(table, width)
    notes = [str(note) for note in table.footnotes]
    if layout.dropped:
        dropped = ", ".join(column.heading for column in layout.dropped)
        notes.append(f"No room at this width for: {dropped} (every other format has them).")
    console.print(Text(table.title, style="bold"))
    console.width = max(width, layout.width)
    bars = _bars(table, layout, width - layout.width - 1)
    console.print(_rich_table(table, layout, bars))
    console.width = width
    for note in notes:
        console.print(Text(note, style="dim"))


def _rich_table(table: Table, layout: Layout, bars: _Bars | None) -> RichTable:
    rich = RichTable(box=_BOX, show_edge=False, padding=0, pad_edge=False)
    for column, heading, width in zip(layout.columns, layout.head, layout.widths, strict=True):
        rich.add_column(_Cell(heading, column, width, _BOLD), width=width)
    if bars:
        rich.add_column(bars.heading, width=bars.width)
    for index, row in enumerate(layout.rows):
        is_total = index == len(table.rows)
        if is_total:
            rich.add_section()
        rich.add_row(
            *(
                _Cell(text, column, width, _BOLD if is_total else _style(table.rows[index], column))
                for text, column, width in zip(row, layout.columns, layout.widths, strict=True)
            ),
            *([bars.cells[index]] if bars and not is_total else []),
        )
    return rich


class _Bars(NamedTuple):
    """A column of bars behind the numbers."""

    heading: Text
    width: int
    cells: Sequence[_BarCell]


def _bars(table: Table, layout: Layout, room: int) -> _Bars | None:
    """A bar for each row's share, the largest as long as the room; None where there is no room."""
    column = next((c for c in table.columns if c.key == table.bars), None)
    if column is None or room < _BAR_GAP + max(_LEAST_BAR, len(column.heading)):
        return None
    from rich.bar import Bar

    shares = [v if isinstance(v, int | float) else 0 for v in table.column(column.key)]
    width = min(room - _BAR_GAP, _LONGEST_BAR)
    most = max(shares, default=0) or 1
    above = "\n" * layout.head[0].count("\n")
    return _Bars(
        Text(f"{above}{'':{_BAR_GAP}}{column.heading}", style=_BOLD),
        _BAR_GAP + width,
        [_BarCell(Bar(most, 0, share, width=width)) for share in shares],
    )


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


class _BarCell(NamedTuple):
    """A bar, and the space before it."""

    bar: Bar

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield Segment(" " * _BAR_GAP)
        yield self.bar


_BOLD = Style(bold=True)
_GREEN = Style(color="green")
_RED = Style(color="red", bold=True)


def _style(row: Mapping[str, Value], column: Column) -> Style | None:
    verdict = row[column.key]
    if not isinstance(verdict, Verdict) or verdict.agrees is None:
        return None
    return _GREEN if verdict.agrees else _RED
