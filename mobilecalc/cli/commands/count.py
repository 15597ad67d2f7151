"""`mobilecalc count`"""

from __future__ import annotations

from mobilecalc.cli.options import Destination, Feed, ModelName, Size, Step
from mobilecalc.cli.output import sink
from mobilecalc.cli.subjects import model_of


def count(
    model: ModelName,
    size: Size = Size(),
    feed: Feed = Feed(),
    step: Step = Step(),
    to: Destination = Destination(),
) -> None:
    """The fact sheet: every fact, each meaning of "parameters", each convention's total."""
    from mobilecalc.studies.count import factsheet

    out, extent = sink(to), step.extent
    subject = model_of(model, size, feed, step)
    out.show(factsheet(subject, extent), of=[subject], strict=feed.strict)
