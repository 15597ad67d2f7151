"""Separable layers: one from its numbers, or all of a network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from mobilecalc.answers.footnotes import footnote
from mobilecalc.core.checks import whole
from mobilecalc.core.cost import (
    SEPARABLE_MACS,
    STANDARD_MACS,
    cost,
)
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.formula import Formula, symbols
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.pairs import pairs, standard_of
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import V1_LAYER_RULES, V1_RULES
from mobilecalc.core.shape import Shape, sizes_of

D_K, M, N, D_F = symbols("D_K M N D_F")

EQUATIONS = footnote(
    "definition", "Standard: ", STANDARD_MACS, ". Separable: ", SEPARABLE_MACS, "."
)
LEGEND = footnote(
    "definition",
    *(D_K, ": kernel size; ", M, ", ", N, ": input and output channels; ", D_F),
    ": side of the output map (arXiv:1704.04861, section 3.1).",
)


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

    def __str__(self) -> str:
        channels, height, width = self.map
        kernel = f"{self.kernel}x{self.kernel}"
        return f"{kernel}, {self.inputs} -> {channels} channels at {height}x{width}"


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
            fix=f"For example: {example}",
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


def _shared_path(first: str, second: str) -> str:
    """ "block1" for "block1.depthwise.conv" and "block1.pointwise.conv"."""
    shared = []
    for a, b in zip(first.split("."), second.split("."), strict=False):
        if a != b:
            break
        shared.append(a)
    return ".".join(shared) or second
