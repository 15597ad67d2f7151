"""How do cost and parameters follow the width and the resolution multiplier?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from mobilecalc.answers.charts import Curve, Curves
from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.blocks import Op
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import total
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import INPUT, Walk
from mobilecalc.networks import Settings, describe
from mobilecalc.networks.settings import BASE_RESOLUTION, DEFAULT_SETTINGS
from mobilecalc.studies.costs import convention_note, convention_notes, cost_column, cost_key

PAPER_ALPHAS = (1, 0.75, 0.5, 0.25)
PAPER_RESOLUTIONS = (224, 192, 160, 128)
"""The grids of Tables 6 and 7 of arXiv:1704.04861."""

_LAW_POINTS = 48


def scale(
    model: str,
    alphas: Sequence[float] = PAPER_ALPHAS,
    resolutions: Sequence[int] = PAPER_RESOLUTIONS,
    convention: Convention = PAPER,
    base: Settings = DEFAULT_SETTINGS,
) -> tuple[Table, tuple[Curves, ...]]:
    """A row for each alpha and resolution, with its distance from the two square laws.

    The alpha² law says alpha² times the cost at alpha = 1 and the same resolution; the rho²
    law says rho² times the cost at 224 and the same alpha. The charts draw both: of the cost over
    alpha and over the resolution, then of the parameters.
    """
    points = _Points(model, convention, base)
    found = points.over(alphas, resolutions)
    rows = tuple(points.row(a, r, found) for r in resolutions for a in alphas)
    columns = (
        Column("alpha", "alpha", "number"),
        Column("resolution", "Resolution", "count"),
        Column("rho", "rho", "ratio", spare=1),
        cost_column(convention),
        Column("alpha_law", "off alpha²", "difference"),
        Column("rho_law", "off rho²", "difference"),
        Column("params", "Params", "count"),
        Column("params_alpha_law", "params off alpha²", "difference", spare=2),
    )
    notes = (
        footnote(
            "setting", f"One sample, {base.channels} input channels, {points.classes} classes."
        ),
        *convention_notes(convention, (), points.counts),
        footnote(
            "definition",
            "off alpha²: the cost over alpha² times the cost at alpha 1, less 1; off rho²: over"
            f" rho² times the cost at {BASE_RESOLUTION}, less 1. What keeps a network off the laws:"
            " layers that grow with alpha itself (depthwise, first, classifier), rounded widths and"
            " sides, widths that are not scaled, and the classifier, which rho leaves alone.",
        ),
    )
    charts = _charts(points, found, alphas, resolutions)
    table = Table(
        f"{model} over alpha and resolution", columns, rows, footnotes=notes, charts=lambda: charts
    )
    return table, charts


_Grid: TypeAlias = dict[tuple[float, int], tuple[int, int]]
"""Cost and parameters by alpha and resolution."""


class _Passed(NamedTuple):
    """What a step of a network gives, and what it costs."""

    output: Shape
    cost: int
    parameters: int


class _Step(NamedTuple):
    """A step of a network, and what is known of it by the shape of its input."""

    name: str
    op: Op
    known: dict[Shape, _Passed]


class _Points:
    """Cost and parameters at each setting.

    A step of the network is walked once on each input: over a grid, most settings share most of
    their steps. Of the networks only the last one is kept: go through a grid width by width.
    """

    def __init__(self, model: str, convention: Convention, base: Settings) -> None:
        self.model, self.convention, self.base = model, convention, base
        self._steps: dict[tuple[str, Op], _Step] = {}
        self._body: tuple[float, list[_Step]] = 0.0, []
        at_base = describe(model, base)
        self._rules = at_base.rules
        self.counts, self.classes = at_base.profile().counts, at_base.settings.classes

    def __call__(self, alpha: float, resolution: int) -> tuple[int, int]:
        """Cost and parameters."""
        if alpha != self._body[0]:
            settings = self.base._replace(alpha=alpha, resolution=BASE_RESOLUTION)
            steps = describe(self.model, settings).body.steps
            shared = [self._steps.setdefault(step, _Step(*step, {})) for step in steps]
            self._body = alpha, shared
        shape, cost, parameters = Shape(self.base.channels, resolution, resolution), 0, 0
        for step in self._body[1]:
            passed = step.known.get(shape)
            if passed is None:
                passed = step.known[shape] = self._walked(step, shape)
            shape = passed.output
            cost += passed.cost
            parameters += passed.parameters
        return cost, parameters

    def _walked(self, step: _Step, shape: Shape) -> _Passed:
        walked = Walk(self._rules)
        output, _ = walked.through(step.op, (shape, INPUT), step.name)
        counts = total(row.counts for row in walked.rows)
        return _Passed(output, self.convention.total(counts), counts.parameters)

    def over(self, alphas: Sequence[float], resolutions: Sequence[int]) -> _Grid:
        """Cost and parameters over a grid, and of full width and of full size beside it."""
        widths, sizes = (
            dict.fromkeys((1.0, *alphas)),
            dict.fromkeys((BASE_RESOLUTION, *resolutions)),
        )
        return {(a, r): self(a, r) for a in widths for r in sizes}

    def row(self, alpha: float, resolution: int, found: _Grid) -> dict[str, Value]:
        cost, params = found[alpha, resolution]
        full_width, full_params = found[1.0, resolution]
        full_size, _ = found[alpha, BASE_RESOLUTION]
        rho = resolution / BASE_RESOLUTION
        return {
            "alpha": alpha,
            "resolution": resolution,
            "rho": rho,
            cost_key(self.convention): cost,
            "alpha_law": _off(cost, alpha**2 * full_width),
            "rho_law": _off(cost, rho**2 * full_size),
            "params": params,
            "params_alpha_law": _off(params, alpha**2 * full_params),
        }


def _off(value: float, law: float) -> float | None:
    """How far a value is from a law, as a fraction of it; None where the law says 0."""
    return value / law - 1 if law else None


def _charts(
    points: _Points, found: _Grid, alphas: Sequence[float], resolutions: Sequence[int]
) -> tuple[Curves, ...]:
    name, at_base = points.model, found[1.0, BASE_RESOLUTION]
    what = convention_note(points.convention, points.counts)
    said = f"{name}, {points.base.channels} input channels, {points.classes} classes. {what}"
    said += f" rho is the resolution over {BASE_RESOLUTION}."
    over_alpha = Column("alpha", "alpha", "number")
    over_rho = Column("resolution", "Resolution", "number")
    by_alpha = f"{name} over alpha, at {BASE_RESOLUTION}"
    by_rho = f"{name} over resolution, at alpha 1"
    drawn = (cost_column(points.convention), Column("params", "Params", "count"))
    charts: list[Curves] = []
    for index, y in enumerate(drawn):
        of_alpha = Curve(name, tuple((a, found[a, BASE_RESOLUTION][index]) for a in alphas))
        of_rho = Curve(name, tuple((r, found[1.0, r][index]) for r in resolutions))
        alpha_law = _law("alpha² law", alphas, 1.0, at_base[index])
        rho_law = _law("rho² law", resolutions, BASE_RESOLUTION, at_base[index])
        with_law = (rho_law, of_rho) if y.key != "params" else (of_rho,)
        charts += [
            Curves(by_alpha, over_alpha, y, (alpha_law, of_alpha), said),
            Curves(by_rho, over_rho, y, with_law, said),
        ]
    return tuple(charts)


def _law(name: str, grid: Sequence[float], unit: float, cost: int) -> Curve:
    """Cost * (x / unit)², over the span of the grid."""
    low, high = min(grid), max(grid)
    steps = (low + (high - low) * i / (_LAW_POINTS - 1) for i in range(_LAW_POINTS))
    return Curve(name, tuple((x, cost * (x / unit) ** 2) for x in steps), is_law=True)
