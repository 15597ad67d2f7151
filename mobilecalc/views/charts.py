"""Charts for documents: one Altair specification gives SVG, PNG and a page of HTML."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.core.table import Waterfall
from mobilecalc.views.values import text_of

ENDINGS = (".svg", ".png", ".html")

_COLOURS = {"fact": "#0072b2", "fault": "#d55e00", "whole": "#595959"}
"""Blue, vermilion and grey of Okabe and Ito: told apart by every eye, and in grey print."""

_FONT = "Helvetica, Arial, sans-serif"


def waterfall_file(ending: str) -> Callable[[Sequence[Waterfall]], bytes]:
    """What makes the content of a file with that ending.

    Raises `BadOption` for an ending that is no chart's, `MissingPackage` without altair.
    """
    if ending.lower() not in ENDINGS:
        raise BadOption(
            f"--chart cannot make a file with the ending '{ending}'.",
            why=f"It makes {', '.join(ENDINGS)}.",
            mend="For example: --chart ledger.svg",
        )
    try:
        import altair  # noqa: F401
        import vl_convert
    except ImportError as error:
        raise MissingPackage(["altair", "vl-convert-python"], "--chart", error) from error

    def content(waterfalls: Sequence[Waterfall]) -> bytes:
        specification = waterfall_chart(waterfalls).to_dict()
        match ending.lower():
            case ".svg":
                return vl_convert.vegalite_to_svg(specification).encode()
            case ".png":
                return vl_convert.vegalite_to_png(specification, scale=2)
            case _:
                page = vl_convert.vegalite_to_html(specification, bundle=True)
                return page.encode()

    return content


def waterfall_chart(waterfalls: Sequence[Waterfall]) -> Any:
    """The waterfalls, one below the other, as an Altair chart."""
    import altair as alt

    charts = [_one(waterfall) for waterfall in waterfalls]
    return alt.vconcat(*charts, spacing=36).configure(
        font=_FONT,
        background="white",
        title=alt.TitleConfig(anchor="start", fontSize=14, subtitleColor="#444444"),
        axis=alt.AxisConfig(labelLimit=330, labelFontSize=12, gridColor="#e8e8e8"),
    )


def _one(waterfall: Waterfall) -> Any:
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
            axis=alt.Axis(format="~s"),
        ),
        x2="to:Q",
        color=alt.Color("colour:N", scale=None),
        stroke=alt.Stroke("colour:N", scale=None),
    )
    label = base.mark_text(align="left", dx=4, fontSize=12).encode(x="end:Q", text="label:N")
    title = alt.TitleParams(waterfall.title, subtitle=waterfall.caption)
    described = f"{waterfall.title}. {waterfall.caption}. " + "; ".join(
        f"{step.name}: {step.amount}" for step in waterfall.steps
    )
    return (span + label).properties(
        title=title, width=420, height=26 * len(order), description=described
    )


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
