"""Table: what a study hands to a view. Raw values, never formatted text."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from mobilecalc.core import door
from mobilecalc.core.shape import Shape

if TYPE_CHECKING:
    import pandas
    import polars

    from mobilecalc.core.formula import Formula
    from mobilecalc.core.pictures import Picture

ValueKind: TypeAlias = Literal[
    "text",
    "verdict",
    "formula",
    "count",
    "bytes",
    "amount",
    "steps",
    "number",
    "share",
    "difference",
    "ratio",
    "shape",
]


Value: TypeAlias = "str | int | float | Shape | Formula | None"


class Column(NamedTuple):
    """A column: the key programs use, the heading people read, the kind of its values.

    kind: "count" is a whole number, "bytes" one of bytes, "amount" a text, a
    whole number, or a fraction shown in per cent, each with its unit,
    "steps" a signed number of units of a last digit, "number" a plain setting such as alpha,
    "share" a fraction of the total, "difference" a signed fraction, "ratio" a quotient, "formula"
    a `Formula`, or an expression such as "3² · 512 · 14²", "verdict" a text that begins with "="
    where all is well.
    `spare` is how early a view that lacks room may leave the column out: 0 is never, 1 last.
    """

    key: str
    heading: str
    kind: ValueKind
    spare: int = 0


Pictures: TypeAlias = "Callable[[], Sequence[Picture]]"
"""Makes them when they are asked for."""


class Warned(str):
    """A note that says why numbers may be wrong: a view without notes does not hide it."""

    __slots__ = ()


class Failed(str):
    """A note that says which check did not come out even."""

    __slots__ = ()


@dataclass(frozen=True)
class Table:
    """Title, columns, rows by key, a totals row (or none), and notes to print below.

    `bars` is the key of a column of shares that a view may draw as bars too, where it has room.
    `pictures` gives what a view can draw of it, where there is anything.
    """

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Mapping[str, Value], ...]
    total: Mapping[str, Value] | None = None
    notes: tuple[str, ...] = ()
    bars: str | None = None
    pictures: Pictures | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        keys = [column.key for column in self.columns]
        for row in (*self.rows, *([self.total] if self.total is not None else [])):
            if list(row) != keys:
                raise ValueError(f"a row has the keys {list(row)}, the table {keys}")

    @property
    def warnings(self) -> tuple[str, ...]:
        """The notes that say why numbers may be wrong."""
        return tuple(note for note in self.notes if isinstance(note, Warned))

    @property
    def failures(self) -> tuple[str, ...]:
        """The notes that say which checks did not come out even."""
        return tuple(note for note in self.notes if isinstance(note, Failed))

    def column(self, key: str) -> list[Value]:
        """The values of one column, row by row."""
        return [row[key] for row in self.rows]

    def _repr_mimebundle_(self, **_: object) -> dict[str, str]:
        """As a notebook shows it: HTML, Markdown, LaTeX and plain text."""
        shown: dict[str, str] = door.notebook().mimebundle(self)
        return shown

    def to_pandas(self) -> pandas.DataFrame:
        """The rows, raw, under the columns' keys. Raises `MissingPackage` without pandas."""
        frame: pandas.DataFrame = door.notebook().to_pandas(self)
        return frame

    def to_polars(self) -> polars.DataFrame:
        """The rows, raw, under the columns' keys. Raises `MissingPackage` without polars."""
        frame: polars.DataFrame = door.notebook().to_polars(self)
        return frame

    def chart(self) -> Any:
        """What the table says, drawn: an Altair chart.

        Raises `BadOption` where nothing is drawn of it, `MissingPackage` without altair.
        """
        return door.notebook().chart(self)

    def __repr__(self) -> str:
        return f"<Table {self.title!r}: {len(self.rows)} rows of {len(self.columns)} columns>"
