"""Bars, stacked of their parts, a panel for each column."""

from __future__ import annotations

from typing import Any

from mobilecalc.answers.charts import Bars
from mobilecalc.answers.columns import Column
from mobilecalc.views.charts.style import (
    KIND_COLOURS,
    axis_text,
    colours_of,
    in_words,
    label,
    nothing_to_draw,
    title_of,
)

_PANEL = 250
_LONG = 40
"""More bars than that are drawn slimmer."""
_TOLD = 12
"""An alt text says as many bars one by one."""


def draw(bars: Bars) -> Any:
    """The panels side by side. Raises `BadOption` where there is no bar."""
    import altair as alt

    if not bars.parts:
        raise nothing_to_draw(bars.title, "None of its rows costs anything.")
    panels = [_panel(bars, index) for index in range(len(bars.columns))]
    return alt.hconcat(*panels, spacing=14).properties(
        title=title_of(bars.title, bars.caption), description=described(bars)
    )


def described(bars: Bars) -> str:
    """What the chart says, in words."""
    names = " and ".join(column.heading for column in bars.columns)
    sums = [totals(bars, index) for index in range(len(bars.columns))]
    if len(sums[0]) <= _TOLD:
        amounts = {
            name: [in_words(s[name], m) for s, m in zip(sums, bars.columns, strict=True)]
            for name in sums[0]
        }
        told = "; ".join(f"{name}: {' and '.join(texts)}" for name, texts in amounts.items())
    else:
        told = "; ".join(
            f"most {m.heading}: {max(s, key=s.__getitem__)}, {in_words(max(s.values()), m)}"
            for s, m in zip(sums, bars.columns, strict=True)
        )
    return f"{bars.title}. {bars.caption} {len(sums[0])} bars of {names}. {told}."


def totals(bars: Bars, index: int) -> dict[str, float]:
    """How long each bar is, of one column."""
    sums: dict[str, float] = {}
    for part in bars.parts:
        sums[part.name] = sums.get(part.name, 0) + part.amounts[index]
    return sums


def kinds_of(bars: Bars) -> list[str]:
    """The kinds that are met: those with colours of their own first, the others as they come."""
    met = dict.fromkeys(part.kind for part in bars.parts)
    return [*(k for k in KIND_COLOURS if k in met), *(k for k in met if k not in KIND_COLOURS)]


def _panel(bars: Bars, index: int) -> Any:
    import altair as alt

    column, kinds = bars.columns[index], kinds_of(bars)
    sums = totals(bars, index)
    y = alt.Y(
        "name:N",
        sort=list(sums),
        scale=alt.Scale(paddingInner=0.15, paddingOuter=0.3),
        title=None,
        axis=alt.Axis(grid=False, ticks=False, domain=False) if index == 0 else None,
    )
    values = [
        {
            "name": part.name,
            "kind": part.kind,
            "rank": kinds.index(part.kind),
            "amount": part.amounts[index],
        }
        for part in bars.parts
    ]
    spans = (
        alt.Chart(alt.InlineData(values=values))
        .mark_bar()
        .encode(
            y=y,
            x=_x(column, sums),
            color=_colour(bars, kinds),
            order=alt.Order("rank:Q"),
            tooltip=["name:N", "kind:N", alt.Tooltip("amount:Q", format=",")],
        )
    )
    ends = [
        {"name": name, "end": max(0, total), "label": label(total, column.kind)}
        for name, total in sums.items()
    ]
    labels = (
        alt.Chart(alt.InlineData(values=ends))
        .mark_text(align="left", dx=4)
        .encode(y=y, x="end:Q", text="label:N")
    )
    step = 15 if len(sums) > _LONG else 20
    return (spans + labels).properties(width=_PANEL, height=step * len(sums))


def _x(column: Column, sums: dict[str, float]) -> Any:
    """From 0, with room for the labels behind the bars; shares of a whole up to the whole."""
    import altair as alt

    low, high = min(0, *sums.values()), max(0, *sums.values())
    steps: dict[str, Any] = {"tickCount": 4}
    if column.kind == "share":
        high, steps = max(1.0, high), {"values": [0, 0.25, 0.5, 0.75, 1]}
    return alt.X(
        "amount:Q",
        title=column.heading,
        scale=alt.Scale(domain=[low, high + 0.26 * (high - low) or 1], nice=False),
        axis=alt.Axis(labelExpr=axis_text(column.kind), orient="top", **steps),
    )


def _colour(bars: Bars, kinds: list[str]) -> Any:
    """A legend where the bars' names are not the kinds already."""
    import altair as alt

    named = set(kinds) == {part.name for part in bars.parts}
    return alt.Color(
        "kind:N",
        scale=alt.Scale(domain=kinds, range=colours_of(kinds)),
        legend=None if named else alt.Legend(title=None, orient="bottom", columns=6),
    )
