"""The formula of each separable layer of a network with its numbers, and what it saves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.cost import (
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
)
from mobilecalc.core.errors import BadOption
from mobilecalc.studies.costs import share
from mobilecalc.studies.formulas.separable import (
    EQUATIONS,
    LEGEND,
    SeparableLayer,
    separable_layers,
)

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


def network_formulas(network: Model) -> Table:
    """A row for each separable layer of a network, and their sum.

    Raises `BadOption` where the network has none.
    """
    layers = list(separable_layers(network.profile()))
    if not layers:
        raise BadOption(
            f"{network.name} has no separable layer.",
            why="It has no depthwise convolution that a pointwise one follows, with no more than"
            " normalisation and activation between them.",
            fix="Try: mobilecalc formula v1",
        )
    columns = (
        Column("layer", "Layer", "text"),
        Column("formula", "Separable layer", "formula"),
        Column("macs", "MACs", "count"),
        Column("standard_macs", "Standard MACs", "count"),
        Column("ratio", "of standard", "ratio"),
        Column("params", "Weights", "count", spare=1),
        Column("standard_params", "Standard weights", "count", spare=2),
    )
    rows = tuple(_network_row(path, layer) for path, layer in layers)
    macs, standard_macs = _sum(rows, "macs"), _sum(rows, "standard_macs")
    total: dict[str, Value] = {
        "layer": "total",
        "formula": None,
        "macs": macs,
        "standard_macs": standard_macs,
        "ratio": share(macs, standard_macs),
        "params": _sum(rows, "params"),
        "standard_params": _sum(rows, "standard_params"),
    }
    notes = (
        footnote(
            "definition",
            "The separable pairs alone: what is outside them (the first convolution, expansions,"
            " the classifier, ...) is the same in the standard network, and is left out of the"
            " total.",
        ),
        footnote("definition", "Of standard: ", SEPARABLE_TO_STANDARD, " for each layer."),
        EQUATIONS,
        LEGEND,
    )
    title = f"{network.name}, each separable layer"
    return Table(title, columns, rows, total, notes, about=(network.profile(),))


def _network_row(path: str, layer: SeparableLayer) -> dict[str, Value]:
    separable, standard = layer.separable, layer.standard
    return {
        "layer": path,
        "formula": layer.put_into(SEPARABLE_MACS),
        "macs": separable.macs,
        "standard_macs": standard.macs,
        "ratio": share(separable.macs, standard.macs),
        "params": separable.weights,
        "standard_params": standard.weights,
    }


def _sum(rows: Sequence[dict[str, Value]], key: str) -> int:
    return sum(value for row in rows if isinstance(value := row[key], int))
