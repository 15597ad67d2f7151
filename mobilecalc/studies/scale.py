"""How do cost and parameters follow the width and the resolution multiplier?"""

from __future__ import annotations

from collections.abc import Sequence

from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.pictures import Chart, Curve
from mobilecalc.core.table import Column, Table, Value
from mobilecalc.networks import Settings, describe
from mobilecalc.networks.settings import BASE_RESOLUTION, DEFAULT_SETTINGS
from mobilecalc.studies.measure import convention_notes, cost_column, cost_key

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
) -> tuple[Table, tuple[Chart, ...]]:
    """A row for each alpha and resolution, with its distance from the two square laws.

    The alpha² law says alpha² times the cost at alpha = 1 and the same resolution; the rho²
    law says rho² times the cost at 224 and the same alpha. The charts draw both: of the cost over
    alpha and over the resolution, then of the parameters.
    """
    points = _Points(model, convention, base)
    rows = tuple(points.row(alpha, resolution) for resolution in resolutions for alpha in alphas)
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
        f"One sample, {base.channels} input channels, {points.classes} classes.",
        *convention_notes(convention, (), points.counts),
        "off alpha²: the cost over alpha² times the cost at alpha 1, less 1; off rho²: over rho²"
        f" times the cost at {BASE_RESOLUTION}, less 1. What keeps a network off the laws: layers"
        " that grow with alpha itself (depthwise, first, classifier), rounded widths and sides,"
        " widths that are not scaled, and the classifier, which rho leaves alone.",
    )
    charts = _charts(points, alphas, resolutions)
    table = Table(
        f"{model} over alpha and resolution", columns, rows, notes=notes, pictures=lambda: charts
    )
    return table, charts


class _Points:
    """Cost and parameters at each setting, computed once."""

    def __init__(self, model: str, convention: Convention, base: Settings) -> None:
        self.model, self.convention, self.base = model, convention, base
        self._known: dict[tuple[float, int], tuple[int, int]] = {}
        at_base = describe(model, base)
        self.counts, self.classes = at_base.profile().counts, at_base.settings.classes

    def __call__(self, alpha: float, resolution: int) -> tuple[int, int]:
        """Cost and parameters."""
        key = (alpha, resolution)
        if key not in self._known:
            settings = self.base._replace(alpha=alpha, resolution=resolution)
            profile = describe(self.model, settings).profile()
            self._known[key] = self.convention.total(profile.counts), profile.parameters
        return self._known[key]

    def row(self, alpha: float, resolution: int) -> dict[str, Value]:
        cost, params = self(alpha, resolution)
        full_width, full_params = self(1.0, resolution)
        full_size, _ = self(alpha, BASE_RESOLUTION)
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
    points: _Points, alphas: Sequence[float], resolutions: Sequence[int]
) -> tuple[Chart, ...]:
    name, at_base = points.model, points(1.0, BASE_RESOLUTION)
    what = convention_notes(points.convention, (), points.counts)[0]
    said = f"{name}, {points.base.channels} input channels, {points.classes} classes. {what}"
    said += f" rho is the resolution over {BASE_RESOLUTION}."
    over_alpha = Column("alpha", "alpha", "number")
    over_rho = Column("resolution", "Resolution", "number")
    by_alpha = f"{name} over alpha, at {BASE_RESOLUTION}"
    by_rho = f"{name} over resolution, at alpha 1"
    measures = (cost_column(points.convention), Column("params", "Params", "count"))
    charts: list[Chart] = []
    for index, y in enumerate(measures):
        of_alpha = Curve(name, tuple((a, points(a, BASE_RESOLUTION)[index]) for a in alphas))
        of_rho = Curve(name, tuple((r, points(1.0, r)[index]) for r in resolutions))
        alpha_law = _law("alpha² law", alphas, 1.0, at_base[index])
        rho_law = _law("rho² law", resolutions, BASE_RESOLUTION, at_base[index])
        with_law = (rho_law, of_rho) if y.key != "params" else (of_rho,)
        charts += [
            Chart(by_alpha, over_alpha, y, (alpha_law, of_alpha), said),
            Chart(by_rho, over_rho, y, with_law, said),
        ]
    return tuple(charts)


def _law(name: str, grid: Sequence[float], unit: float, cost: int) -> Curve:
    """Cost * (x / unit)², over the span of the grid."""
    low, high = min(grid), max(grid)
    steps = (low + (high - low) * i / (_LAW_POINTS - 1) for i in range(_LAW_POINTS))
    return Curve(name, tuple((x, cost * (x / unit) ** 2) for x in steps), is_law=True)
