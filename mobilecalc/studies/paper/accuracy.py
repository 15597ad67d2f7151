"""How accurate, for how much? Published accuracies over what their networks cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from mobilecalc.answers.charts import Point, Points
from mobilecalc.answers.columns import Column
from mobilecalc.core.errors import BadOption
from mobilecalc.literature import PublishedTable, PublishedValue, judge, tables
from mobilecalc.literature.printed import Printed
from mobilecalc.networks.quantities import quantity

TOP_1 = "top-1"
_ACCURACIES = ("top-1", "mAP", "mean AP", "mIOU", "accuracy")
"""What the names of accuracies hold."""

_LISTED = 4
"""More names than that are only counted in a caption."""

_SERIES = 9
"""As many series are told apart; of more tables, those of one paper are one series."""


def accuracy_over_macs(chosen: Sequence[PublishedTable]) -> list[Points]:
    """Top-1 accuracy over MACs, each accuracy with the MACs of its table's row, computed.

    Where no table prints a top-1 accuracy on ImageNet beside MACs, a chart for each other
    accuracy that one does. Raises `BadOption` where none does.
    """
    joined = [pair for table in chosen for pair in _joined(table)]
    if not joined:
        raise BadOption(
            f"There is no accuracy over MACs in {', '.join(table.key for table in chosen)}.",
            why="No row there has an accuracy and the MACs of a network that is described here.",
            fix="Leave --chart out, or name another table: mobilecalc paper v1:6",
        )
    names = dict.fromkeys(accuracy.column for accuracy, _ in joined)
    drawn = [TOP_1] if TOP_1 in names else list(names)
    return [_points(name, [pair for pair in joined if pair[0].column == name]) for name in drawn]


def _joined(table: PublishedTable) -> Iterable[tuple[PublishedValue, PublishedValue]]:
    """Each accuracy that the table prints, and the MACs that it prints in the same row."""
    macs = {v.row: v for v in table.values if v.quantity.split(" ")[0] == "macs" and v.model}
    for value in table.values:
        if value.row in macs and any(word in value.column for word in _ACCURACIES):
            yield value, macs[value.row]


def _points(what: str, joined: Sequence[tuple[PublishedValue, PublishedValue]]) -> Points:
    series = _series([accuracy.table for accuracy, _ in joined])
    places: dict[tuple[float, float], tuple[str, str]] = {}
    for accuracy, macs in joined:
        place = float(judge(macs).value or 0), float(Printed.parse(accuracy.printed).value)
        places.setdefault(place, (accuracy.row, series[accuracy.table]))
    in_per_cent = any(accuracy.printed.endswith("%") for accuracy, _ in joined)
    best = front(list(places))
    return Points(
        "Top-1 accuracy over MACs" if what == TOP_1 else f"{what} over MACs",
        _caption(what, joined),
        Column("macs", "MACs, computed", "count"),
        Column("accuracy", what, "share" if in_per_cent else "number"),
        tuple(
            Point(name, of_series, *place, place in best)
            for place, (name, of_series) in places.items()
        ),
    )


def _caption(column: str, joined: Sequence[tuple[PublishedValue, PublishedValue]]) -> str:
    where = [tables()[key].source for key in dict.fromkeys(a.table for a, _ in joined)]
    models = list(dict.fromkeys(macs.model.split()[0] for _, macs in joined))
    counted = dict.fromkeys(quantity(macs.quantity).words for _, macs in joined)
    what = f"{column}{' on ImageNet' if column == TOP_1 else ''}"
    return (
        f"{what} as printed in {_few(where, 'published tables')}; {' or '.join(counted)}"
        " (multiply-accumulates alone, the papers' mult-adds) computed at each row's alpha and"
        f" resolution, of {_few(models, 'networks')}. Filled and numbered: the Pareto front, where"
        " no other is as good for as few MACs."
    )


def _few(names: Sequence[str], what: str) -> str:
    """The names, or how many there are."""
    return "; ".join(names) if len(names) <= _LISTED else f"{len(names)} {what}"


def front(places: Sequence[tuple[float, float]]) -> set[tuple[float, float]]:
    """The places (cost, value) that no other betters: none costs as little and has as much."""
    best: set[tuple[float, float]] = set()
    highest = float("-inf")
    for cost, value in sorted(places, key=lambda place: (place[0], -place[1])):
        if value > highest:
            best.add((cost, value))
            highest = value
    return best


def _series(keys: Sequence[str]) -> dict[str, str]:
    """By table: its key, or its paper's where there are too many."""
    met = list(dict.fromkeys(keys))
    if len(met) <= _SERIES:
        return {key: key for key in met}
    return {key: key.partition(":")[0] for key in met}
