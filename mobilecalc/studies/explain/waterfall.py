"""The way from a network's multiply-accumulates to a counter's number, step by step."""

from __future__ import annotations

from mobilecalc.answers.charts import Step, Waterfall
from mobilecalc.core.conventions import PAPER
from mobilecalc.core.counts import FACTS
from mobilecalc.counters import Counter
from mobilecalc.studies.explain.facts import Explanation


def waterfalls(explanation: Explanation) -> tuple[Waterfall, ...]:
    """For each counter, the steps from the paper's convention (MACs alone) to its number."""
    return tuple(_waterfall(explanation, counter) for counter in explanation.counters)


def _waterfall(explanation: Explanation, counter: Counter) -> Waterfall:
    counts, rows = explanation.profile.counts, explanation.profile.rows
    steps = [Step("macs (the paper)", PAPER.total(counts), "whole")]
    for fact in FACTS:
        times = counter.convention.coefficients.get(fact.name, 0)
        more = times - PAPER.coefficients.get(fact.name, 0)
        if more and getattr(counts, fact.name):
            label = f"{fact.name} x {more}" if more == times else f"{fact.name} x {more} more"
            steps.append(Step(label, more * getattr(counts, fact.name), "fact"))
    for fault, size in counter.faults_in(rows).items():
        steps.append(Step(f"fault: {fault.name}", size, "fault"))
    check = explanation.readings.get(counter.name)
    if check is not None and check.difference:
        steps.append(Step("remainder", check.difference, "fault"))
    end = f"{counter.name}, {'reported' if check and check.reading.total else 'predicted'}"
    return Waterfall(
        f"{explanation.profile.name}: from its MACs to {counter.name}'s number",
        f"{counter.convention.unit}s as {counter.name} counts; {explanation.profile.origin}."
        " Blue: facts; orange: faults.",
        tuple(steps),
        end,
    )
