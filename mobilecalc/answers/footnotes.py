"""What stands below a table: each footnote with its role, and formulas that each view writes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple, TypeAlias

from mobilecalc.core.formula import Formula
from mobilecalc.core.ops import Uncounted
from mobilecalc.core.profile import Profile

Role: TypeAlias = Literal[
    "setting", "convention", "definition", "source", "remark", "warning", "failure"
]
"""What a footnote says: of which model and input the numbers are, what they add up, what a word or
a symbol means, where a number is from, what else is to be known, why numbers may be wrong, and
which check did not come out even."""

Parts: TypeAlias = "tuple[str | Formula, ...]"
"""A text with formulas in it."""


class Footnote(NamedTuple):
    """A line below a table. `str` gives it in plain text."""

    role: Role
    parts: Parts

    def __str__(self) -> str:
        return plain(self.parts)


def footnote(role: Role, *parts: str | Formula) -> Footnote:
    """`footnote("convention", "MACs = ", formula, ": what it counts")`."""
    return Footnote(role, parts)


def plain(parts: Parts) -> str:
    """A text with its formulas in the same line."""
    return "".join(map(str, parts))


def settings_of(profiles: Iterable[Profile]) -> tuple[Footnote, ...]:
    """Which models these are and how they were set."""
    said = dict.fromkeys(note for profile in profiles for note in profile.notes)
    return tuple(footnote("setting", note) for note in said)


def warnings_of(profiles: Iterable[Profile]) -> tuple[Footnote, ...]:
    """Why the numbers may be wrong: how they came about, and what no formula covers."""
    said = dict.fromkeys(
        warning for profile in profiles for warning in (*profile.warnings, *uncounted_in(profile))
    )
    return tuple(footnote("warning", warning) for warning in said)


def uncounted_in(profile: Profile) -> tuple[str, ...]:
    """What no formula covers, with how many elements it gives."""
    elements: dict[str, list[int]] = {}
    for row in profile.rows:
        if isinstance(row.op, Uncounted):
            size = row.output.elements if row.output else 0  # of an unknown shape
            elements.setdefault(row.op.name, []).append(size)
    if not elements:
        return ()
    listed = (
        f"{name} x{len(sizes)}" + (f" ({sum(sizes)} elements)" if all(sizes) else "")
        for name, sizes in elements.items()
    )
    return (f"Not counted in {profile.name}, as no formula covers it: {', '.join(listed)}.",)
