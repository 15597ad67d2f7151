"""Networks at every width and resolution at once: coefficients and areas, and no formula.

A layer's MACs are its coefficient at a width, times the area of its output at a resolution, times
the number of classes where it has an output for each class.
"""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.core.formula import Formula
from mobilecalc.core.ops import Kind


class ScalableLayer(NamedTuple):
    """One operation that has MACs or parameters.

    macs (of one position of the output map), parameters, inputs and outputs (channels): for each
    width, and where `per_class` those of one class, but for the inputs. sides, areas: of the output
    map, for each resolution. renamed: the indices of widths at which its path is another.
    """

    path: str
    kind: Kind
    per_class: bool
    kernel: int
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]
    macs: tuple[int, ...]
    parameters: tuple[int, ...]
    sides: tuple[int, ...]
    areas: tuple[int, ...]
    renamed: dict[int, str]


class ScalablePair(NamedTuple):
    """A separable pair: the indices of its layers, the path they share.

    standard: for each width, the MACs of one position of the standard convolution in its place.
    """

    path: str
    first: int
    last: int
    standard: tuple[int, ...]


class ScalableModel(NamedTuple):
    """A network; `standard` names the one of the same with standard convolutions."""

    name: str
    title: str
    standard: str
    layers: tuple[ScalableLayer, ...]
    pairs: tuple[ScalablePair, ...]


class Accuracy(NamedTuple):
    """A printed accuracy and the MACs that are printed beside it, of a network at a setting.

    family: the model that it is a variant of, or the model itself.
    """

    family: str
    model: str
    alpha: float
    resolution: int
    top1: str
    macs: str
    row: str
    source: str


class Explorer(NamedTuple):
    """Networks over a grid of widths and resolutions.

    equations: of a layer's MACs by its kind, and of a separable pair's.
    """

    alphas: tuple[float, ...]
    resolutions: tuple[int, ...]
    models: tuple[ScalableModel, ...]
    equations: dict[str, Formula]
    accuracies: tuple[Accuracy, ...]
