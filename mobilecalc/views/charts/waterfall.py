"""A waterfall: each step from where the last one ended."""

from __future__ import annotations

from typing import Any

from mobilecalc.answers.charts import Waterfall
from mobilecalc.views.charts.style import BLUE, DARK, VERMILION, axis_text, title_of
from mobilecalc.views.numbers import text_of

_COLOURS = {"fact": BLUE, "fault": VERMILION, "whole": DARK}


def draw(waterfall: Waterfall) -> Any:
    """One panel."""
    import altair as alt

    bars = _bars(waterfall)
    order = [bar["step"] for bar in bars]
    axis = alt.Y("step:N", sort=order, title=None, axis=alt.Axis(grid=False))
    base = alt.Chart(alt.InlineData(values=bars)).encode(y=axis)
    top = max(max(bar["from"], bar["to"]) for bar in bars)
    span = base.mark_bar(height=16, strokeWidth=1).encode(
        x=alt.X(
            "from:Q",
            title=None,
            scale=alt.Scale(domain=[0, top * 1.25 or 1]),
            axis=alt.Axis(labelExpr=axis_text("count"), tickCount=5),
        ),
        x2="to:Q",
        color=alt.Color("colour:N", scale=None),
        stroke=alt.Stroke("colour:N", scale=None),
    )
    label = base.mark_text(align="left", dx=4).encode(x="end:Q", text="label:N")
    return (span + label).properties(
        title=title_of(waterfall.title, waterfall.caption, frame="group"),
        width=420,
        height=26 * len(order),
        description=described(waterfall),
    )


def described(waterfall: Waterfall) -> str:
    """What the chart says, in words."""
    steps = "; ".join(f"{step.name}: {step.amount:,}" for step in waterfall.steps)
    return f"{waterfall.title}. {waterfall.caption} {steps}; {waterfall.end}: {waterfall.total:,}."


def _bars(waterfall: Waterfall) -> list[dict[str, Any]]:
    """Each step from where the last one ended; the first and the sum from 0."""
    bars = []
    at = 0
    for step in waterfall.steps:
        sign = "" if step.role == "whole" else "+" if step.amount >= 0 else "-"
        text = f"{sign}{text_of(abs(step.amount), 'count')}"
        bars.append(_bar(step.name, at, at + step.amount, _COLOURS[step.role], text))
        at += step.amount
    bars.append(_bar(waterfall.end, 0, at, _COLOURS["whole"], text_of(at, "count")))
    return bars


def _bar(step: str, start: int, to: int, colour: str, label: str) -> dict[str, Any]:
    return {
        "step": step,
        "from": start,
        "to": to,
        "end": max(start, to),
        "colour": colour,
        "label": label,
    }
