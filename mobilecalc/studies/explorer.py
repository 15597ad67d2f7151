"""What does each layer cost at any width, resolution and number of classes?"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from mobilecalc.answers.explorer import (
    Accuracy,
    Explorer,
    ScalableLayer,
    ScalableModel,
    ScalablePair,
)
from mobilecalc.core.cost import (
    DEPTHWISE_MACS,
    LINEAR_MACS,
    POINTWISE_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
)
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.pairs import pairs
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.shape import sizes_of
from mobilecalc.literature import tables
from mobilecalc.literature.models import network
from mobilecalc.networks import MOBILENETS, Settings, describe, standard_counterpart
from mobilecalc.networks.settings import BASE_RESOLUTION
from mobilecalc.studies.formulas.separable import separable_layers

MODELS = (*MOBILENETS, "resnet50")
ALPHAS = tuple(twentieth / 20 for twentieth in range(2, 41))
RESOLUTIONS = tuple(range(96, 321, 32))

EQUATIONS = {
    "standard": STANDARD_MACS,
    "depthwise": DEPTHWISE_MACS,
    "pointwise": POINTWISE_MACS,
    "linear": LINEAR_MACS,
    "separable": SEPARABLE_MACS,
    "ratio": SEPARABLE_TO_STANDARD,
}


def explorer(
    models: Sequence[str] = MODELS,
    alphas: Sequence[float] = ALPHAS,
    resolutions: Sequence[int] = RESOLUTIONS,
) -> Explorer:
    """The networks over the grid, and the published accuracies of their families.

    Raises `UnknownName` for a model, `ValueError` where MACs are no such product.
    """
    return Explorer(
        tuple(alphas),
        tuple(resolutions),
        tuple(scalable(name, alphas, resolutions) for name in models),
        EQUATIONS,
        tuple(accuracies(models)),
    )


def scalable(name: str, alphas: Sequence[float], resolutions: Sequence[int]) -> ScalableModel:
    """A network's coefficients at each width and areas at each resolution."""
    by_alpha = [_profile(name, alpha=alpha) for alpha in alphas]
    by_resolution = [_profile(name, resolution=resolution) for resolution in resolutions]
    rows_by_alpha = [_costly(profile) for profile in by_alpha]
    rows_by_resolution = [_costly(profile) for profile in by_resolution]
    two_classes = _costly(_profile(name, classes=2))
    layers = tuple(
        _layer(widths, sizes, of_two)
        for widths, sizes, of_two in zip(
            zip(*rows_by_alpha, strict=True),
            zip(*rows_by_resolution, strict=True),
            two_classes,
            strict=True,
        )
    )
    at_base = describe(name)
    return ScalableModel(
        name,
        at_base.title,
        standard_counterpart(at_base).name,
        layers,
        tuple(_pairs(by_alpha)),
    )


def _profile(
    name: str, alpha: float = 1.0, resolution: int = BASE_RESOLUTION, classes: int = 1
) -> Profile:
    return describe(name, Settings(alpha, resolution, classes)).profile()


def _costly(profile: Profile) -> list[Row]:
    """The rows that have MACs or parameters."""
    return [row for row in profile.rows if row.counts.macs or row.counts.parameters]


def _layer(widths: Sequence[Row], sizes: Sequence[Row], of_two: Row) -> ScalableLayer:
    """One layer from its rows at each width, at each resolution, and with two classes."""
    first = sizes[0]
    if len({(row.kind, _kernel(row)) for row in (*widths, *sizes, of_two)}) > 1:
        raise ValueError(f"{first.path}: not the same layer at every setting")
    if len({_coefficient(row) for row in sizes}) > 1:
        raise ValueError(f"{first.path}: its MACs do not follow the area of its output")
    return ScalableLayer(
        path=first.path,
        kind=first.kind,
        per_class=_is_per_class(of_two, sizes),
        kernel=_kernel(first),
        inputs=tuple(row.input.channels for row in widths),
        outputs=tuple(row.output.channels for row in widths),
        macs=tuple(map(_coefficient, widths)),
        parameters=tuple(row.counts.parameters for row in widths),
        sides=tuple(row.output.height for row in sizes),
        areas=tuple(row.output.area for row in sizes),
        renamed={i: row.path for i, row in enumerate(widths) if row.path != first.path},
    )


def _coefficient(row: Row) -> int:
    """MACs of one position of the output map, which must be a whole number."""
    macs, rest = divmod(row.counts.macs, row.output.area)
    if rest:
        raise ValueError(f"{row.path}: {row.counts.macs} MACs at {row.output.area} positions")
    return macs


def _is_per_class(of_two: Row, sizes: Sequence[Row]) -> bool:
    """Whether all it has is as often there as there are classes."""
    one = next(row for row in sizes if row.input == of_two.input)
    was, now = ((row.counts.macs, row.counts.parameters) for row in (one, of_two))
    if now == was:
        return False
    if now == tuple(2 * count for count in was):
        return True
    raise ValueError(f"{one.path}: neither the same for any classes nor a multiple of them")


def _kernel(row: Row) -> int:
    if not isinstance(row.op, Conv | Depthwise):
        return 1
    (kernel,) = set(sizes_of(row.op.kernel))
    return kernel


def _pairs(by_alpha: Sequence[Profile]) -> Iterator[ScalablePair]:
    """The separable pairs, each with what its standard convolution would cost at each width."""
    profile = by_alpha[0]
    costly = [row.path for row in _costly(profile)]
    by_pair = zip(*(list(separable_layers(each)) for each in by_alpha), strict=True)
    for pair, widths in zip(pairs(profile), by_pair, strict=True):
        first, last = (costly.index(profile.rows[index].path) for index in (pair.first, pair.last))
        standard = tuple(layer.standard.macs // layer.map.area for _, layer in widths)
        yield ScalablePair(widths[0][0], first, last, standard)


def accuracies(models: Sequence[str]) -> Iterator[Accuracy]:
    """The printed top-1 accuracies of these networks' families.

    An accuracy's setting is that of the MACs printed beside it.
    """
    for table in tables().values():
        macs = {v.row: v for v in table.values if v.column == "MACs" and v.model}
        for value in table.values:
            if value.column != "top-1" or value.row not in macs:
                continue
            beside = macs[value.row]
            described = network(beside.model)
            family = re.split("[-_]", described.name)[0]
            if family in models:
                yield Accuracy(
                    family,
                    described.name,
                    described.settings.alpha,
                    described.input.height,
                    value.printed,
                    beside.printed,
                    value.row,
                    table.source,
                )
