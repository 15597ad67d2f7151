"""Table: what a study hands to a view. Raw values, never formatted text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, settings_of, warnings_of
from mobilecalc.core.profile import Profile

if TYPE_CHECKING:
    import pandas
    import polars

    from mobilecalc.answers.charts import Chart

Charts: TypeAlias = "Callable[[], Sequence[Chart]]"
"""Makes them when they are asked for."""


@dataclass(frozen=True)
class Table:
    """Title, columns, rows by key, a totals row (or none), and footnotes.

    `answer` is one sentence that says what the table shows; views lead with it.
    `about` are the models whose numbers it has. What they must tell is in the footnotes, whatever
    the study wrote there: at the beginning, where the study did not put it elsewhere.
    `bars` is the key of a column of shares that a view may draw as bars too, where it has room.
    `charts` gives what a view can draw of it, where there is anything.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    total: Mapping[str, Value] | None = None
    footnotes: tuple[Footnote, ...] = ()
    bars: str | None = None
    about: tuple[Profile, ...] = field(default=(), repr=False, compare=False)
    charts: Charts | None = field(default=None, repr=False, compare=False)
    answer: str = ""

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            if list(row) != keys:
                raise ValueError(f"a row has the keys {list(row)}, the table {keys}")
        told = (*settings_of(self.about), *warnings_of(self.about))
        missing = tuple(note for note in told if note not in self.footnotes)
        object.__setattr__(self, "footnotes", (*missing, *self.footnotes))

    @property
    def warnings(self) -> tuple[Footnote, ...]:
        """The footnotes that say why numbers may be wrong."""
        return tuple(note for note in self.footnotes if note.role == "warning")

    @property
    def failures(self) -> tuple[Footnote, ...]:
        """The footnotes that say which checks did not come out even."""
        return tuple(note for note in self.footnotes if note.role == "failure")

    def column(self, key: str) -> list[Value]:
        """The values of one column, row by row."""
        return [row[key] for row in self.rows]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """As a notebook shows it: HTML, Markdown, LaTeX and plain text."""
        from mobilecalc.notebook import mimebundle

        return mimebundle(self)

    def to_pandas(self) -> pandas.DataFrame:
        """The rows, raw, under the columns' keys. Raises `MissingPackage` without pandas."""
        from mobilecalc.notebook import to_pandas

        return to_pandas(self)

    def to_polars(self) -> polars.DataFrame:
        """The rows, raw, under the columns' keys. Raises `MissingPackage` without polars."""
        from mobilecalc.notebook import to_polars

        return to_polars(self)

    def chart(self) -> Any:
        """What the table says, drawn: an Altair chart.

        Raises `BadOption` where nothing is drawn of it, `MissingPackage` without altair.
        """
        from mobilecalc.notebook import chart

        return chart(self)

    def __repr__(self) -> str:
        return f"<Table {self.title!r}: {len(self.rows)} rows of {len(self.columns)} columns>"
