"""What do these networks cost, side by side, and against their standard counterparts?"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import total
from mobilecalc.core.pairs import begins_pair, pairs, standard_counts
from mobilecalc.core.profile import Profile
from mobilecalc.counters import Counter
from mobilecalc.networks import Network
from mobilecalc.studies.costs import (
    ONE_PASS,
    Pass,
    batch_of,
    convention_notes,
    cost_column,
    cost_key,
    pass_columns,
    pass_notes,
    pass_values,
    share,
)
from mobilecalc.studies.crosscheck import (
    Check,
    check_notes,
    cross_check,
    verdict_columns,
    verdicts,
)

if TYPE_CHECKING:
    from mobilecalc.answers.charts import Chart
    from mobilecalc.modules.loading.model import Model


def compare(
    models: Sequence[Model],
    counters: Sequence[Counter] = (),
    convention: Convention = PAPER,
    pass_: Pass = ONE_PASS,
    *,
    zoo_only: bool = False,
) -> Table:
    """A row a model: cost, parameters, the ratio to its standard counterpart, the counters.

    The counters' verdicts are about their own conventions, whatever `convention` the cost
    column follows. With `zoo_only` the counters are run on the networks of the zoo alone.
    """
    if zoo_only and not any(isinstance(model, Network) for model in models):
        counters = ()
    columns = (
        Column("model", "Model", "text"),
        cost_column(convention),
        *pass_columns(convention, pass_),
        Column("params", "Params", "count"),
        Column("ratio", "of standard", "ratio"),
        *verdict_columns(counters),
    )
    rows: list[dict[str, Value]] = []
    checks: list[Check] = []
    profiles = [model.profile() for model in models]
    for model, profile in zip(models, profiles, strict=True):
        skipped = zoo_only and not isinstance(model, Network)
        checked = () if skipped else cross_check(model, profile, counters)
        checks += checked
        cost = convention.total(profile.counts)
        of_batch = batch_of(model, pass_)
        rows.append(
            {
                "model": profile.name,
                cost_key(convention): cost,
                **pass_values(
                    profile.counts, total(of_batch) if of_batch else None, convention, pass_
                ),
                "params": profile.parameters,
                "ratio": share(cost, convention.total(standard_counts(profile))),
                **(verdicts(checked) or {column.key: None for column in verdict_columns(counters)}),
            }
        )
    notes = (
        *convention_notes(convention, counters, total(p.counts for p in profiles)),
        footnote(
            "definition",
            "Parameters: weights, biases, gamma and beta, and all others. Of standard: the cost"
            " over that of the same network with standard convolutions.",
        ),
        *_unpaired_notes(profiles),
        *pass_notes(pass_),
        *_skipped_note(profiles, counters, checks),
        *check_notes(checks),
    )
    title = f"{', '.join(p.name for p in profiles)}: cost{' and cross-check' if counters else ''}"
    return Table(
        title,
        columns,
        tuple(rows),
        footnotes=notes,
        charts=lambda: _bars(models, convention, pass_),
        about=tuple(profiles),
    )


def _bars(models: Sequence[Model], convention: Convention, pass_: Pass) -> Sequence[Chart]:
    from mobilecalc.studies.bars import model_bars

    return [model_bars(models, convention, pass_)]


def _unpaired_notes(profiles: Sequence[Profile]) -> tuple[Footnote, ...]:
    """A line for each model with depthwise convolutions that are in no pair."""
    notes = []
    for profile in profiles:
        depthwise = sum(begins_pair(row.op) for row in profile.rows)
        if alone := depthwise - len(list(pairs(profile))):
            unpaired = (
                f"{profile.name}: {alone} of its {depthwise} depthwise convolutions are in no pair"
                " with the pointwise one behind them (a gate, a shuffle or groups are between), and"
                " stay as they are."
            )
            notes.append(footnote("remark", unpaired))
    return tuple(notes)


def _skipped_note(
    profiles: Sequence[Profile], counters: Sequence[Counter], checks: Sequence[Check]
) -> tuple[Footnote, ...]:
    """A line where counters were not run on every model."""
    if len(checks) == len(profiles) * len(counters):
        return ()
    names = ",".join(counter.name for counter in counters)
    ran = f"The counters ran on the zoo's networks; on every model: --counters {names}."
    return (footnote("remark", ran),)
