"""Which networks are there?"""

from __future__ import annotations

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.networks import Network, describe, zoo


def models() -> Table:
    """The zoo: a row a network, with what it and its rewrites cost at its default settings."""
    columns = (
        Column("model", "Model", "text"),
        Column("input", "Input", "shape", spare=2),
        Column("macs", "MACs", "count"),
        Column("params", "Params", "count"),
        Column("standard_macs", "-standard", "count", spare=3),
        Column("separable_macs", "-separable", "count", spare=4),
        Column("title", "What it is", "text"),
        Column("source", "Source", "text", spare=1),
    )
    notes = (
        footnote(
            "setting",
            "Each at alpha 1, and with the input and the classes that its authors give: 1000, and"
            " 80 of a detector.",
        ),
        footnote(
            "definition",
            "-standard, -separable: the MACs of MODEL-standard (each separable pair as the standard"
            " convolution that it factorises) and MODEL-separable (each standard convolution as a"
            " separable pair), where the network has any. A depthwise convolution with a gate"
            " behind it (squeeze-and-excite) is no half of a pair, and stays.",
        ),
    )
    return Table(
        "The networks", columns, tuple(_row(describe(name)) for name in zoo()), footnotes=notes
    )


def _row(network: Network) -> dict[str, Value]:
    profile = network.profile()
    return {
        "model": network.name,
        "input": str(network.input),
        "macs": profile.macs,
        "params": profile.parameters,
        "standard_macs": _rewritten(network, "standard"),
        "separable_macs": _rewritten(network, "separable"),
        "title": network.title,
        "source": network.source,
    }


def _rewritten(network: Network, variant: str) -> int | None:
    """The MACs of a variant, None where it is the network itself."""
    other = describe(f"{network.name}-{variant}", network.settings)
    return None if other.body == network.body else other.profile().macs
