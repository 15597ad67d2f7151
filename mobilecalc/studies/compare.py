"""What do these networks cost, side by side, and against their standard counterparts?"""

from __future__ import annotations

from collections.abc import Sequence

from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.table import Column, Table, Value
from mobilecalc.counters import Counter
from mobilecalc.networks import Network, standard_counterpart
from mobilecalc.studies.crosscheck import (
    Check,
    check_notes,
    cross_check,
    failures,
    verdict_columns,
    verdicts,
)
from mobilecalc.studies.measure import (
    convention_notes,
    cost_column,
    cost_key,
    input_notes,
    share,
)


def compare(
    networks: Sequence[Network],
    counters: Sequence[Counter] = (),
    convention: Convention = PAPER,
) -> Table:
    """A row a network: cost, parameters, the ratio to its standard counterpart, the counters.

    The counters' verdicts are about their own conventions, whatever `convention` the cost
    column follows.
    """
    columns = (
        Column("model", "Model", "text"),
        cost_column(convention),
        Column("params", "Params", "count"),
        Column("ratio", "of standard", "ratio"),
        *verdict_columns(counters),
    )
    rows: list[dict[str, Value]] = []
    checks: list[Check] = []
    for network in networks:
        profile = network.profile()
        cost = convention.total(profile.counts)
        standard = convention.total(standard_counterpart(network).profile().counts)
        checked = cross_check(network, profile, counters)
        checks += checked
        rows.append(
            {
                "model": network.name,
                cost_key(convention): cost,
                "params": profile.parameters,
                "ratio": share(cost, standard),
                **verdicts(checked),
            }
        )
    notes = (
        *input_notes(networks[0]),
        *convention_notes(convention, counters),
        "Parameters: weights, biases, gamma and beta. Of standard: the cost over that of the"
        " same network with standard convolutions.",
        *check_notes(checks),
    )
    title = f"{', '.join(n.name for n in networks)}: cost{' and cross-check' if counters else ''}"
    return Table(title, columns, tuple(rows), notes=notes, failures=failures(checks))
