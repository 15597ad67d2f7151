"""`mobilecalc conventions`."""

from __future__ import annotations

import typer

from mobilecalc.cli.options import OutputOptions
from mobilecalc.cli.output import output_of


def conventions(context: typer.Context, output_options: OutputOptions = OutputOptions()) -> None:
    """What the counters add up: each convention's sum, unit and source."""
    from mobilecalc.studies.conventions import conventions

    output_of(context, output_options).show(conventions())
