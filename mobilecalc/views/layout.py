"""Fitting a table into a number of characters: which columns, how wide, where texts wrap."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from textwrap import wrap
from typing import NamedTuple

from mobilecalc.answers.columns import Column
from mobilecalc.answers.table import Table
from mobilecalc.views.numbers import NUMERIC, text_of

_NAME_WIDTH = 28
"""Names up to this width do not wrap."""

_WORD_WIDTH = 14
"""Where texts must wrap, words up to this width are left whole."""

_PROSE_WIDTH = 18
"""A column of longer texts may be this narrow before there is no room for it."""


_PIECES = re.compile(r"-?[^\s-]+-?")
"""What a heading may be broken into: words, and after hyphens."""


class Layout(NamedTuple):
    """A table's texts, set: a cell may hold several lines, none wider than its column.

    Columns stand one space apart; what gap there is beyond it is in the width of the column on
    the right. The last row is the total, if there is one.
    """

    columns: tuple[Column, ...]
    dropped: tuple[Column, ...]
    widths: tuple[int, ...]
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def width(self) -> int:
        """The width of the whole table."""
        return sum(self.widths) + len(self.widths) - 1


def fit(table: Table, width: int) -> Layout:
    """The roomiest layout within `width`; the narrowest there is, where none fits.

    Columns move together first, then counts are rounded, then spare columns are left out, then
    short texts wrap too. Texts take the room that is left, and wrap.
    """
    for texts in _candidates(table):
        if texts.least_width <= width:
            break
    gaps = [0, *[texts.gap - 1] * (len(texts.columns) - 1)]
    inner = texts.widths(width)
    cells = (
        [_set(text, column, w, gap) for text in texts_of_column]
        for texts_of_column, column, w, gap in zip(
            texts.cells, texts.columns, inner, gaps, strict=True
        )
    )
    return Layout(
        texts.columns,
        tuple(column for column in table.columns if column not in texts.columns),
        tuple(w + gap for w, gap in zip(inner, gaps, strict=True)),
        tuple(_head(texts.columns, inner, gaps)),
        tuple(zip(*cells, strict=True)),
    )


class _Texts(NamedTuple):
    """One way to show a table: its columns, the gap between them, their texts by column."""

    columns: tuple[Column, ...]
    gap: int
    cells: tuple[tuple[str, ...], ...]
    tight: bool

    @property
    def least_widths(self) -> list[int]:
        """Of each column: the width of its longest number, name or heading word."""
        return [
            max(
                _least(cells, column, tight=self.tight),
                *map(len, _PIECES.findall(column.heading)),
                1,
            )
            for cells, column in zip(self.cells, self.columns, strict=True)
        ]

    @property
    def least_width(self) -> int:
        return sum(self.least_widths) + self.gap * (len(self.columns) - 1)

    def widths(self, width: int) -> list[int]:
        """The least widths, and for wrapping columns what they can use of the room left."""
        widths = self.least_widths
        room = width - self.least_width
        for index, (cells, column) in enumerate(zip(self.cells, self.columns, strict=True)):
            if wraps(cells, column) and room > 0:
                wish = max(map(len, cells), default=0) - widths[index]
                widths[index] += max(0, min(wish, room))
                room -= max(0, min(wish, room))
        return widths


def _candidates(table: Table) -> Iterator[_Texts]:
    kept = list(table.columns)
    yield _texts(table, kept, 2, compact=False)
    yield _texts(table, kept, 1, compact=False)
    yield _texts(table, kept, 2, compact=True)
    yield _texts(table, kept, 1, compact=True)
    for spare in sorted(table.columns, key=lambda column: -column.spare):
        if spare.spare:
            kept.remove(spare)
            yield _texts(table, kept, 2, compact=True)
            yield _texts(table, kept, 1, compact=True)
    yield _texts(table, kept, 1, compact=True, tight=True)


def _texts(
    table: Table, columns: Sequence[Column], gap: int, *, compact: bool, tight: bool = False
) -> _Texts:
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    cells = (tuple(text_of(row[c.key], c.kind, compact=compact) for row in rows) for c in columns)
    return _Texts(tuple(columns), gap, tuple(cells), tight)


def wraps(cells: Sequence[str], column: Column) -> bool:
    """Whether they may be broken into lines: words and sums of symbols, no numbers or products."""
    if column.kind == "formula":
        return not any("·" in cell for cell in cells)
    return column.kind in ("text", "verdict")


def _least(cells: Sequence[str], column: Column, *, tight: bool) -> int:
    """The width a column needs: of its longest text or, where that wraps, of prose or words."""
    longest = max(map(len, cells), default=0)
    if not wraps(cells, column):
        return longest
    if tight and column.kind != "verdict":
        words = (len(word) for cell in cells for word in cell.split())
        return min(max(words, default=0), _WORD_WIDTH)
    return longest if longest <= _NAME_WIDTH else _PROSE_WIDTH


def _set(text: str, column: Column, width: int, gap: int) -> str:
    """The text, wrapped and moved to its place in a column of gap + width."""
    if column.kind in NUMERIC:
        return text
    lines = [text] if len(text) <= width else wrap(text, width)
    return "\n".join(f"{'':{gap}}{line}" for line in lines)


def _head(columns: Sequence[Column], widths: Sequence[int], gaps: Sequence[int]) -> list[str]:
    """The headings, wrapped to their columns and resting on the line below them."""
    wrapped = [
        wrap(column.heading, width, break_long_words=False)
        for column, width in zip(columns, widths, strict=True)
    ]
    height = max(map(len, wrapped))
    return [
        "\n".join(
            line if column.kind in NUMERIC else f"{'':{gap}}{line}"
            for line in [*[""] * (height - len(lines)), *lines]
        )
        for column, lines, gap in zip(columns, wrapped, gaps, strict=True)
    ]
