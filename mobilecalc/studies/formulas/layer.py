"""One separable layer: its formulas with its numbers, and their derivation."""

from __future__ import annotations

from collections.abc import Iterator

from mobilecalc.answers.columns import Column
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.cost import (
    DEPTHWISE_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
)
from mobilecalc.core.counts import Counts
from mobilecalc.core.formula import Formula, symbols
from mobilecalc.studies.costs import share
from mobilecalc.studies.formulas.separable import (
    EQUATIONS,
    LEGEND,
    SeparableLayer,
)

D_K, M, N, D_F, ALPHA, RHO = symbols("D_K M N D_F alpha rho")

_STEPS = (
    footnote(
        "definition",
        *("Standard: each of the ", N, " kernels has ", D_K**2 * M),
        *(" weights, used at each of the ", D_F**2, " places."),
    ),
    footnote(
        "definition",
        *("Depthwise: a kernel of ", D_K**2),
        " weights for each input channel; no channels are mixed.",
    ),
    footnote("definition", "Pointwise: 1x1, which mixes the channels and looks at no neighbours."),
    footnote(
        "definition",
        *("Over standard: of the sum of both, ", M, ", ", D_F**2),
        " and one more factor cancel.",
    ),
    footnote(
        "definition",
        *(ALPHA, " scales ", M, " and ", N, ", ", RHO, " scales ", D_F),
        ": each row adds to the one above.",
    ),
)
"""What each step of the derivation says."""


def layer_formulas(layer: SeparableLayer, alpha: float = 1.0, rho: float = 1.0) -> Table:
    """One layer as in Table 3 of arXiv:1704.04861: standard, separable, then alpha, then rho.

    The rows for alpha and rho are cumulative, and are there where they are not 1.
    """
    columns = (
        Column("layer", "Layer", "text"),
        Column("formula", "Formula", "formula"),
        Column("macs", "MACs", "count"),
        Column("params", "Weights", "count", spare=1),
        Column("ratio", "of standard", "ratio", spare=2),
    )
    rows = tuple(
        {
            "layer": name,
            "formula": formula,
            "macs": counts.macs,
            "params": counts.weights,
            "ratio": share(counts.macs, layer.standard.macs),
        }
        for name, formula, counts in _forms(layer, alpha, rho)
    )
    ratio = (SEPARABLE_TO_STANDARD, " = ", layer.put_into(SEPARABLE_TO_STANDARD))
    notes = (
        EQUATIONS,
        footnote("definition", "Separable to standard: ", *ratio, "."),
        *_rounding(layer, alpha, rho),
        LEGEND,
    )
    return Table(str(layer), columns, rows, footnotes=notes)


def _forms(
    layer: SeparableLayer, alpha: float, rho: float
) -> Iterator[tuple[str, Formula, Counts]]:
    yield "standard", layer.put_into(STANDARD_MACS), layer.standard
    yield "separable", layer.put_into(SEPARABLE_MACS), layer.separable
    for name, scaled in _scaled(layer, alpha, rho):
        yield name, scaled.put_into(SEPARABLE_MACS), scaled.separable


def layer_steps(layer: SeparableLayer, alpha: float = 1.0, rho: float = 1.0) -> Table:
    """The derivation of one layer's cost, a row a step, as a lecturer writes it on a board."""
    columns = (
        Column("step", "Step", "text"),
        Column("equation", "Equation", "formula"),
        Column("numbers", "With its numbers", "formula"),
        Column("value", "Value", "amount"),
    )
    rows = tuple(
        {"step": name, "equation": equation, "numbers": at.put_into(equation), "value": value}
        for name, equation, at, value in _derivation(layer, alpha, rho)
    )
    notes = (
        *_STEPS,
        *_rounding(layer, alpha, rho),
        LEGEND,
    )
    return Table(f"{layer}, step by step", columns, rows, footnotes=notes)


def _derivation(
    layer: SeparableLayer, alpha: float, rho: float
) -> Iterator[tuple[str, Formula, SeparableLayer, int | float]]:
    """The name of each step, its equation, the layer it is of, and its value."""
    depthwise, both = layer.depthwise.macs, layer.separable.macs
    yield "standard", STANDARD_MACS, layer, layer.standard.macs
    yield "depthwise", DEPTHWISE_MACS, layer, depthwise
    yield "pointwise", POINTWISE_MACS, layer, both - depthwise
    yield "separable", SEPARABLE_MACS, layer, both
    yield "over standard", SEPARABLE_TO_STANDARD, layer, both / layer.standard.macs
    for name, scaled in _scaled(layer, alpha, rho):
        yield name, SEPARABLE_MACS, scaled, scaled.separable.macs


def _scaled(
    layer: SeparableLayer, alpha: float, rho: float
) -> Iterator[tuple[str, SeparableLayer]]:
    """The layer with alpha, then with rho too, where they are not 1."""
    if alpha != 1:
        yield f"alpha = {alpha:g}", layer.scaled(alpha, 1.0)
    if rho != 1:
        yield f"rho = {rho:g}", layer.scaled(alpha, rho)


def _rounding(layer: SeparableLayer, alpha: float, rho: float) -> tuple[Footnote, ...]:
    """What was not whole, and what was taken instead."""
    scaled = layer.scaled(alpha, rho)
    taken = (
        (ALPHA, alpha, M, layer.inputs, scaled.inputs),
        (ALPHA, alpha, N, layer.map.channels, scaled.map.channels),
        (RHO, rho, D_F, layer.map.height, scaled.map.height),
    )
    return tuple(
        footnote(
            "setting",
            *(multiplier, f" {factor:g} of ", symbol),
            f" = {size} is {factor * size:g}; {whole} was taken.",
        )
        for multiplier, factor, symbol, size, whole in taken
        if factor * size != whole
    )
