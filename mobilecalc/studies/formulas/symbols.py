"""What do MACs and parameters follow from, in alpha and rho? The closed form, by symbols."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any, NamedTuple

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption, MissingPackage, UnknownName
from mobilecalc.core.formula import symbols as named
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.profile import Profile
from mobilecalc.core.rules import EXACT, V2_EXACT
from mobilecalc.core.shape import Shape
from mobilecalc.networks import Settings, describe
from mobilecalc.networks.network import Network
from mobilecalc.studies.formulas.conversion import polynomial, products

D_K, M, N, D_F, ALPHA, RHO = named("D_K M N D_F alpha rho")

_QUANTITIES = {"macs": "MACs", "params": "Params"}


class _Symbols(NamedTuple):
    """sympy's alpha and rho, both positive."""

    alpha: Any
    rho: Any


def _sympy() -> Any:
    try:
        import sympy
    except ImportError as error:
        raise MissingPackage(["sympy"], "A formula in symbols", error) from error
    return sympy


def _symbols() -> _Symbols:
    return _Symbols(*_sympy().symbols("alpha rho", positive=True))


def closed_form(network: Network) -> tuple[Table, Table]:
    """MACs and parameters of the unrounded network over alpha and rho; and what rounding makes.

    The second table compares the two at the network's own alpha and resolution. Raises
    `BadOption` for a network that is not of the zoo, `MissingPackage` without sympy.
    """
    exact, symbols = _exact(network)
    forms = _totals(exact)
    columns = (Column("quantity", "Of", "text"), Column("formula", "Closed form", "formula"))
    rows: tuple[dict[str, Value], ...] = tuple(
        {"quantity": words, "formula": polynomial(forms[key], symbols.rho, symbols.alpha)}
        for key, words in _QUANTITIES.items()
    )
    table = Table(f"{network.name} in alpha and rho", columns, rows, footnotes=_notes(network))
    return table, _rounding(network, forms, symbols)


def by_layer(network: Network) -> Table:
    """The closed form of each layer with MACs, and the sum. Raises what `closed_form` does."""
    exact, symbols = _exact(network)
    columns = (
        Column("layer", "Layer", "text"),
        Column("macs", "MACs", "formula"),
        Column("params", "Params", "formula"),
    )
    rows = tuple(
        _layer_row(row.path, row.counts, symbols) for row in exact.rows if row.counts.macs != 0
    )
    forms = _totals(exact)
    total: dict[str, Value] = {
        "layer": "all, with norms",
        **{key: polynomial(forms[key], symbols.rho, symbols.alpha) for key in _QUANTITIES},
    }
    title = f"{network.name} in alpha and rho, layer by layer"
    return Table(title, columns, rows, total, _notes(network))


def _layer_row(path: str, counts: Counts, symbols: _Symbols) -> dict[str, Value]:
    return {
        "layer": path,
        "macs": polynomial(counts.macs, symbols.rho, symbols.alpha),
        "params": polynomial(counts.parameters, symbols.rho, symbols.alpha),
    }


def chain() -> Table:
    """From the standard layer to the separable one, then with alpha, then with rho.

    Source: section 3 of arXiv:1704.04861, equations 2 and 5 to 7.
    """
    sympy = _sympy()
    kernel, inputs, outputs, side = sympy.symbols("D_K M N D_F", positive=True)
    symbols = _symbols()
    ops = {
        "standard": (inputs, outputs, side),
        "separable": (inputs, outputs, side),
        "with alpha": (symbols.alpha * inputs, symbols.alpha * outputs, side),
        "with alpha and rho": (
            symbols.alpha * inputs,
            symbols.alpha * outputs,
            symbols.rho * side,
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
    shape = Shape(inputs, side, side)
    if not separable:
        return cost(Conv(outputs, kernel), shape, EXACT)[1].macs
    depthwise = cost(Depthwise(kernel), shape, EXACT)[1].macs
    return depthwise + cost(Conv(outputs, kernel=1), shape, EXACT)[1].macs


def _exact(network: Network) -> tuple[Profile, _Symbols]:
    """The network without rounding, over the symbols."""
    _check_is_of_the_zoo(network)
    symbols = _symbols()
    own = describe(network.name).settings.resolution
    settings = Settings(
        alpha=symbols.alpha,
        resolution=own * symbols.rho,
        classes=network.settings.classes,
        channels=network.settings.channels,
    )
    rules = network.rules.exact(network.settings.alpha)
    return describe(network.name, settings, rules).profile(), symbols


def _check_is_of_the_zoo(network: Network) -> None:
    """Raise `BadOption` for a description that the zoo does not build at every alpha."""
    with suppress(UnknownName):
        if describe(network.name, network.settings, network.rules).body == network.body:
            return
    raise BadOption(
        f"{network.name} has no closed form in alpha and rho.",
        why="It is a description of its own: its widths at another alpha are not known.",
        mend="Name a built-in network (mobilecalc models lists them): mobilecalc formula v1"
        " --symbols",
    )


def _totals(profile: Profile) -> dict[str, Any]:
    sympy = _sympy()
    counts = profile.counts
    return {"macs": sympy.expand(counts.macs), "params": sympy.expand(counts.parameters)}


def _notes(network: Network) -> tuple[Footnote, ...]:
    own = describe(network.name).settings
    notes = [
        "The unrounded network: every width is alpha times its own, every side rho times, and a"
        f" stride divides it. rho = 1 is {own.resolution} pixels; {network.settings.classes}"
        " classes.",
    ]
    if _keeps_a_width(network):
        above, keeps = network.settings.alpha > 1, network.rules.keeps_head
        notes.append(
            "The last convolution keeps its width at every alpha."
            if above and keeps(2.0)
            else "For alpha from 1 on: below, the last convolution is never made narrower."
            if above
            else "For alpha up to 1: the last convolution is never made narrower."
        )
    return tuple(footnote("setting", note) for note in notes)


def _keeps_a_width(network: Network) -> bool:
    """Whether a last convolution is never made narrower."""
    if not network.rules.keeps_head(0.5):
        return False
    half = network.settings._replace(alpha=0.5)
    kept, scaled = (describe(network.name, half, rules).profile() for rules in (V2_EXACT, EXACT))
    return kept.macs != scaled.macs


def _rounding(network: Network, forms: dict[str, Any], symbols: _Symbols) -> Table:
    own = describe(network.name).settings.resolution or 1
    rho = Fraction(network.settings.resolution or own, own)
    alpha = Fraction(str(network.settings.alpha))
    sympy = _sympy()
    at = {symbols.alpha: sympy.Rational(alpha), symbols.rho: sympy.Rational(rho)}
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
        exact = Fraction(str(forms[key].subs(at)))
        nearest = round(exact)
        rows.append(
            {
                "quantity": words,
                "exact": nearest,
                "network": rounded[key],
                "more": rounded[key] - nearest,
                "off": float(rounded[key] / exact - 1) if exact else None,
            }
        )
    title = f"{network.name} at alpha {float(alpha):g}, {network.settings.resolution} pixels"
    note = footnote(
        "definition",
        "Unrounded: the closed form at this alpha and rho, to the nearest whole number. The"
        " network: its widths are rounded by its own rule (in MobileNet V2 to multiples of 8) or"
        " come from a list, and its sides are whole; so it has more, or less.",
    )
    return Table(title, columns, tuple(rows), footnotes=(note,))
