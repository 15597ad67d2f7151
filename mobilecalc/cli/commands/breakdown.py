"""`mobilecalc breakdown`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.counting import ConventionName, CounterNames, convention_of, counters_of
from mobilecalc.cli.models import model_of
from mobilecalc.cli.options import (
    ChartFile,
    InputOptions,
    ModelName,
    OutputOptions,
    PassOptions,
    SettingOptions,
)
from mobilecalc.cli.output import output_of
from mobilecalc.core.errors import UnknownName
from mobilecalc.networks import Network

GROUPINGS = ("layer", "kind")

By = Annotated[
    str,
    typer.Option(
        help=f"The table that formats other than the console show: {' or '.join(GROUPINGS)}."
    ),
]
All = Annotated[bool, typer.Option("--all", help="Show the rows whose numbers are all 0 too.")]


def breakdown(
    context: typer.Context,
    model: ModelName,
    by: By = "layer",
    all: All = False,
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    pass_options: PassOptions = PassOptions(),
    counters: CounterNames = None,
    convention: ConventionName = "paper",
    output_options: OutputOptions = OutputOptions(),
    chart: ChartFile = None,
) -> None:
    """Where the cost sits: layer by layer, and 1x1 against depthwise against the rest."""
    from mobilecalc.studies.breakdown import Breakdown

    output = output_of(context, output_options, chart)
    if by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    pass_, chosen = pass_options.checked, convention_of(convention)
    asked = counters_of(counters)
    subject = model_of(model, settings, inputs, pass_options, output=output)
    if counters is None and not isinstance(subject, Network):
        asked = []
    made = Breakdown(subject, asked, chosen, pass_, every_row=all)
    one = made.by_layer if by == "layer" else made.by_kind
    both = [made.by_layer, made.by_kind] if output.on_console else []
    output.show(one, console=both, strict=inputs.strict)
