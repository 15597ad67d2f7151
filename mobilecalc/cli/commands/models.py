"""`mobilecalc models`"""

from __future__ import annotations

import typer

from mobilecalc.cli.options import OutputOptions
from mobilecalc.cli.output import output_of


def models(context: typer.Context, output_options: OutputOptions = OutputOptions()) -> None:
    """The networks, with a line each."""
    from mobilecalc.studies.models import models

    output_of(context, output_options).show(models())
