"""Which networks are there?"""

from __future__ import annotations

from mobilecalc.core.table import Column, Table, Value
from mobilecalc.networks import describe, zoo
from mobilecalc.networks.settings import DEFAULT_SETTINGS


def models() -> Table:
    """The zoo: a row a network, with what it costs at its default settings."""
    columns = (
        Column("model", "Model", "text"),
        Column("macs", "MACs", "count"),
        Column("params", "Params", "count"),
        Column("title", "What it is", "text"),
        Column("source", "Source", "text", spare=1),
    )
    networks = [describe(name) for name in zoo()]
    rows: list[dict[str, Value]] = [
        {
            "model": network.name,
            "macs": (profile := network.profile()).macs,
            "params": profile.parameters,
            "title": network.title,
            "source": network.source,
        }
        for network in networks
    ]
    notes = (
        f"Each at {DEFAULT_SETTINGS}.",
        "MODEL-separable names the reverse: each standard convolution as a separable pair.",
    )
    return Table("The networks", columns, tuple(rows), notes=notes)
