"""`mobilecalc conventions`."""

from __future__ import annotations

from mobilecalc.cli.options import Format, Output
from mobilecalc.cli.output import sink


def conventions(format: Format = None, output: Output = None) -> None:
    """What the counters add up: each convention's sum, unit and source."""
    from mobilecalc.studies.conventions import conventions

    sink(format, output).show(conventions())
