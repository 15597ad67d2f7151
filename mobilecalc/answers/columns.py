"""The columns of a table: what kind of value each holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

from mobilecalc.core.shape import Shape

if TYPE_CHECKING:
    from mobilecalc.answers.verdicts import Verdict
    from mobilecalc.core.formula import Formula

ValueKind: TypeAlias = Literal[
    "text",
    "verdict",
    "formula",
    "count",
    "exact",
    "bytes",
    "amount",
    "steps",
    "number",
    "share",
    "difference",
    "ratio",
    "shape",
]


Value: TypeAlias = "str | int | float | Shape | Formula | Verdict | None"


class Column(NamedTuple):
    """A column: the key programs use, the heading people read, the kind of its values.

    kind: "count" is a whole number, "exact" one whose every digit matters, "bytes" one of bytes,
    "amount" a text, a whole number, or a fraction shown in per cent, each with its unit,
    "steps" a signed number of units of a last digit, "number" a plain setting such as alpha,
    "share" a fraction of the total, "difference" a signed fraction, "ratio" a quotient, "formula"
    a `Formula`, "verdict" a `Verdict`.
    `spare` is how early a view that lacks room may leave the column out: 0 is never, 1 last.
    """

    key: str
    heading: str
    kind: ValueKind
    spare: int = 0
