"""Points over a cost, with those that none betters, which are numbered and named beside."""

from __future__ import annotations

from collections.abc import Sequence
from math import log
from typing import Any

from mobilecalc.answers.charts import Point, Points
from mobilecalc.views.charts.style import (
    DARK,
    SERIES_COLOURS,
    SERIES_SHAPES,
    axis_format,
    in_words,
    label,
    nothing_to_draw,
    padded,
    round_steps,
    title_of,
)

_WIDTH, _HEIGHT = 420, 360


def draw(points: Points) -> Any:
    """The points, the front, and the list of who is on it. Raises `BadOption` without points."""
    import altair as alt

    if not any(point.x > 0 for point in points.points):
        raise nothing_to_draw(points.title, "No point is above 0.")
    x, y = _axes(points)
    field = alt.layer(*_front(points, x, y), *_marks(points, x, y)).properties(
        width=_WIDTH, height=_HEIGHT
    )
    return alt.hconcat(field, _names(points), spacing=20).properties(
        title=title_of(points.title, points.caption), description=described(points)
    )


def described(points: Points) -> str:
    """What the chart says, in words."""
    x, y = points.x, points.y
    told = "; ".join(
        f"{p.name} ({p.series}), {in_words(p.x, x)} and {in_words(p.y, y)}" for p in _best(points)
    )
    return (
        f"{points.title}. {points.caption} {len(points.points)} points, {y.heading} over"
        f" {x.heading} on a logarithmic axis. On the Pareto front: {told}."
    )


def _best(points: Points) -> list[Point]:
    return sorted(
        (point for point in points.points if point.best and point.x > 0), key=lambda p: (p.x, p.y)
    )


def _axes(points: Points) -> tuple[Any, Any]:
    import altair as alt

    ends, heights = _ends(points)
    x = alt.X(
        "x:Q",
        title=points.x.heading,
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(values=round_steps(*ends), format=axis_format(points.x.kind)),
    )
    y = alt.Y(
        "y:Q",
        title=points.y.heading,
        scale=alt.Scale(domain=heights, nice=False),
        axis=alt.Axis(format=axis_format(points.y.kind), tickCount=8),
    )
    return x, y


def _ends(points: Points) -> tuple[tuple[float, float], tuple[float, float]]:
    """Of the axis of the cost, and of the other."""
    heights = [point.y for point in points.points]
    room = 0.08 * (max(heights) - min(heights)) or 0.1 * max(heights) or 1
    ends = padded((point.x for point in points.points if point.x > 0), 0.06, 0.06)
    return ends, (min(heights) - room, max(heights) + room)


def _front(points: Points, x: Any, y: Any) -> list[Any]:
    """What can be had for each cost: a step at each of the best points, and their numbers."""
    import altair as alt

    best = _best(points)
    steps = alt.Chart(alt.InlineData(values=[{"x": p.x, "y": p.y} for p in best]))
    numbers = alt.Chart(alt.InlineData(values=_numbers(points, best)))
    return [
        steps.mark_line(
            interpolate="step-after", color=DARK, strokeDash=[4, 3], strokeWidth=1.2
        ).encode(x=x, y=y),
        numbers.mark_text(align="center", color=DARK).encode(x=x, y=y, text="number:N"),
    ]


def _numbers(points: Points, best: Sequence[Point]) -> list[dict[str, Any]]:
    """Where each number stands: up and left of its point, further left where another stands."""
    (x_low, x_high), (y_low, y_high) = _ends(points)
    placed: list[tuple[float, float]] = []
    values = []
    for number, point in sorted(enumerate(best, start=1), reverse=True):
        left = _WIDTH * log(point.x / x_low) / log(x_high / x_low) - 9
        up = _HEIGHT * (point.y - y_low) / (y_high - y_low) + 9
        while any(abs(left - x) < 14 and abs(up - y) < 11 for x, y in placed):
            left -= 2
        placed.append((left, up))
        values.append(
            {
                "x": x_low * (x_high / x_low) ** (left / _WIDTH),
                "y": y_low + (y_high - y_low) * up / _HEIGHT,
                "number": str(number),
            }
        )
    return values


def _marks(points: Points, x: Any, y: Any) -> list[Any]:
    """Filled where it is on the front, hollow where it is not."""
    import altair as alt

    series = list(dict.fromkeys(point.series for point in points.points))
    shapes = [SERIES_SHAPES[i % len(SERIES_SHAPES)] for i in range(len(series))]
    colours = [SERIES_COLOURS[i % len(SERIES_COLOURS)] for i in range(len(series))]
    legend = alt.Legend(title=None, orient="bottom", columns=6, symbolStrokeWidth=1.5)
    layers = []
    for best in (False, True):
        values = [
            {"name": p.name, "series": p.series, "x": p.x, "y": p.y}
            for p in points.points
            if p.best is best and p.x > 0
        ]
        mark = alt.Chart(alt.InlineData(values=values)).mark_point(
            filled=best, size=60, strokeWidth=1.4, opacity=1
        )
        layers.append(
            mark.encode(
                x=x,
                y=y,
                color=alt.Color(
                    "series:N", scale=alt.Scale(domain=series, range=colours), legend=legend
                ),
                shape=alt.Shape(
                    "series:N", scale=alt.Scale(domain=series, range=shapes), legend=legend
                ),
                tooltip=["name:N", "series:N", alt.Tooltip("x:Q", format=","), "y:Q"],
            )
        )
    return layers


def _names(points: Points) -> Any:
    """The best points by number: name, cost, and what it gives."""
    import altair as alt

    rows = [
        {
            "row": number,
            "text": f"{number}  {p.name}: {label(p.x, points.x.kind)}, {label(p.y, points.y.kind)}",
        }
        for number, p in enumerate(_best(points), start=1)
    ]
    step = min(20, _HEIGHT / len(rows))
    return (
        alt.Chart(alt.InlineData(values=rows))
        .mark_text(align="left", x=0)
        .encode(y=alt.Y("row:O", axis=None), text="text:N")
        .properties(
            width=230,
            height=step * len(rows),
            title=alt.TitleParams("The Pareto front", fontSize=11, offset=2),
        )
    )
