"""`mobilecalc models`"""

from __future__ import annotations

from mobilecalc.cli.options import Format, Output
from mobilecalc.cli.output import sink


def models(format: Format = None, output: Output = None) -> None:
    """The networks, with a line each."""
    from mobilecalc.studies.models import models

    sink(format, output).show(models())
