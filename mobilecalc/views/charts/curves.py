"""Curves over one axis, log-log: what follows a power law is a straight line there."""

from __future__ import annotations

from typing import Any

from mobilecalc.answers.charts import Curve, Curves
from mobilecalc.views.charts.style import (
    BLUE,
    DARK,
    axis_format,
    in_words,
    label,
    nothing_to_draw,
    padded,
    round_steps,
    title_of,
)

_WIDTH, _HEIGHT = 270, 220
_LABELLED = 8
"""Curves of so many points have a number at each."""


def draw(chart: Curves, *, captioned: bool = True) -> Any:
    """One panel. Raises `BadOption` where no point is above 0."""
    import altair as alt

    curves = [_above_0(curve) for curve in chart.curves]
    points = [point for curve in curves for point in curve.points]
    if not any(curve.points for curve in curves if not curve.is_law):
        raise nothing_to_draw(chart.title, "A log axis has room for what is above 0 alone.")
    shown = sorted({x for curve in curves if not curve.is_law for x, _ in curve.points})
    ends = padded((y for _, y in points), 0.08, 0.14)
    x = alt.X(
        "x:Q",
        title=chart.x.heading,
        scale=alt.Scale(type="log", domain=padded((x for x, _ in points), 0.3, 0.1), nice=False),
        axis=alt.Axis(values=shown, format="~g", labelOverlap=True),
    )
    y = alt.Y(
        "y:Q",
        title=chart.y.heading,
        scale=alt.Scale(type="log", domain=ends, nice=False),
        axis=alt.Axis(
            values=round_steps(*ends), format=axis_format(chart.y.kind), labelOverlap=True
        ),
    )
    layers = [layer for curve in curves for layer in _layers(curve, chart, x, y)]
    heading = f"{chart.title}: {chart.y.heading}"
    title = (
        title_of(heading, chart.caption) if captioned else alt.TitleParams(heading, frame="group")
    )
    return alt.layer(*layers).properties(
        title=title, width=_WIDTH, height=_HEIGHT, description=described(chart)
    )


def described(chart: Curves) -> str:
    """What the chart says, in words."""
    told = "; ".join(
        f"{curve.name}: "
        + ", ".join(f"{in_words(y, chart.y)} at {in_words(x, chart.x)}" for x, y in curve.points)
        for curve in chart.curves
        if not curve.is_law
    )
    laws = "".join(f" Dashed: {curve.name}." for curve in chart.curves if curve.is_law)
    what = f"{chart.y.heading} over {chart.x.heading}, both axes logarithmic"
    return " ".join(f"{chart.title}. {chart.caption} {what}. {told}.{laws}".split())


def _above_0(curve: Curve) -> Curve:
    return curve._replace(points=tuple((x, y) for x, y in curve.points if x > 0 and y > 0))


def _layers(curve: Curve, chart: Curves, x: Any, y: Any) -> list[Any]:
    """A law is dashed; other curves have their points marked, and numbered where they are few."""
    import altair as alt

    names = [c.name for c in chart.curves]
    dashes = [[6, 4] if c.is_law else [1, 0] for c in chart.curves]
    colours = [DARK if c.is_law else BLUE for c in chart.curves]
    values = [
        {"x": px, "y": py, "curve": curve.name, "label": label(py, chart.y.kind)}
        for px, py in sorted(curve.points)
    ]
    base = alt.Chart(alt.InlineData(values=values)).encode(x=x, y=y)
    legend = alt.Legend(title=None, orient="bottom-right", symbolType="stroke", symbolSize=400)
    line = base.mark_line(strokeWidth=1.8).encode(
        color=alt.Color("curve:N", scale=alt.Scale(domain=names, range=colours), legend=legend),
        strokeDash=alt.StrokeDash(
            "curve:N", scale=alt.Scale(domain=names, range=dashes), legend=legend
        ),
    )
    if curve.is_law:
        return [line]
    marks = base.mark_point(filled=True, size=50, color=BLUE, opacity=1).encode(
        tooltip=["curve:N", alt.Tooltip("x:Q"), alt.Tooltip("y:Q", format=",")]
    )
    if len(values) > _LABELLED:
        return [line, marks]
    return [line, marks, base.mark_text(align="right", dx=-6, dy=-9).encode(text="label:N")]
