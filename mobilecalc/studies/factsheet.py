"""Everything that is known of one network: the facts, and every sum made of them."""

from __future__ import annotations

from mobilecalc.core.counts import FACTS
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.core.table import Column, Table, Value
from mobilecalc.counters import CONVENTIONS
from mobilecalc.networks import Network
from mobilecalc.studies.measure import input_notes


def factsheet(network: Network) -> Table:
    """A row for each fact, each meaning of "parameters" and each convention's total."""
    counts = network.profile().counts
    columns = (
        Column("group", "Group", "text"),
        Column("name", "Name", "text"),
        Column("formula", "Symbol or sum", "text"),
        Column("value", "Value", "count"),
        Column("meaning", "What it is", "text"),
    )
    facts: list[dict[str, Value]] = [
        _row("fact", fact.name, fact.symbol, getattr(counts, fact.name), fact.meaning)
        for fact in FACTS
    ]
    parameters = [
        _row("parameters", meaning.name, meaning.formula, meaning.total(counts), meaning.used_by)
        for meaning in PARAMETER_MEANINGS
    ]
    conventions = [
        _row("convention", f"{name} ({c.unit}s)", c.formula, c.total(counts), c.meaning)
        for name, c in ((name, CONVENTIONS[name]) for name in CONVENTIONS)
    ]
    return Table(
        f"{network.name}: the facts, and the sums made of them",
        columns,
        (*facts, *parameters, *conventions),
        notes=(
            *input_notes(network),
            "A convention says what a counter means to add up. What the library reports may contain"
            f" faults of its own: mobilecalc explain {network.name}.",
        ),
    )


def _row(group: str, name: str, formula: str, value: int, meaning: str) -> dict[str, Value]:
    return {"group": group, "name": name, "formula": formula, "value": value, "meaning": meaning}
