"""A chart drawn with characters, for the terminal."""

from __future__ import annotations

from mobilecalc.answers.charts import Curve, Curves
from mobilecalc.views.numbers import compact_count, text_of

_HEIGHT = 12
_MARKS = "·●▲■"
"""The first curve is drawn with the first mark, and so on; a later one lies on top."""


def draw(chart: Curves, width: int = 72) -> str:
    """The curves on linear axes that start at 0, with a legend, `width` characters wide."""
    x_top = max(x for curve in chart.curves for x, _ in curve.points)
    y_top = max(0, *(y for curve in chart.curves for _, y in curve.points))
    labels = [compact_count(round(y_top * step / 2)) for step in (2, 1, 0)]
    margin = max(map(len, labels)) + 1
    columns = max(20, width - margin - 2)
    canvas = [[" "] * columns for _ in range(_HEIGHT)]
    for curve, mark in zip(chart.curves, _MARKS, strict=False):
        _plot(canvas, curve, mark, x_top, y_top)
    left = dict(zip((0, (_HEIGHT - 1) // 2, _HEIGHT - 1), labels, strict=True))
    lines = [
        f"{left.get(row, ''):>{margin}}{'┤' if row in left else '│'}{''.join(cells).rstrip()}"
        for row, cells in enumerate(canvas)
    ]
    axis = f"{'':>{margin}}└{'─' * columns}"
    end = text_of(x_top, "number")
    scale = f"{'':>{margin}} 0{end:>{columns - 1}}"
    legend = "   ".join(
        f"{mark} {curve.name}" for curve, mark in zip(chart.curves, _MARKS, strict=False)
    )
    title = f"{chart.title}: {chart.y.heading} over {chart.x.heading}   {legend}"
    return "\n".join([title, *lines, axis, scale]) + "\n"


def _plot(canvas: list[list[str]], curve: Curve, mark: str, x_top: float, y_top: float) -> None:
    height, width = len(canvas), len(canvas[0])
    for x, y in curve.points:
        column = round(x / x_top * (width - 1))
        row = round((1 - max(0, y) / y_top) * (height - 1)) if y_top else height - 1
        canvas[row][column] = mark
