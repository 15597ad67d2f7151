"""`mobilecalc scale`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.counting import ConventionName, convention_of
from mobilecalc.cli.models import refuse_half_a_name
from mobilecalc.cli.options import Channels, ChartFile, Classes, NetworkName, OutputOptions
from mobilecalc.cli.output import output_of
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
    context: typer.Context,
    model: NetworkName,
    alphas: Alphas = DEFAULT_ALPHAS,
    resolutions: Resolutions = DEFAULT_RESOLUTIONS,
    classes: Classes = None,
    channels: Channels = 3,
    convention: ConventionName = "paper",
    output_options: OutputOptions = OutputOptions(),
    chart: ChartFile = None,
) -> None:
    """Cost and parameters over alpha and resolution, and how far from the square laws."""
    from mobilecalc.studies.scale import scale

    output = output_of(context, output_options, chart)
    _refuse_loadable(model)
    base = settings(classes=classes, channels=channels)
    grid = _widths(alphas), _sides(resolutions)
    table, charts = scale(model, *grid, convention_of(convention), base)
    output.show(table, charts=charts[:2])


def _refuse_loadable(model: str) -> None:
    """Raise `BadOption` for a model that is not built at other widths."""
    if is_loadable(model):
        raise BadOption(
            f"{shown(model)} has no alpha: scale is for built-in networks.",
            why="Any other module or description has the widths that it was made with.",
            fix="Name a built-in network (mobilecalc models lists them): mobilecalc scale v1",
        )
    refuse_half_a_name(model)


def _widths(text: str) -> list[float]:
    """The width multipliers of a text. Raises `BadOption`."""
    parts = separated("alphas", text, "1,0.5")
    widths = [positive("alphas", part, "width multipliers", "1,0.5", WIDEST) for part in parts]
    refuse_repeated("alphas", widths)
    return widths


def _sides(text: str) -> list[int]:
    """The resolutions of a text. Raises `BadOption`."""
    parts = separated("resolutions", text, "224,96")
    sides = [whole("resolutions", part, "pixels a side", "224,96", LARGEST_SIDE) for part in parts]
    refuse_repeated("resolutions", sides)
    return sides
