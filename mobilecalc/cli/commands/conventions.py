"""`mobilecalc conventions`."""

from __future__ import annotations

from mobilecalc.cli.options import Destination
from mobilecalc.cli.output import sink


def conventions(to: Destination = Destination()) -> None:
    """What the counters add up: each convention's sum, unit and source."""
    from mobilecalc.studies.conventions import conventions

    sink(to).show(conventions(), of=())
