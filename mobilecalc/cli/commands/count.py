"""`mobilecalc count`"""

from __future__ import annotations

import typer

from mobilecalc.cli.models import model_of
from mobilecalc.cli.options import (
    InputOptions,
    ModelName,
    OutputOptions,
    PassOptions,
    SettingOptions,
)
from mobilecalc.cli.output import output_of


def count(
    context: typer.Context,
    model: ModelName,
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    pass_: PassOptions = PassOptions(),
    output_options: OutputOptions = OutputOptions(),
) -> None:
    """The fact sheet: every fact, each meaning of "parameters", each convention's total."""
    from mobilecalc.studies.count import factsheet

    output, extent = output_of(context, output_options), pass_.checked
    subject = model_of(model, settings, inputs, pass_, output=output)
    output.show(factsheet(subject, extent), strict=inputs.strict)
