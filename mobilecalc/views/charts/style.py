"""What all charts share: colours, shapes, letters, axes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import floor, log10
from typing import Any

from mobilecalc.answers.columns import Column, ValueKind
from mobilecalc.core.errors import BadOption
from mobilecalc.views.numbers import text_of

FONT = "Helvetica, Arial, sans-serif"

BLUE, ORANGE, VERMILION = "#0072b2", "#e69f00", "#d55e00"
BLACK, DARK, GREY = "#000000", "#595959", "#999999"

KIND_COLOURS = {
    "pointwise": BLUE,
    "depthwise": ORANGE,
    "standard": VERMILION,
    "linear": BLACK,
}
"""Of Okabe and Ito, whom every eye tells apart; chosen so that grey print does too."""

OTHER_KINDS = ("#c8c8c8", "#b0b0b0", "#dedede")

SERIES_COLOURS = (BLUE, VERMILION, "#009e73", "#cc79a7", ORANGE, BLACK, "#56b4e9", GREY, DARK)
SERIES_SHAPES = (
    "circle",
    "square",
    "triangle-up",
    "diamond",
    "triangle-down",
    "cross",
    "triangle-right",
    "triangle-left",
    "M0,-1L0.22,-0.31L0.95,-0.31L0.36,0.12L0.59,0.81L0,0.38"
    "L-0.59,0.81L-0.36,0.12L-0.95,-0.31L-0.22,-0.31Z",  # a star
)
"""A series has a colour and a shape: without colour, its shape still says which it is."""

_LEAST_SPAN = 1.5
"""What changes by less than this factor is drawn as nearly flat as it is."""

_TITLE_LENGTH, LINE_LENGTH = 75, 110
"""Characters of a title's line, and of a caption's."""


def nothing_to_draw(title: str, why: str) -> BadOption:
    """The error for a chart without anything in it."""
    return BadOption(
        f"--chart has nothing to draw: {title}.",
        why=why,
        fix="Leave --chart out, or ask about something else.",
    )


def colours_of(kinds: Sequence[str]) -> list[str]:
    """A colour for each kind."""
    others = [kind for kind in kinds if kind not in KIND_COLOURS]
    return [
        KIND_COLOURS.get(kind) or OTHER_KINDS[others.index(kind) % len(OTHER_KINDS)]
        for kind in kinds
    ]


def lines_of(caption: str) -> list[str]:
    """The caption in lines that fit."""
    from textwrap import wrap

    return wrap(caption, LINE_LENGTH, break_on_hyphens=False)


def title_of(title: str, caption: str, **options: Any) -> Any:
    """The title, with the caption below it in lines that fit."""
    from textwrap import wrap

    import altair as alt

    lines = wrap(title, _TITLE_LENGTH)
    return alt.TitleParams(
        lines if len(lines) > 1 else title, subtitle=lines_of(caption), **options
    )


def label(value: float, kind: ValueKind) -> str:
    """A value as it stands beside a mark."""
    text = text_of(value, kind, compact=True)
    return f"{text} %" if kind == "share" else text


def in_words(value: float, column: Column) -> str:
    """A value as an alt text says it."""
    text = text_of(value, column.kind)
    return f"{text} %" if column.kind == "share" else text


def axis_format(kind: ValueKind) -> str:
    """How d3 writes a value on an axis."""
    return "~%" if kind == "share" else "~g" if kind == "number" else "~s"


def axis_text(kind: ValueKind) -> str:
    """What an axis from 0 on says: nothing's unit is left out."""
    return f"datum.value === 0 ? '0' : format(datum.value, '{axis_format(kind)}')"


def round_steps(low: float, high: float) -> list[float]:
    """The marks of a log axis: 1, 2 and 5 times the powers of ten, more where these are few."""
    edge = (high / low) ** 0.02  # a mark at the very end would reach out of the chart
    powers = range(floor(log10(low)), floor(log10(high)) + 1)
    for digits in ((1, 2, 5), range(1, 10)):
        steps = [digit * 10.0**power for power in powers for digit in digits]
        within = [step for step in steps if low * edge <= step <= high / edge]
        if len(within) > 2:
            break
    return within


def padded(values: Iterable[float], below: float, above: float) -> tuple[float, float]:
    """The ends of a log axis that leaves room, as fractions of the span, around numbers above 0."""
    known = list(values)
    low, high = min(known), max(known)
    if high / low < _LEAST_SPAN:
        low, high = low / _LEAST_SPAN, high * _LEAST_SPAN
    span = high / low
    return low / span**below, high * span**above


def configured(chart: Any) -> Any:
    """The chart in the letters, the greys and on the white ground of all charts."""
    import altair as alt

    return chart.configure(
        font=FONT,
        background="white",
        padding=10,
        title=alt.TitleConfig(
            anchor="start",
            frame="bounds",
            fontSize=14,
            offset=12,
            subtitleFontSize=11,
            subtitleColor="#444444",
            subtitlePadding=5,
        ),
        axis=alt.AxisConfig(
            labelLimit=330,
            labelPadding=5,
            labelFontSize=11,
            titleFontSize=11,
            titleFontWeight="normal",
            gridColor="#e8e8e8",
            domainColor=GREY,
            tickColor=GREY,
        ),
        legend=alt.LegendConfig(labelFontSize=11, titleFontSize=11, titleFontWeight="normal"),
        text=alt.MarkConfig(fontSize=11),
        view=alt.ViewConfig(stroke=None),
    )
