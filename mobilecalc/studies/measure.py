"""How a study names the cost it reports: the convention decides the key and the heading."""

from __future__ import annotations

from collections.abc import Iterable

from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import FACTS, SYMBOLS
from mobilecalc.core.table import Column
from mobilecalc.counters import Counter
from mobilecalc.networks import Network


def cost_key(convention: Convention) -> str:
    """The column's key: `macs`, or `flops` where the convention counts FLOPs."""
    return f"{convention.unit.lower()}s"


def cost_column(convention: Convention) -> Column:
    """The column of the cost itself; every convention but the paper's is named in the heading."""
    heading = f"{convention.unit}s"
    if convention is not PAPER:
        heading += f" ({convention.name})"
    return Column(cost_key(convention), heading, "count")


def share(part: int, whole: int) -> float | None:
    """Part / whole, or None where there is no whole."""
    return part / whole if whole else None


def convention_notes(convention: Convention, counters: Iterable[Counter] = ()) -> tuple[str, ...]:
    """What the cost column adds up, on whose word, and the symbols used here and by counters."""
    what = f"{convention.formula}: {convention.meaning} ({convention.source})"
    used = (convention, *(counter.convention for counter in counters))
    return f"{convention.unit}s = {what}.", legend(used)


def legend(conventions: Iterable[Convention]) -> str:
    """The meaning of the symbols that these conventions use."""
    used = {fact for convention in conventions for fact in convention.coefficients}
    parts = (f"{SYMBOLS[fact.name]}: {fact.meaning}" for fact in FACTS if fact.name in used)
    return "; ".join(parts) + "."


def input_notes(network: Network) -> tuple[str, ...]:
    """The settings of the network, and what was said when they were chosen."""
    return (f"One sample: {network.settings}.", *network.settings.notes)
