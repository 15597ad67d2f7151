"""`mobilecalc models`"""

from __future__ import annotations

from mobilecalc.cli.options import Destination
from mobilecalc.cli.output import sink


def models(to: Destination = Destination()) -> None:
    """The networks, with a line each."""
    from mobilecalc.studies.models import models

    sink(to).show(models(), of=())
