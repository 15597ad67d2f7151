"""The published tables, as printed, and what is known of each figure."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import UnknownName

DATA = Path(__file__).parent / "data"


class Figure(NamedTuple):
    """One printed figure.

    table: the key of its table; row: its row there; quantity: the column's heading, in short.
    printed: the digits and their unit, as in `Printed`. model: the network it is of, as an
    expression of `literature.models`; "" where the zoo does not have it. measure: what it counts,
    of `core.measures`; "" where it is quoted, such as an accuracy. verdict: what was found
    of it when it was entered. alternative: "MEASURE @ MODEL", of which either may be left out,
    that gives the printed figure where the stated one does not. note: what else is to be known.
    """

    table: str
    row: str
    quantity: str
    printed: str
    model: str
    measure: str
    verdict: str
    alternative: str
    note: str


class PublishedTable(NamedTuple):
    """A table of a paper or a page: its key, what it shows, and where it stands."""

    key: str
    title: str
    source: str
    note: str
    figures: tuple[Figure, ...]


@cache
def tables() -> dict[str, PublishedTable]:
    """All tables by key, in the order of their papers."""
    figures: dict[str, list[Figure]] = {}
    for path in sorted(DATA.glob("figures_*.csv")):
        for row in _rows(path):
            figures.setdefault(row["table"], []).append(Figure(**row))
    return {
        row["key"]: PublishedTable(**row, figures=tuple(figures[row["key"]]))
        for row in _rows(DATA / "tables.csv")
    }


def chosen(name: str) -> tuple[PublishedTable, ...]:
    """The table of that key, or all that begin with it: "v1:6", "v1". Raises `UnknownName`."""
    known, name = tables(), name.lower().rstrip(":")
    if name in known:
        return (known[name],)
    found = tuple(table for key, table in known.items() if key.partition(":")[0] == name)
    if not found:
        raise UnknownName("published table", name, known)
    return found


def _rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
