"""`mobilecalc compare`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    ChartFile,
    ConventionName,
    CounterNames,
    Destination,
    Feed,
    Size,
    Step,
    convention_of,
    counters_of,
)
from mobilecalc.cli.output import sink
from mobilecalc.cli.subjects import models_of
from mobilecalc.networks import MOBILENETS

Models = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[MODEL]...",
        help="Networks, or where modules come from; where none is named, MobileNet V1 and V2"
        " and their standard counterparts.",
    ),
]


def compare(
    models: Models = None,
    size: Size = Size(),
    feed: Feed = Feed(),
    step: Step = Step(),
    counters: CounterNames = None,
    convention: ConventionName = "paper",
    to: Destination = Destination(),
    chart: ChartFile = None,
) -> None:
    """Models side by side: cost, parameters, ratio to standard, and the real counters."""
    from mobilecalc.studies.compare import compare

    out = sink(to, chart)
    extent, chosen, asked = step.extent, convention_of(convention), counters_of(counters)
    subjects = models_of(models or MOBILENETS, size, feed, step)
    table = compare(subjects, asked, chosen, extent, zoo_only=counters is None)
    out.show(table, of=subjects, strict=feed.strict)
