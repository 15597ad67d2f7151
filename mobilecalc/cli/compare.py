"""`mobilecalc compare`"""

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
    Output,
    Resolution,
    Rho,
    convention_of,
    counters_of,
)
from mobilecalc.cli.output import sink
from mobilecalc.networks import describe, settings, zoo

Models = Annotated[
    list[str] | None,
    typer.Argument(metavar="[MODEL]...", help="Networks; where none is named, the whole zoo."),
]


def compare(
    models: Models = None,
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
    """Networks side by side: cost, parameters, ratio to standard, and the real counters."""
    from mobilecalc.studies.compare import compare

    out = sink(format, output)
    size = settings(alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels)
    networks = [describe(model, size) for model in models or zoo()]
    out.show(compare(networks, counters_of(counters), convention_of(convention)))
