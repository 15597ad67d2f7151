"""`mobilecalc breakdown`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    DEFAULT_COUNTERS,
    Alpha,
    Channels,
    Classes,
    ConventionName,
    CounterNames,
    Format,
    Model,
    Output,
    Resolution,
    Rho,
    convention_of,
    counters_of,
)
from mobilecalc.cli.output import sink
from mobilecalc.core.errors import UnknownName
from mobilecalc.networks import describe, settings

GROUPINGS = ("layer", "kind")

By = Annotated[
    str,
    typer.Option(
        help=f"The table that formats other than the console show: {' or '.join(GROUPINGS)}."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show the rows whose numbers are all 0 too.")]


def breakdown(
    model: Model,
    by: By = "layer",
    all: All = False,
    alpha: Alpha = 1.0,
    resolution: Resolution = None,
    rho: Rho = None,
    classes: Classes = 1000,
    channels: Channels = 3,
    counters: CounterNames = DEFAULT_COUNTERS,
    convention: ConventionName = "paper",
    format: Format = None,
    output: Output = None,
) -> None:
    """Where the cost sits: layer by layer, and 1x1 against depthwise against the rest."""
    from mobilecalc.studies.breakdown import breakdown

    out = sink(format, output)
    if by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    size = settings(alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels)
    network, chosen = describe(model, size), convention_of(convention)
    tables = breakdown(network, counters_of(counters), chosen, every_row=all)
    out.show(tables[GROUPINGS.index(by)], console=tables)
