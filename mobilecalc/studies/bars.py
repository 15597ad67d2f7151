"""Where the cost sits, and what models cost side by side: as bars."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.answers.charts import Bars, Part
from mobilecalc.answers.columns import Column
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.studies.costs import (
    ONE_PASS,
    Pass,
    batch_of,
    caption,
    charted_column,
    charted_cost,
    share,
)

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model

_PARAMS = Column("params", "Params", "count")


def layer_bars(model: Model, convention: Convention = PAPER, pass_: Pass = ONE_PASS) -> Bars:
    """A bar for each layer that costs something, in its kind's colour: cost and parameters."""
    profile = model.profile()
    parts = [part for part in _parts(model, convention, pass_) if part.amounts[0]]
    column = charted_column(convention, pass_)
    return Bars(
        f"{profile.name}, layer by layer",
        f"{caption([profile], convention, pass_)} Layers without {column.heading} are left out.",
        (column, _PARAMS),
        tuple(parts),
    )


def kind_bars(model: Model, convention: Convention = PAPER, pass_: Pass = ONE_PASS) -> Bars:
    """A bar for each kind of layer that has a share in cost or parameters, the largest first."""
    profile = model.profile()
    sums: dict[str, tuple[int, int]] = {}
    for part in _parts(model, convention, pass_):
        cost, params = sums.get(part.kind, (0, 0))
        sums[part.kind] = cost + int(part.amounts[0]), params + int(part.amounts[1])
    all_cost = sum(cost for cost, _ in sums.values())
    all_params = sum(params for _, params in sums.values())
    column = charted_column(convention, pass_)
    return Bars(
        f"{profile.name}: share of each kind of layer",
        caption([profile], convention, pass_),
        (
            Column(f"{column.key}_share", f"Share of {column.heading}", "share"),
            Column("params_share", "Share of params", "share"),
        ),
        tuple(
            Part(kind, kind, (share(cost, all_cost) or 0.0, share(params, all_params) or 0.0))
            for kind, (cost, params) in sorted(sums.items(), key=lambda one: one[1], reverse=True)
            if cost or params
        ),
    )


def model_bars(
    models: Sequence[Model], convention: Convention = PAPER, pass_: Pass = ONE_PASS
) -> Bars:
    """A bar for each model, stacked of the kinds of its layers: cost and parameters."""
    named = {model.profile().name: model for model in models}
    profiles = [model.profile() for model in named.values()]
    parts: dict[tuple[str, str], tuple[int, int]] = {}
    for model, profile in zip(named.values(), profiles, strict=True):
        for part in _parts(model, convention, pass_):
            key = profile.name, part.kind
            cost, params = parts.get(key, (0, 0))
            parts[key] = cost + int(part.amounts[0]), params + int(part.amounts[1])
    return Bars(
        f"{', '.join(p.name for p in profiles)}: side by side",
        caption(profiles, convention, pass_),
        (charted_column(convention, pass_), _PARAMS),
        tuple(Part(*key, amounts) for key, amounts in parts.items() if any(amounts)),
    )


def _parts(model: Model, convention: Convention, pass_: Pass) -> list[Part]:
    """Cost and parameters of each row, under its layer's name."""
    rows, batch = model.profile().rows, batch_of(model, pass_)
    return [
        Part(
            row.path,
            row.kind,
            (
                charted_cost(row.counts, batch[i] if batch else None, convention, pass_),
                row.counts.parameters,
            ),
        )
        for i, row in enumerate(rows)
    ]
