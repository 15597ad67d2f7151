"""What a shell completes: the names that arguments and options take."""

from __future__ import annotations


def model_names() -> list[str]:
    """The networks of the zoo."""
    from mobilecalc.networks import MOBILENETS, zoo

    return list(dict.fromkeys((*MOBILENETS, *zoo())))


def format_names() -> list[str]:
    """The formats of tables."""
    from mobilecalc.views import VIEWS

    return list(VIEWS)


def convention_names() -> list[str]:
    """The conventions that have a name."""
    from mobilecalc.counters import CONVENTIONS

    return list(CONVENTIONS)


def counter_names(incomplete: str) -> list[str]:
    """The counters that may follow those before the last comma."""
    from mobilecalc.counters import COUNTERS

    before, comma, _ = incomplete.rpartition(",")
    named = before.split(",")
    return [f"{before}{comma}{name}" for name in COUNTERS if name not in named]


def table_names() -> list[str]:
    """The published tables, and the papers that they are in."""
    from mobilecalc.literature import tables

    return list(dict.fromkeys((*(name.partition(":")[0] for name in tables()), *tables())))
