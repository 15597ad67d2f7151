"""What do MACs and parameters follow from, in alpha and rho? The closed form, by symbols."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.formula import Formula, symbols
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.pairs import standard_of
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import EXACT
from mobilecalc.core.shape import Shape
from mobilecalc.networks.network import Network
from mobilecalc.studies.formulas.from_sympy import polynomial, products
from mobilecalc.studies.formulas.unrounded import (
    Unrounded,
    alpha_and_rho,
    sympy_module,
    unrounded,
)

D_K, M, N, D_F, ALPHA, RHO = symbols("D_K M N D_F alpha rho")

_QUANTITIES = {"macs": "MACs", "params": "Params"}


def closed_form(network: Network) -> tuple[Table, Table]:
    """MACs and parameters of the unrounded network over alpha and rho; and what rounding makes.

    The second table compares the two at the network's own alpha and resolution. Raises
    `BadShape` for an edited network whose widths do not fit, `MissingPackage` without sympy.
    """
    exact = unrounded(network)
    forms = _totals(exact.profile)
    columns = (Column("quantity", "Of", "text"), Column("formula", "Closed form", "formula"))
    rows: tuple[dict[str, Value], ...] = tuple(
        {"quantity": words, "formula": _over_alpha_and_rho(forms[key])}
        for key, words in _QUANTITIES.items()
    )
    table = Table(exact.title, columns, rows, footnotes=exact.footnotes)
    return table, _rounding(network, forms, exact)


def by_layer(network: Network) -> Table:
    """The closed form of each layer with MACs, and the sum. Raises what `closed_form` does."""
    exact = unrounded(network)
    columns = (
        Column("layer", "Layer", "text"),
        Column("macs", "MACs", "formula"),
        Column("params", "Params", "formula"),
    )
    rows = tuple(
        _layer_row(row.path, row.counts) for row in exact.profile.rows if row.counts.macs != 0
    )
    forms = _totals(exact.profile)
    total: dict[str, Value] = {
        "layer": "all, with norms",
        **{key: _over_alpha_and_rho(forms[key]) for key in _QUANTITIES},
    }
    title = f"{exact.title}, layer by layer"
    return Table(title, columns, rows, total, exact.footnotes)


def _layer_row(path: str, counts: Counts) -> dict[str, Value]:
    return {
        "layer": path,
        "macs": _over_alpha_and_rho(counts.macs),
        "params": _over_alpha_and_rho(counts.parameters),
    }


def _over_alpha_and_rho(expression: Any) -> Formula:
    alpha, rho = alpha_and_rho()
    return polynomial(expression, rho, alpha)


def chain() -> Table:
    """From the standard layer to the separable one, then with alpha, then with rho.

    Source: section 3 of arXiv:1704.04861, equations 2 and 5 to 7.
    """
    sympy = sympy_module()
    kernel, inputs, outputs, side = sympy.symbols("D_K M N D_F", positive=True)
    alpha, rho = alpha_and_rho()
    ops = {
        "standard": (inputs, outputs, side),
        "separable": (inputs, outputs, side),
        "with alpha": (alpha * inputs, alpha * outputs, side),
        "with alpha and rho": (
            alpha * inputs,
            alpha * outputs,
            rho * side,
        ),
    }
    macs = {
        name: _layer_macs(kernel, *sizes, separable=name != "standard")
        for name, sizes in ops.items()
    }
    columns = (
        Column("layer", "Layer", "text"),
        Column("macs", "MACs", "formula"),
        Column("ratio", "Over standard", "formula"),
    )
    rows: tuple[dict[str, Value], ...] = tuple(
        {
            "layer": name,
            "macs": products(count),
            "ratio": products(sympy.expand(count / macs["standard"])),
        }
        for name, count in macs.items()
    )
    notes = (
        footnote(
            "definition",
            *(D_K, ": kernel size; ", M, ", ", N, ": input and output channels; ", D_F),
            ": side of the output map (arXiv:1704.04861, section 3). ",
            *(ALPHA, ": width multiplier; ", RHO, ": resolution multiplier."),
        ),
        footnote(
            "remark",
            "Each row adds to the one above. Of a network: mobilecalc formula v1 --symbols",
        ),
    )
    return Table("A layer's cost, from standard to separable", columns, rows, footnotes=notes)


def _layer_macs(kernel: Any, inputs: Any, outputs: Any, side: Any, *, separable: bool) -> Any:
    """By the same formulas as everywhere, on symbols."""
    pair = Depthwise(kernel), Conv(outputs, kernel=1)
    ops = pair if separable else (standard_of(*pair),)
    return sum(cost(op, Shape(inputs, side, side), EXACT)[1].macs for op in ops)


def _totals(profile: Profile) -> dict[str, Any]:
    sympy = sympy_module()
    counts = profile.counts
    return {"macs": sympy.expand(counts.macs), "params": sympy.expand(counts.parameters)}


def _rounding(network: Network, forms: dict[str, Any], exact: Unrounded) -> Table:
    rho = Fraction(network.settings.resolution or exact.resolution, exact.resolution)
    alpha = Fraction(str(network.settings.alpha))
    rational, symbol = sympy_module().Rational, alpha_and_rho()
    at = {symbol.alpha: rational(alpha), symbol.rho: rational(rho)}
    real = network.profile()
    rounded = {"macs": real.macs, "params": real.parameters}
    columns = (
        Column("quantity", "Of", "text"),
        Column("exact", "Unrounded", "count"),
        Column("network", "The network", "count"),
        Column("more", "More", "count"),
        Column("off", "More, in %", "difference"),
    )
    rows: list[dict[str, Value]] = []
    for key, words in _QUANTITIES.items():
        form = Fraction(str(forms[key].subs(at)))
        nearest = round(form)
        rows.append(
            {
                "quantity": words,
                "exact": nearest,
                "network": rounded[key],
                "more": rounded[key] - nearest,
                "off": float(rounded[key] / form - 1) if form else None,
            }
        )
    pixels = f"{network.settings.resolution} pixels"
    if "alpha" in exact.symbols:
        at_what, why = f"alpha {float(alpha):g}, {pixels}", _WHY_ROUNDED
    else:
        at_what, why = pixels, _WHY_WHOLE
    title = f"{network.name} at {at_what}"
    return Table(title, columns, tuple(rows), footnotes=(footnote("definition", why),))


_WHY_ROUNDED = (
    "Unrounded: the closed form at this alpha and rho, to the nearest whole number. The"
    " network: its widths are rounded by its own rule (in MobileNet V2 to multiples of 8) or"
    " come from a list, and its sides are whole; so it has more, or less."
)
_WHY_WHOLE = (
    "Unrounded: the closed form at this rho, to the nearest whole number. The network: its sides"
    " are whole, also where a stride does not divide them; so it may have more, or less."
)
