"""An explanation in tables: one of all counters, pages of a few, and waterfalls to draw."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from mobilecalc.answers.table import Table
from mobilecalc.studies.explain.facts import Explanation

ON_ONE_PAGE = 3
"""Counters side by side on a console."""


def tables(
    explanation: Explanation, table: Callable[..., Table]
) -> tuple[Table, tuple[Table, ...]]:
    """One table of all the counters, and the same in pages of a few, for the console."""
    from mobilecalc.studies.explain.waterfall import waterfalls

    counters = explanation.counters
    pages = (counters[i : i + ON_ONE_PAGE] for i in range(0, len(counters), ON_ONE_PAGE))
    whole = replace(table(explanation), charts=lambda: list(waterfalls(explanation)))
    return whole, tuple(table(explanation, page) for page in pages)
