"""What can be drawn, as data: curves, bars, points and waterfalls. A view draws them."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from mobilecalc.answers.columns import Column


class Curve(NamedTuple):
    """One line of a chart: its name and its points (x, y), in raw units.

    is_law: whether it says what should be, beside the points that are.
    """

    name: str
    points: tuple[tuple[float, float], ...]
    is_law: bool = False


class Curves(NamedTuple):
    """Curves over one axis, for a view to draw.

    `caption`, here and below, says of which model and input the numbers are, and what they count.
    """

    title: str
    x: Column
    y: Column
    curves: tuple[Curve, ...]
    caption: str = ""


class Part(NamedTuple):
    """A part of a bar: the bar's name, what kind of part it is, how much of each column."""

    name: str
    kind: str
    amounts: tuple[int | float, ...]


class Bars(NamedTuple):
    """Bars side by side, one for each name and column, stacked of their parts."""

    title: str
    caption: str
    columns: tuple[Column, ...]
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


Chart: TypeAlias = Curves | Bars | Points | Waterfall
"""What can be drawn."""
