"""The explorer: one page that holds data, scripts and a chart library, and needs nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mobilecalc.answers.explorer import Explorer
from mobilecalc.core.errors import MissingPackage
from mobilecalc.views.explorer.chart import BARS, COLOURS
from mobilecalc.views.explorer.mathml import equation

_FILES = Path(__file__).parent
_SCRIPTS = ("numbers.js", "costs.js", "chart.js", "tables.js", "page.js")


def chart_library() -> str:
    """Vega-Embed and what it draws with, as one script. Raises `MissingPackage`."""
    try:
        import vl_convert
    except ImportError as error:
        raise MissingPackage(["vl-convert-python"], "The explorer's page", error) from error
    library: str = vl_convert.javascript_bundle("window.vegaEmbed = vegaEmbed;")
    return library


def render(explorer: Explorer, library: str) -> str:
    """The page, with the chart library in it."""
    data = {
        **_plain(explorer._replace(equations={})),
        "steps": {
            "alpha": _step(explorer.alphas),
            "resolution": _step(explorer.resolutions),
        },
        "colours": COLOURS,
        "chart": BARS,
        "equations": {name: _plain(equation(one)) for name, one in explorer.equations.items()},
    }
    scripts = "\n".join((_FILES / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    parts = {
        "STYLE": (_FILES / "page.css").read_text(encoding="utf-8"),
        "DATA": json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        "LIBRARY": library.replace("</script", "<\\/script"),
        "SCRIPT": scripts,
    }
    page = (_FILES / "page.html").read_text(encoding="utf-8")
    for name, content in parts.items():
        page = page.replace(f"/*{name}*/", content, 1)
    return page


def _plain(value: Any) -> Any:
    """Records as mappings."""
    if hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    return value


def _step(grid: Sequence[float]) -> float:
    """The step of a slider over an even grid. Raises `ValueError` for any other."""
    step = round(grid[1] - grid[0], 6)
    if any(abs(grid[0] + i * step - value) > step / 100 for i, value in enumerate(grid)):
        raise ValueError(f"the steps between {grid} are not all the same")
    return step
