"""Table: what a study hands to a view. Raw values, never formatted text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from mobilecalc.core.shape import Shape

ValueKind: TypeAlias = Literal[
    "text",
    "verdict",
    "formula",
    "count",
    "bytes",
    "amount",
    "steps",
    "number",
    "share",
    "difference",
    "ratio",
    "shape",
]
Value: TypeAlias = str | int | float | Shape | None


class Column(NamedTuple):
    """A column: the key programs use, the heading people read, the kind of its values.

    kind: "count" is a whole number, "bytes" one of bytes, "amount" a text, a
    whole number, or a fraction shown in per cent, each with its unit,
    "steps" a signed number of units of a last digit, "number" a plain setting such as alpha,
    "share" a fraction of the total, "difference" a signed fraction, "ratio" a quotient, "formula"
    an expression such as "3² · 512 · 14²", "verdict" a text that begins with "=" where all is well.
    `spare` is how early a view that lacks room may leave the column out: 0 is never, 1 last.
    """

    key: str
    heading: str
    kind: ValueKind
    spare: int = 0


@dataclass(frozen=True)
class Table:
    """Title, columns, rows by key, a totals row (or none), and notes to print below.

    `bars` is the key of a column of shares that a view may draw as bars too, where it has room.
    `failures` says which checks did not come out even, `warnings` why numbers may be wrong; the
    notes say both too.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    total: Mapping[str, Value] | None = None
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    bars: str | None = None

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            if list(row) != keys:
                raise ValueError(f"a row has the keys {list(row)}, the table {keys}")

    def column(self, key: str) -> list[Value]:
        """The values of one column, row by row."""
        return [row[key] for row in self.rows]

    def __repr__(self) -> str:
        return f"<Table {self.title!r}: {len(self.rows)} rows of {len(self.columns)} columns>"


class Curve(NamedTuple):
    """One line of a chart: its name and its points (x, y), in raw units.

    is_law: whether it says what should be, beside the points that are.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    is_law: bool = False


class Chart(NamedTuple):
    """Curves over one axis, for a view to draw.

    `caption`, here and below, says of which model and input the numbers are, and what they count.
    """

    title: str
    x: Column
    y: Column
    curves: tuple[Curve, ...]
    caption: str = ""


class Part(NamedTuple):
    """A part of a bar: the bar's name, what kind of part it is, how much of each measure."""

    name: str
    kind: str
    amounts: tuple[int | float, ...]


class Bars(NamedTuple):
    """Bars side by side, one for each name and measure, stacked of their parts."""

    title: str
    caption: str
    measures: tuple[Column, ...]
    parts: tuple[Part, ...]


class Point(NamedTuple):
    """One of many: its name, the series it is of, where it stands.

    best: whether no other point has as much for less, or more for as little.
    """

    name: str
    series: str
    x: float
    y: float
    best: bool


class Points(NamedTuple):
    """Points of several series over a cost, for a view to draw."""

    title: str
    caption: str
    x: Column
    y: Column
    points: tuple[Point, ...]


class Step(NamedTuple):
    """One bar of a waterfall: its name, how far it goes up (or down), and what it stands for."""

    name: str
    amount: int
    role: Literal["whole", "fact", "fault"]


class Waterfall(NamedTuple):
    """Steps from a first amount to the sum of all, for a view to draw.

    `caption` says what is counted, in which unit, of what; `end` names the sum.
    """

    title: str
    caption: str
    steps: tuple[Step, ...]
    end: str

    @property
    def total(self) -> int:
        """Where the steps end."""
        return sum(step.amount for step in self.steps)


Picture: TypeAlias = Chart | Bars | Points | Waterfall
"""What can be drawn."""
