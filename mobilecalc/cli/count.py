"""`mobilecalc count`"""

from __future__ import annotations

from mobilecalc.cli.options import (
    Alpha,
    Channels,
    Classes,
    Format,
    Model,
    Output,
    Resolution,
    Rho,
)
from mobilecalc.cli.output import sink
from mobilecalc.networks import describe, settings


def count(
    model: Model,
    alpha: Alpha = 1.0,
    resolution: Resolution = None,
    rho: Rho = None,
    classes: Classes = 1000,
    channels: Channels = 3,
    format: Format = None,
    output: Output = None,
) -> None:
    """The fact sheet: every fact, each meaning of "parameters", each convention's total."""
    from mobilecalc.studies.factsheet import factsheet

    out = sink(format, output)
    size = settings(alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels)
    out.show(factsheet(describe(model, size)))
