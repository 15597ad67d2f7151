"""The formula of each separable layer with its numbers put in, and what it saves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.checks import whole
from mobilecalc.core.cost import (
    DEPTHWISE_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
    cost,
)
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.formula import Formula, symbols
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.pairs import pairs, standard_of
from mobilecalc.core.profile import Profile
from mobilecalc.core.rules import V1_LAYER_RULES, V1_RULES
from mobilecalc.core.shape import Shape, sizes_of
from mobilecalc.studies.costs import share

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model

D_K, M, N, D_F, ALPHA, RHO = symbols("D_K M N D_F alpha rho")

_EQUATIONS = footnote(
    "definition", "Standard: ", STANDARD_MACS, ". Separable: ", SEPARABLE_MACS, "."
)
_SYMBOLS = footnote(
    "definition",
    *(D_K, ": kernel size; ", M, ", ", N, ": input and output channels; ", D_F),
    ": side of the output map (arXiv:1704.04861, section 3.1).",
)
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


class SeparableLayer(NamedTuple):
    """A depthwise D_K x D_K convolution on M channels and a pointwise one to N.

    `map` is the output map, with its N channels.
    """

    kernel: int
    inputs: int
    map: Shape

    @property
    def separable(self) -> Counts:
        """The facts of the two convolutions (weights and MACs, no norm)."""
        return self.depthwise + self._at_stride_1(self._convolutions[1])

    @property
    def depthwise(self) -> Counts:
        """The facts of the first of the two."""
        return self._at_stride_1(self._convolutions[0])

    @property
    def standard(self) -> Counts:
        """The facts of the standard convolution that the pair factorises."""
        return self._at_stride_1(standard_of(*self._convolutions))

    @property
    def _convolutions(self) -> tuple[Depthwise, Conv]:
        return Depthwise(self.kernel), Conv(self.map.channels, kernel=1)

    def put_into(self, equation: Formula) -> Formula:
        """An equation of `core.cost` with this layer's numbers for its symbols."""
        outputs, *sides = self.map
        height, width = sides
        return equation.put_in(
            {"D_K": self.kernel, "M": self.inputs, "N": outputs, "D_F": (height, width)}
        )

    def scaled(self, alpha: float, rho: float) -> SeparableLayer:
        """The layer at another width and resolution: channels cut down, pixels rounded, to 1."""
        channels, height, width = self.map
        rules = V1_LAYER_RULES
        out = Shape(
            rules.width(channels, alpha), rules.pixels(height, rho), rules.pixels(width, rho)
        )
        return self._replace(inputs=rules.width(self.inputs, alpha), map=out)

    def _at_stride_1(self, op: Conv | Depthwise) -> Counts:
        """A convolution costs by its output map, so any stride costs what stride 1 does on it."""
        _, height, width = self.map
        return cost(op, Shape(self.inputs, height, width), V1_RULES)[1]


def layer_of(
    kernel: int, inputs: int | None, outputs: int | None, size: int | None
) -> SeparableLayer:
    """One layer from D_K, M, N and D_F. Raises `BadOption` where one is missing or not whole."""
    example = "mobilecalc formula --kernel 3 --in 512 --out 512 --size 14"
    given = {"--in": inputs, "--out": outputs, "--size": size}
    if missing := [option for option, value in given.items() if value is None]:
        raise BadOption(
            f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} missing.",
            why="One layer alone needs its kernel, input and output channels and output size.",
            mend=f"For example: {example}",
        )
    side = whole("size", size, "the side of the output map", 14)
    return SeparableLayer(
        whole("kernel", kernel, "the kernel size", 3),
        whole("in", inputs, "the number of input channels", 512),
        Shape(whole("out", outputs, "the number of output channels", 512), side, side),
    )


def separable_layers(profile: Profile) -> Iterator[tuple[str, SeparableLayer]]:
    """The pairs among a profile's rows, each with the path that its two convolutions share."""
    rows = profile.rows
    for pair in pairs(profile):
        depthwise, pointwise = rows[pair.first], rows[pair.last]
        kernel, _ = sizes_of(pair.depthwise.kernel)
        layer = SeparableLayer(kernel, depthwise.input.channels, pointwise.output)
        yield _shared_path(depthwise.path, pointwise.path), layer


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
            mend="Try: mobilecalc formula v1",
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
        _EQUATIONS,
        _SYMBOLS,
    )
    title = f"{network.name}, each separable layer"
    return Table(title, columns, rows, total, notes, about=(network.profile(),))


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
        _EQUATIONS,
        footnote("definition", "Separable to standard: ", *ratio, "."),
        *_rounding(layer, alpha, rho),
        _SYMBOLS,
    )
    title = f"{layer.kernel}x{layer.kernel}, {layer.inputs} -> {layer.map.channels} channels"
    return Table(f"{title} at {layer.map.height}x{layer.map.width}", columns, rows, footnotes=notes)


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
        _SYMBOLS,
    )
    shape = f"{layer.kernel}x{layer.kernel}, {layer.inputs} -> {layer.map.channels} channels"
    title = f"{shape} at {layer.map.height}x{layer.map.width}, step by step"
    return Table(title, columns, rows, footnotes=notes)


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
        ("alpha", alpha, M, layer.inputs, scaled.inputs),
        ("alpha", alpha, N, layer.map.channels, scaled.map.channels),
        ("rho", rho, D_F, layer.map.height, scaled.map.height),
    )
    return tuple(
        footnote(
            "setting",
            *(f"{name} {factor:g} of ", symbol),
            f" = {size} is {factor * size:g}; {whole} was taken.",
        )
        for name, factor, symbol, size, whole in taken
        if factor * size != whole
    )


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


def _shared_path(first: str, second: str) -> str:
    """ "block1" for "block1.depthwise.conv" and "block1.pointwise.conv"."""
    shared = []
    for a, b in zip(first.split("."), second.split("."), strict=False):
        if a != b:
            break
        shared.append(a)
    return ".".join(shared) or second
