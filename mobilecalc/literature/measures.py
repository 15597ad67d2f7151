"""What a published figure counts of a network: the convention it was printed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from mobilecalc.core.counts import Counts, total
from mobilecalc.core.memory import largest_by_side
from mobilecalc.core.ops import Conv, Depthwise, Linear
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.core.profile import Profile, Row

BYTES = 2
"""Of a value in the tables about memory (arXiv:1801.04381, Table 3: 16-bit)."""


class Quantity(NamedTuple):
    """A sum over facts, and what it is called."""

    words: str
    of: Callable[[Counts], int]


QUANTITIES = {
    "macs": Quantity("MACs", lambda c: c.macs),
    "kmacs": Quantity("thousands of MACs", lambda c: c.macs // 1000),
    "operations": Quantity("two operations a MAC", lambda c: 2 * c.macs),
    **{
        meaning.name.replace(" ", "-"): Quantity(f"parameters ({meaning.name})", meaning.total)
        for meaning in PARAMETER_MEANINGS
    },
}
"""What a network has so much of; parameters in each meaning of the word."""

_PARTS: dict[str, tuple[str, Callable[[Row], bool]]] = {
    "convolutions": ("convolutions", lambda row: isinstance(row.op, Conv | Depthwise)),
    "stem": ("the first convolution", lambda row: row.path.startswith("stem")),
    "classifier": ("the classifier", lambda row: row.path == "classifier"),
    "detector": (
        "what is behind the backbone",
        lambda row: bool({"extra", "labels", "boxes"}.intersection(row.path.split("."))),
    ),
}


class Measure(NamedTuple):
    """What is counted, of which part ("": of all), and its value for a profile."""

    quantity: str
    part: str
    of: Callable[[Profile], Fraction | int]

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.quantity} {self.part}".strip()

    def apart_from(self, other: Measure) -> str:
        """What sets it apart, in words."""
        words = (self.quantity if self.quantity != other.quantity else "", self.part)
        return " ".join(word for word in words if word)


def measure(text: str) -> Measure:
    """The measure that a text stands for. Raises `ValueError` for any other.

    "macs", "folded without classifier", "macs of block8", "share of macs of pointwise": a quantity,
    of all rows, without a part or of one (a part, a kind or a step of the network).
    "channels of block4": of its last convolution. "channels at 56x56", "bytes at 56x56": of the
    largest output of that size, blocks split as section 5.1 of arXiv:1801.04381 does.
    "bytes at 28x28 of block7": that many channels, on a map of that size.
    """
    if found := re.fullmatch(r"channels of (\S+)", text):
        step = found[1]
        return Measure("channels", f"of {step}", lambda p: _channels(p, step))
    if found := re.fullmatch(r"(channels|bytes) at (\d+)x(\d+)( of \S+)?", text):
        return _at(found[1], (int(found[2]), int(found[3])), (found[4] or "").removeprefix(" of "))
    if found := re.fullmatch(r"(share of )?(\S+?)(?: (of|without) (\S+))?", text):
        share, name, relation, part = found.groups()
        if name in QUANTITIES:
            return _sum(QUANTITIES[name], relation, part, share=bool(share))
    raise ValueError(f"no measure: {text!r}")


def _sum(quantity: Quantity, relation: str | None, part: str | None, *, share: bool) -> Measure:
    def of(profile: Profile) -> Fraction | int:
        whole = quantity.of(profile.counts)
        chosen = whole
        if part is not None:
            chosen = quantity.of(total(row.counts for row in profile.rows if _is_in(row, part)))
        if relation == "without":
            chosen = whole - chosen
        return Fraction(chosen, whole) if share else chosen

    words = f"{'share of ' * share}{quantity.words}"
    if part is None:
        return Measure(words, "", of)
    return Measure(words, f"{relation} {_PARTS[part][0] if part in _PARTS else part}", of)


def _is_in(row: Row, part: str) -> bool:
    if part in _PARTS:
        return _PARTS[part][1](row)
    return row.kind == part or row.path.split(".")[0] == part


def _channels(profile: Profile, step: str) -> int:
    """What the last convolution or linear layer of a step gives. Raises `ValueError`."""
    for row in reversed(profile.rows):
        inside = row.path == step or row.path.startswith(f"{step}.")
        if inside and isinstance(row.op, Conv | Depthwise | Linear) and "excite" not in row.path:
            return row.output.channels
    raise ValueError(f"{profile.name} has no step {step!r}")


def _at(what: str, sides: tuple[int, int], step: str) -> Measure:
    size = f"{sides[0]}x{sides[1]}"

    def of(profile: Profile) -> int:
        if step:
            channels = _channels(profile, step)
        else:
            channels = largest_by_side(profile, split=True)[sides].row.output.channels
        return channels if what == "channels" else BYTES * channels * sides[0] * sides[1]

    return Measure(what, f"of the channels of {step}" if step else f"at {size}", of)
