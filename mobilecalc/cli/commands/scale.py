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
    NetworkName,
    convention_of,
)
from mobilecalc.cli.output import sink
from mobilecalc.cli.subjects import refuse_half_a_name
from mobilecalc.core.checks import positive, refuse_repeated, separated, whole
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.modules.loading.sources import is_loadable
from mobilecalc.networks import settings
from mobilecalc.networks.settings import LARGEST_SIDE, WIDEST
from mobilecalc.studies.scale import PAPER_ALPHAS, PAPER_RESOLUTIONS

DEFAULT_ALPHAS = ",".join(map(str, PAPER_ALPHAS))
DEFAULT_RESOLUTIONS = ",".join(map(str, PAPER_RESOLUTIONS))

Alphas = Annotated[str, typer.Option(help="Width multipliers, with commas between them.")]
Resolutions = Annotated[str, typer.Option(help="Pixels a side, with commas between them.")]


def scale(
    model: NetworkName,
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
    if is_loadable(model):
        raise BadOption(
            f"{shown(model)} has no alpha: scale is for built-in networks.",
            why="Any other module or description has the widths that it was made with.",
            mend="Name a built-in network (mobilecalc models lists them): mobilecalc scale v1",
        )
    refuse_half_a_name(model)
    base = settings(classes=classes, channels=channels)
    widths = [
        positive("--alphas", part, "width multipliers", "1,0.5", WIDEST)
        for part in separated("--alphas", alphas, "1,0.5")
    ]
    sizes = [
        whole("--resolutions", part, "pixels a side", "224,96", LARGEST_SIDE)
        for part in separated("--resolutions", resolutions, "224,96")
    ]
    refuse_repeated("--alphas", widths)
    refuse_repeated("--resolutions", sizes)
    table, charts = scale(model, widths, sizes, convention_of(convention), base)
    out.show(table, charts=charts[:2], of=())
