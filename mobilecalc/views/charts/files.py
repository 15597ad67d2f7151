"""Charts for documents: one Vega-Lite specification gives every kind of file, and the notebook."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from hashlib import sha256
from html import escape
from importlib import import_module
from typing import Any, TypeAlias, cast
from zlib import crc32

from mobilecalc.answers.charts import Chart, Curves
from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.views.charts import curves
from mobilecalc.views.charts.style import configured, lines_of, nothing_to_draw

EXTENSIONS = (".svg", ".png", ".pdf", ".html", ".json")

Charts: TypeAlias = Chart | list[Chart]
"""One, or several for one file."""

_PNG_SCALE = 3
"""300 dots an inch where a chart is as wide as a page's text."""


def check_extension(extension: str) -> None:
    """Raise `BadOption` for an extension that is no chart's, `MissingPackage` without altair."""
    if extension.lower() not in EXTENSIONS:
        raise BadOption(
            f"--chart cannot make a file with the ending '{extension}'."
            if extension
            else "The file of --chart has no ending.",
            why=f"It makes {', '.join(EXTENSIONS)}.",
            fix="For example: --chart figure.svg",
        )
    try:
        import altair  # noqa: F401
        import vl_convert  # noqa: F401
    except ImportError as error:
        raise MissingPackage(["altair", "vl-convert-python"], "--chart", error) from error


def content(charts: Charts, extension: str) -> bytes:
    """The file with that extension: .svg, .png, .pdf, .html or .json (the specification).

    Raises what `check_extension` raises, and `BadOption` where there is nothing to draw.
    """
    check_extension(extension)
    drawn = specification(charts)
    import vl_convert

    match extension.lower():
        case ".svg":
            return _described(vl_convert.vegalite_to_svg(drawn), drawn).encode()
        case ".png":
            return _signed(vl_convert.vegalite_to_png(drawn, scale=_PNG_SCALE), drawn)
        case ".pdf":
            # behind the end of the file, where readers of PDF look no further
            return vl_convert.vegalite_to_pdf(drawn) + f"\n% {_version(drawn)}\n".encode()
        case ".html":
            return _titled(vl_convert.vegalite_to_html(drawn, bundle=True), charts).encode()
        case _:
            return (json.dumps(drawn, indent=2, ensure_ascii=False) + "\n").encode()


def specification(charts: Charts) -> dict[str, Any]:
    """The Vega-Lite specification. Raises `BadOption` where there is nothing to draw."""
    return cast(dict[str, Any], chart(charts).to_dict())


def chart(charts: Charts) -> Any:
    """The charts as an Altair chart, which a notebook shows: curves in pairs, others below them.

    Raises `BadOption` where there is nothing to draw.
    """
    import altair as alt

    listed = _listed(charts)
    if not listed:
        raise nothing_to_draw("no chart", "Nothing was found that it could show.")
    if len(listed) == 1:
        return configured(_draw(listed[0]))
    pairs = [chart for chart in listed if isinstance(chart, Curves)]
    others = [_draw(chart) for chart in listed if not isinstance(chart, Curves)]
    panels = [_side_by_side(pairs), *others] if pairs else others
    together = alt.vconcat(*panels, spacing=36) if others else panels[0]
    return configured(together.properties(description=description(charts)))


def caption(charts: Charts) -> str:
    """What is drawn, and of which model and input, in which convention: what all share, once."""
    listed = _listed(charts)
    titles = "; ".join(dict.fromkeys(chart.title for chart in listed))
    return " ".join([f"{titles}.", *dict.fromkeys(chart.caption for chart in listed)])


def description(charts: Charts) -> str:
    """The alt text: what is drawn, of which model and input, and what the numbers are."""
    return " ".join(map(_in_words, _listed(charts)))


def _listed(charts: Charts) -> Sequence[Chart]:
    return charts if isinstance(charts, list) else [charts]


def _side_by_side(charts: Sequence[Curves]) -> Any:
    """In pairs; a caption that all share stands once, above them."""
    import altair as alt

    captions = {chart.caption for chart in charts}
    panels = [curves.draw(chart, captioned=len(captions) > 1) for chart in charts]
    together = alt.concat(*panels, columns=2, spacing=30).resolve_scale(
        color="independent", strokeDash="independent"
    )
    if len(captions) > 1:
        return together
    return together.properties(
        title=alt.TitleParams(
            lines_of(captions.pop()), fontSize=11, fontWeight="normal", color="#444444"
        )
    )


def _drawing(chart: Chart) -> Any:
    """The module that draws such a chart: the one of its name."""
    return import_module(f"mobilecalc.views.charts.{type(chart).__name__.lower()}")


def _draw(chart: Chart) -> Any:
    return _drawing(chart).draw(chart)


def _in_words(chart: Chart) -> str:
    words: str = _drawing(chart).described(chart)
    return words


def _described(svg: str, drawn: dict[str, Any]) -> str:
    """With the alt text where a screen reader looks for it."""
    text = escape(drawn["description"])
    return re.sub(
        r"^\s*<svg\b[^>]*",
        lambda head: f'{head[0]} role="img" aria-label="{text}" {_version(drawn)}',
        svg,
        count=1,
    )


def _signed(png: bytes, drawn: dict[str, Any]) -> bytes:
    """With its version in a chunk of text before the last chunk, which has no content."""
    chunk = b"tEXtComment\0" + _version(drawn).encode()
    last = png[-12:]
    size, check = (len(chunk) - 4).to_bytes(4, "big"), crc32(chunk).to_bytes(4, "big")
    return png[:-12] + size + chunk + check + last


def _version(drawn: dict[str, Any]) -> str:
    """What tells a chart from another, in SVG, PNG and PDF.

    The same specification makes other bytes where other fonts are installed, and of PDF each time.
    """
    digest = sha256(json.dumps(drawn, sort_keys=True).encode()).hexdigest()
    return f'data-version="{digest[:16]}"'


def _titled(page: str, charts: Charts) -> str:
    title = escape(_listed(charts)[0].title)
    titled = page.replace("<title>Chart</title>", f"<title>{title}</title>", 1)
    return titled.replace("<html>", '<html lang="en">', 1)
