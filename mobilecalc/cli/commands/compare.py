"""`mobilecalc compare`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.completion import model_names
from mobilecalc.cli.counting import ConventionName, CounterNames, convention_of, counters_of
from mobilecalc.cli.models import models_of
from mobilecalc.cli.options import (
    ChartFile,
    InputOptions,
    OutputOptions,
    PassOptions,
    SettingOptions,
)
from mobilecalc.cli.output import output_of
from mobilecalc.networks import MOBILENETS

Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MODEL]...",
        autocompletion=model_names,
        help="Networks, or where modules come from; where none is named, MobileNet V1 and V2"
        " and their standard counterparts.",
    ),
]


def compare(
    context: typer.Context,
    models: Models = None,
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    pass_options: PassOptions = PassOptions(),
    counters: CounterNames = None,
    convention: ConventionName = "paper",
    output_options: OutputOptions = OutputOptions(),
    chart: ChartFile = None,
) -> None:
    """Models side by side: cost, parameters, ratio to standard, and the real counters."""
    from mobilecalc.studies.compare import compare

    output = output_of(context, output_options, chart)
    pass_, chosen, asked = pass_options.checked, convention_of(convention), counters_of(counters)
    subjects = models_of(models or MOBILENETS, settings, inputs, pass_options, output=output)
    table = compare(subjects, asked, chosen, pass_, zoo_only=counters is None)
    output.show(table, strict=inputs.strict)
