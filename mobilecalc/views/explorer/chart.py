"""The explorer's chart: a bar a layer, in the colours of their kinds, as Vega-Lite draws it."""

from __future__ import annotations

from typing import Any

from mobilecalc.views.charts.style import KIND_COLOURS

COLOURS = {**KIND_COLOURS, "linear": "#009e73", "norm": "#cc79a7"}
"""As in every chart, but for what is black or light there: this page may be dark."""

_TEXT = "currentColor"
"""Whatever the page's text has: light or dark, on the screen or on paper."""

_LAYERS = {"field": "label", "type": "nominal", "sort": None}

BARS: dict[str, Any] = {
    "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
    "width": 300,
    "height": 230,
    "padding": {"left": 46, "right": 6, "top": 8, "bottom": 120},
    "autosize": {"type": "none"},
    "background": None,
    "data": {"name": "layers", "values": []},
    "encoding": {
        "x": {
            **_LAYERS,
            "title": None,
            "axis": {"labelAngle": -90, "labelLimit": 150, "labelPadding": 4},
        },
    },
    "layer": [
        {
            "name": "bars",
            "mark": {"type": "bar", "cursor": "pointer", "stroke": _TEXT},
            "encoding": {
                "y": {
                    "field": "value",
                    "type": "quantitative",
                    "title": None,
                    "axis": {"format": "~s", "tickCount": 5},
                },
                "color": {"field": "colour", "type": "nominal", "scale": None},
                "strokeWidth": {"condition": {"test": "datum.selected", "value": 2.5}, "value": 0},
                "tooltip": {"field": "tip"},
            },
        },
        {
            "mark": {"type": "tick", "color": _TEXT, "thickness": 1.5, "tooltip": None},
            "encoding": {"y": {"field": "reference", "type": "quantitative"}},
        },
    ],
    "config": {
        "aria": False,  # the page says what it is; the table has the numbers
        "font": "system-ui, sans-serif",
        "view": {"stroke": None},
        "axis": {
            "labelColor": _TEXT,
            "titleColor": _TEXT,
            "tickColor": _TEXT,
            "domainColor": _TEXT,
            "gridColor": _TEXT,
            "gridOpacity": 0.15,
            "labelFontSize": 11,
        },
    },
}
