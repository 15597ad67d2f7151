"""Results in a notebook: as rich tables, as data frames, and drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.answers.columns import Value
from mobilecalc.answers.table import Table
from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.views import VIEWS

if TYPE_CHECKING:
    import pandas
    import polars

    from mobilecalc.core.profile import Profile

_TYPES = {"text/html": "html", "text/markdown": "markdown", "text/latex": "latex"}


def mimebundle(table: Table) -> dict[str, str]:
    """The table in each language that a notebook can show, and as plain text."""
    shown = {mime: VIEWS[view].fragment(table) for mime, view in _TYPES.items()}
    return {**shown, "text/plain": VIEWS["console"].render(table)}


def summary(profile: Profile) -> Table:
    """What a profile shows of itself: a row for each kind of layer."""
    from mobilecalc.studies.breakdown import kinds

    return kinds(profile)


def to_pandas(table: Table) -> pandas.DataFrame:
    """The rows, raw, under the columns' keys; without total and notes.

    Raises `MissingPackage` without pandas.
    """
    try:
        import pandas
    except ImportError as error:
        raise MissingPackage(["pandas"], "to_pandas()", error) from error
    return pandas.DataFrame(_rows(table), columns=[column.key for column in table.columns])


def to_polars(table: Table) -> polars.DataFrame:
    """As `to_pandas`. Raises `MissingPackage` without polars."""
    try:
        import polars
    except ImportError as error:
        raise MissingPackage(["polars"], "to_polars()", error) from error
    keys = [column.key for column in table.columns]
    return polars.DataFrame(_rows(table), schema=keys, infer_schema_length=None, orient="row")


def chart(table: Table) -> Any:
    """What the table says, drawn: an Altair chart.

    Raises `BadOption` for a table that nothing is drawn of, `MissingPackage` without altair.
    """
    if table.charts is None:
        raise BadOption(
            f"Nothing is drawn of '{table.title}'.",
            why="Breakdowns, comparisons, scales, explanations and published tables are drawn.",
        )
    from mobilecalc.views.charts.files import chart, check_extension

    check_extension(".svg")
    return chart(list(table.charts()))


def _rows(table: Table) -> list[list[Any]]:
    return [[_plain(row[column.key]) for column in table.columns] for row in table.rows]


def _plain(value: Value) -> Any:
    """Shapes, formulas and verdicts as text; a data frame has no column type for them."""
    return str(value) if isinstance(value, tuple) else value
