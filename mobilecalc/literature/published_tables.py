"""The published tables, as printed, and what is known of each value."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import UnknownName

DATA = Path(__file__).parent / "data"


class PublishedValue(NamedTuple):
    """One printed value.

    table: the key of its table; row: its row there; column: the column's heading, in short.
    printed: the digits and their unit, as in `Printed`. model: the network it is of, as an
    expression of `literature.models`; "" where the zoo does not have it. quantity: what it counts,
    of `networks.quantities`; "" where it is quoted, such as an accuracy. verdict: what was found
    of it when it was entered. alternative: "QUANTITY @ MODEL", of which either may be left out,
    that gives the printed value where the stated one does not. note: what else is to be known.
    """

    table: str
    row: str
    column: str
    printed: str
    model: str
    quantity: str
    verdict: str
    alternative: str
    note: str


class PublishedTable(NamedTuple):
    """A table of a paper or a page: its key, what it shows, and where it stands."""

    key: str
    title: str
    source: str
    note: str
    values: tuple[PublishedValue, ...]


@cache
def tables() -> dict[str, PublishedTable]:
    """All tables by key, in the order of their papers."""
    values: dict[str, list[PublishedValue]] = {}
    for path in sorted(DATA.glob("values_*.csv")):
        for value in map(PublishedValue._make, _lines(path, PublishedValue._fields)):
            values.setdefault(value.table, []).append(value)
    heading = PublishedTable._fields[:-1]
    return {
        key: PublishedTable(key, title, source, note, tuple(values[key]))
        for key, title, source, note in _lines(DATA / "tables.csv", heading)
    }


@cache
def conventions() -> tuple[str, ...]:
    """Patterns of the quantities that publications count on purpose, and not by a slip."""
    return tuple(quantity for quantity, _ in _lines(DATA / "conventions.csv", ("quantity", "note")))


def chosen(name: str) -> tuple[PublishedTable, ...]:
    """The table of that key, or all that begin with it: "v1:6", "v1". Raises `UnknownName`."""
    known, name = tables(), name.lower().rstrip(":")
    if name in known:
        return (known[name],)
    found = tuple(table for key, table in known.items() if key.partition(":")[0] == name)
    if not found:
        raise UnknownName("published table", name, known)
    return found


def _lines(path: Path, heading: tuple[str, ...]) -> Iterator[list[str]]:
    """Raises `ValueError` for a file of other columns."""
    with path.open(encoding="utf-8", newline="") as file:
        first, *lines = csv.reader(file)
    if tuple(first) != heading:
        raise ValueError(f"{path.name} has the columns {', '.join(first)}")
    yield from lines
