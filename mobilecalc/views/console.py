"""The console: tables that fit the terminal, and curves drawn with characters (rich)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

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
from mobilecalc.views.numbers import NUMERIC

if TYPE_CHECKING:
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
    columns = [*_columns(table, layout), *_bars(console, table, layout, width - layout.width - 1)]
    console.print(_rich_table(columns, has_total=table.total is not None))
    console.width = width
    for note in notes:
        console.print(Text(note, style="dim"))


_Cell: TypeAlias = list[Segment]
"""A segment for each line of a cell, all as wide as the column."""


class _Printed(NamedTuple):
    """A column: the cells of its rows, the last of them that of the total if there is one."""

    width: int
    heading: _Cell
    cells: list[_Cell]


class _Block(NamedTuple):
    """Lines that are laid out already: nothing is left for rich to measure, wrap or pad."""

    lines: list[Segment]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for line in self.lines:
            yield line
            yield Segment.line()


def _rich_table(columns: Sequence[_Printed], *, has_total: bool) -> RichTable:
    """All rows in one row of rich's table.

    A cell each would take three times as long to print, a tenth of a light command's time.
    """
    rich = RichTable(box=_BOX, show_edge=False, padding=0, pad_edge=False, show_footer=has_total)
    rows = list(zip(*(column.cells for column in columns), strict=True))
    heights = [max(map(len, row)) for row in rows]
    blocks: list[_Block] = []
    for column in columns:
        blank = Segment(" " * column.width)
        filled = [
            [*cell, *[blank] * (height - len(cell))]
            for cell, height in zip(column.cells, heights, strict=True)
        ]
        total = _Block(filled.pop()) if has_total else ""
        blocks.append(_Block([line for cell in filled for line in cell]))
        rich.add_column(_Block(column.heading), total, width=column.width)
    if len(rows) > has_total:
        rich.add_row(*blocks)
    return rich


def _columns(table: Table, layout: Layout) -> Iterator[_Printed]:
    """Of the layout, with the verdicts in their colours and the total in bold."""
    for index, (column, width) in enumerate(zip(layout.columns, layout.widths, strict=True)):
        styles = [*(_style(row, column) for row in table.rows), _BOLD]
        yield _Printed(
            width,
            _cell(layout.head[index], column, width, _BOLD),
            [
                _cell(row[index], column, width, style)
                for row, style in zip(layout.rows, styles, strict=False)  # there may be no total
            ],
        )


def _cell(text: str, column: Column, width: int, style: Style | None) -> _Cell:
    place = str.rjust if column.kind in NUMERIC else str.ljust
    return [Segment(place(line, width), style) for line in text.split("\n")]


def _bars(console: Console, table: Table, layout: Layout, room: int) -> Iterator[_Printed]:
    """A bar for each row's share, the largest as long as the room; none where there is no room."""
    column = next((c for c in table.columns if c.key == table.bars), None)
    if column is None or room < _BAR_GAP + max(_LEAST_BAR, len(column.heading)):
        return
    from rich.bar import Bar

    length = min(room - _BAR_GAP, _LONGEST_BAR)
    width = _BAR_GAP + length
    shares = [v if isinstance(v, int | float) else 0 for v in table.column(column.key)]
    most = max(shares, default=0) or 1

    def bar(share: float) -> _Cell:
        drawn, _ = console.render(Bar(most, 0, share, width=length))
        return [Segment(" " * _BAR_GAP + drawn.text, drawn.style)]

    lines = [*[""] * layout.head[0].count("\n"), " " * _BAR_GAP + column.heading]
    heading = [Segment(line.ljust(width), _BOLD) for line in lines]
    total = [[Segment(" " * width)]] if table.total is not None else []
    yield _Printed(width, heading, [*map(bar, shares), *total])


_BOLD = Style(bold=True)
_GREEN = Style(color="green")
_RED = Style(color="red", bold=True)


def _style(row: Mapping[str, Value], column: Column) -> Style | None:
    verdict = row[column.key]
    if not isinstance(verdict, Verdict) or verdict.agrees is None:
        return None
    return _GREEN if verdict.agrees else _RED
