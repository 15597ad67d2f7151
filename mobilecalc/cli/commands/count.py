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
    pass_options: PassOptions = PassOptions(),
    output_options: OutputOptions = OutputOptions(),
) -> None:
    """The fact sheet: every fact, each meaning of "parameters", each convention's total."""
    from mobilecalc.studies.count import factsheet

    output, pass_ = output_of(context, output_options), pass_options.checked
    subject = model_of(model, settings, inputs, pass_options, output=output)
    output.show(factsheet(subject, pass_), strict=inputs.strict)
