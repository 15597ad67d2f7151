"""`mobilecalc scale`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    Channels,
    ChartFile,
    Classes,
    ConventionName,
    Destination,
    ModelName,
    convention_of,
)
from mobilecalc.cli.output import sink
from mobilecalc.core.checks import positive, whole
from mobilecalc.networks import settings
from mobilecalc.networks.settings import LARGEST_SIDE, WIDEST
from mobilecalc.studies.scale import PAPER_ALPHAS, PAPER_RESOLUTIONS

DEFAULT_ALPHAS = ",".join(map(str, PAPER_ALPHAS))
DEFAULT_RESOLUTIONS = ",".join(map(str, PAPER_RESOLUTIONS))

Alphas = Annotated[str, typer.Option(help="Width multipliers, with commas between them.")]
Resolutions = Annotated[str, typer.Option(help="Pixels a side, with commas between them.")]


def scale(
    model: ModelName,
    alphas: Alphas = DEFAULT_ALPHAS,
    resolutions: Resolutions = DEFAULT_RESOLUTIONS,
    classes: Classes = None,
    channels: Channels = 3,
    convention: ConventionName = "paper",
    to: Destination = Destination(),
    chart: ChartFile = None,
) -> None:
    """Cost and parameters over alpha and resolution, and how far from the square laws."""
    from mobilecalc.studies.scale import scale

    out = sink(to, chart)
    base = settings(classes=classes, channels=channels)
    widths = [
        positive("--alphas", part, "width multipliers", "1,0.5", WIDEST)
        for part in alphas.split(",")
    ]
    sizes = [
        whole("--resolutions", part, "pixels a side", "224,96", LARGEST_SIDE)
        for part in resolutions.split(",")
    ]
    table, charts = scale(model, widths, sizes, convention_of(convention), base)
    out.show(table, charts=charts[:2], of=())
