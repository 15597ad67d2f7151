"""The console: tables that fit the terminal, and curves drawn with characters (rich)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from rich.console import Console
from rich.segment import Segment, Segments
from rich.style import Style
from rich.text import Text

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.views.layout import Layout, fit
from mobilecalc.views.values import NUMERIC

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Curves

TEXT_WIDTH = 100
"""The width of console text that goes to a file."""

CHART_WIDTH = 78

_LEAST_BAR, _LONGEST_BAR = 10, 24
_BAR_GAP = 1
"""Characters of a bar behind the numbers, and of the space before it, besides the columns' own."""


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
    layout = fit(table, console.width)
    notes = [str(note) for note in table.footnotes]
    if layout.dropped:
        dropped = ", ".join(column.heading for column in layout.dropped)
        notes.append(f"No room at this width for: {dropped} (every other format has them).")
    console.print(Text(table.title, style="bold"))
    bars = _bars(console, table, layout)
    console.print(Segments(_lines(console, table, layout, bars)), crop=False)
    for note in notes:
        console.print(Text(note, style="dim"))


_Cell: TypeAlias = list[Segment]
"""A segment for each of its lines, all as wide as the column."""


class _Bars(NamedTuple):
    """A column of bars behind the numbers: its heading, and a bar for each row."""

    width: int
    heading: _Cell
    cells: Sequence[_Cell]


def _lines(console: Console, table: Table, layout: Layout, bars: _Bars | None) -> Iterator[Segment]:
    """The table, with a rule below the head and above the total.

    A layout leaves nothing to measure or wrap. rich's own table would do both again, cell by
    cell: a sixth of a light command's time.
    """
    width = layout.width + (1 + bars.width if bars else 0)
    rule = Segment(("-" if console.options.ascii_only else "─") * width)
    heading = [
        _cell(*cell, _BOLD) for cell in zip(layout.head, layout.columns, layout.widths, strict=True)
    ]
    yield from _side_by_side([*heading, *([bars.heading] if bars else [])])
    yield from (rule, Segment.line())
    for index, row in enumerate(layout.rows):
        is_total = index == len(table.rows)
        if is_total:
            yield from (rule, Segment.line())
        cells = [
            _cell(text, column, width, _BOLD if is_total else _style(table.rows[index], column))
            for text, column, width in zip(row, layout.columns, layout.widths, strict=True)
        ]
        if bars:
            cells.append([Segment(" " * bars.width)] if is_total else bars.cells[index])
        yield from _side_by_side(cells)


def _cell(text: str, column: Column, width: int, style: Style | None) -> _Cell:
    place = str.rjust if column.kind in NUMERIC else str.ljust
    return [Segment(place(line, width), style) for line in text.split("\n")]


def _side_by_side(cells: Sequence[_Cell]) -> Iterator[Segment]:
    """The lines of a row, one space between the columns."""
    blanks = [Segment(" " * len(cell[0].text)) for cell in cells]
    for line in zip_longest(*cells):
        for index, (segment, blank) in enumerate(zip(line, blanks, strict=True)):
            if index:
                yield _SPACE
            yield segment or blank
        yield Segment.line()


def _bars(console: Console, table: Table, layout: Layout) -> _Bars | None:
    """A bar for each row's share, the largest as long as the room; None where there is no room."""
    room = console.width - layout.width - 1
    column = next((c for c in table.columns if c.key == table.bars), None)
    if column is None or room < _BAR_GAP + max(_LEAST_BAR, len(column.heading)):
        return None
    from rich.bar import Bar

    def bar(share: float) -> _Cell:
        drawn, _ = console.render(Bar(most, 0, share, width=length))
        return [Segment(" " * _BAR_GAP + drawn.text, drawn.style)]

    shares = [v if isinstance(v, int | float) else 0 for v in table.column(column.key)]
    length = min(room - _BAR_GAP, _LONGEST_BAR)
    most = max(shares, default=0) or 1
    above = [""] * layout.head[0].count("\n")
    heading = [*above, " " * _BAR_GAP + column.heading]
    width = _BAR_GAP + length
    return _Bars(
        width,
        [Segment(line.ljust(width), _BOLD) for line in heading],
        [bar(share) for share in shares],
    )


_SPACE = Segment(" ")
_BOLD = Style(bold=True)
_GREEN = Style(color="green")
_RED = Style(color="red", bold=True)


def _style(row: Mapping[str, Value], column: Column) -> Style | None:
    verdict = row[column.key]
    if not isinstance(verdict, Verdict) or verdict.agrees is None:
        return None
    return _GREEN if verdict.agrees else _RED
