"""Where does the cost sit: layer by layer, and by kind of layer?"""

from __future__ import annotations

from collections.abc import Sequence

from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import Counts
from mobilecalc.core.profile import Profile
from mobilecalc.core.table import Column, Table, Value
from mobilecalc.counters import Counter
from mobilecalc.networks import Network
from mobilecalc.studies.crosscheck import (
    Check,
    agreements,
    check_notes,
    counter_columns,
    cross_check,
    failures,
    totals,
)
from mobilecalc.studies.measure import (
    convention_notes,
    cost_column,
    cost_key,
    input_notes,
    share,
)


def breakdown(
    network: Network,
    counters: Sequence[Counter] = (),
    convention: Convention = PAPER,
    *,
    every_row: bool = False,
) -> tuple[Table, Table]:
    """The table by layer, and the table by kind.

    By layer, rows in which every number is 0 are left out, and a note says how many, unless
    `every_row`.
    """
    profile = network.profile()
    checks = cross_check(network, profile, counters)
    notes = (
        *input_notes(network),
        *convention_notes(convention, counters),
        *agreements(checks),
        *check_notes(checks),
    )
    layers = _by_layer(profile, checks, convention, every_row, notes)
    return layers, _by_kind(profile, checks, convention, notes)


def _by_layer(
    profile: Profile,
    checks: Sequence[Check],
    convention: Convention,
    every_row: bool,
    notes: tuple[str, ...],
) -> Table:
    columns = (
        Column("layer", "Layer", "text"),
        Column("kind", "Kind", "text", spare=3),
        Column("input", "Input", "shape", spare=5),
        Column("output", "Output", "shape", spare=4),
        *_cost_columns(convention),
        *counter_columns(check.counter for check in checks),
    )
    all_rows: list[dict[str, Value]] = [
        {
            "layer": row.path,
            "kind": row.kind,
            "input": row.input,
            "output": row.output,
            **_costs(row.counts, profile.counts, convention),
            **{check.counter.name: check.reading.layers.get(row.path) for check in checks},
        }
        for row in profile.rows
    ]
    numbers = [c.key for c in columns if c.kind == "count"]
    rows = [row for row in all_rows if every_row or any(row[key] for key in numbers)]
    total: dict[str, Value] = {
        "layer": "total",
        "kind": None,
        "input": profile.input,
        "output": profile.rows[-1].output,
        **_costs(profile.counts, profile.counts, convention),
        **totals(checks),
    }
    hidden = _hidden_note(profile, {str(row["layer"]) for row in rows})
    return Table(
        f"{profile.name}, layer by layer",
        columns,
        tuple(rows),
        total,
        (*hidden, *notes),
        failures(checks),
    )


def _by_kind(
    profile: Profile,
    checks: Sequence[Check],
    convention: Convention,
    notes: tuple[str, ...],
) -> Table:
    columns = (
        Column("kind", "Kind", "text"),
        Column("layers", "Layers", "count", spare=2),
        *_cost_columns(convention),
        Column("weights_share", "% of weights", "share", spare=1),
        *counter_columns(check.counter for check in checks),
    )
    key = cost_key(convention)
    rows = [
        {
            "kind": kind,
            "layers": sum(row.kind == kind for row in profile.rows),
            **_costs(counts, profile.counts, convention),
            "weights_share": share(counts.weights, profile.counts.weights),
            **{check.counter.name: _kind_reading(check, kind) for check in checks},
        }
        for kind, counts in profile.by_kind().items()
    ]
    rows.sort(key=lambda row: (-row[key], -row["params"]))  # type: ignore[operator]
    total: dict[str, Value] = {
        "kind": "total",
        "layers": len(profile.rows),
        **_costs(profile.counts, profile.counts, convention),
        "weights_share": share(profile.counts.weights, profile.counts.weights),
        **totals(checks),
    }
    about_weights = (
        "Weights leave out biases and normalisation, as Table 2 of arXiv:1704.04861 does."
    )
    return Table(
        f"{profile.name}, by kind of layer",
        columns,
        tuple(rows),
        total,
        (about_weights, *notes),
        failures(checks),
    )


def _cost_columns(convention: Convention) -> tuple[Column, ...]:
    cost = cost_column(convention)
    return (
        cost,
        Column(f"{cost.key}_share", f"% of {cost.heading}", "share", spare=1),
        Column("params", "Params", "count"),
        Column("params_share", "% of params", "share", spare=2),
    )


def _costs(part: Counts, whole: Counts, convention: Convention) -> dict[str, Value]:
    key, cost = cost_key(convention), convention.total(part)
    return {
        key: cost,
        f"{key}_share": share(cost, convention.total(whole)),
        "params": part.parameters,
        "params_share": share(part.parameters, whole.parameters),
    }


def _kind_reading(check: Check, kind: str) -> int | None:
    if not check.reading.layers:
        return None
    paths = (row.path for row in check.profile.rows if row.kind == kind)
    return sum(check.reading.layers.get(path, 0) for path in paths)


def _hidden_note(profile: Profile, shown: set[str]) -> tuple[str, ...]:
    hidden: dict[str, int] = {}
    for row in profile.rows:
        if row.path not in shown:
            hidden[row.kind] = hidden.get(row.kind, 0) + 1
    if not hidden:
        return ()
    listed = ", ".join(f"{n} {kind}" for kind, n in hidden.items())
    return (f"Left out, as every number in them is 0: {listed} (--all shows them).",)
