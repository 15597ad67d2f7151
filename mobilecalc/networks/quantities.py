"""What a number of a network is of, in words: "macs", "params of pointwise", "channels of stem"."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import NamedTuple, NoReturn, get_args

from mobilecalc.core.counts import total
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.core.memory import largest_by_side
from mobilecalc.core.ops import Conv, Depthwise, Kind, Linear
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.suggestions import nearest
from mobilecalc.core.sums import SPACED, Sum, names, sum_named
from mobilecalc.core.units import BYTES

_BYTES = BYTES["fp16"]
"""Of a value, as Table 3 of arXiv:1801.04381 counts memory."""


class Part(NamedTuple):
    """Rows that have a name in common: what they are, in words, and which they are."""

    words: str
    has: Callable[[Row], bool]


PARTS = {
    "convolutions": Part("convolutions", lambda row: isinstance(row.op, Conv | Depthwise)),
    "stem": Part("the first convolution", lambda row: row.path.split(".")[0] == "stem"),
    "classifier": Part("the classifier", lambda row: row.path == "classifier"),
    "detector": Part(
        "what is behind the backbone",
        lambda row: bool({"extra", "labels", "boxes"}.intersection(row.path.split("."))),
    ),
}
"""Parts of the zoo's networks, beside kinds and steps."""

_SIDE = "[1-9][0-9]{0,8}"
"""A side of a map: no larger number is one."""


class Quantity(NamedTuple):
    """What is counted, of which part ("": of all), and its value for a profile."""

    what: str
    part: str
    of: Callable[[Profile], Fraction | int]

    @property
    def words(self) -> str:
        """All of it."""
        return f"{self.what} {self.part}".strip()

    def apart_from(self, other: Quantity) -> str:
        """What sets it apart, in words."""
        words = (self.what if self.what != other.what else "", self.part)
        return " ".join(word for word in words if word)


def quantity(text: str) -> Quantity:
    """The quantity that a text stands for. Raises `BadOption` for any other.

    "macs", "params without classifier", "macs of block8", "share of macs of pointwise": a sum
    (a fact, a meaning of parameters, or that of a convention: "fvcore"), of all rows, without a
    part or of one (a kind, or a step of the network). "channels of block4": of its last
    convolution. "channels at 56x56", "bytes at 56x56": of the largest output of that size, blocks
    split as section 5.1 of arXiv:1801.04381 does. "bytes at 28x28 of block7": of that many
    channels on a map of that size.
    """
    for words, hyphened in SPACED.items():
        text = re.sub(rf"\b{words}\b", hyphened, text)
    if found := re.fullmatch(r"channels of (\S+)", text):
        step = found[1]
        return Quantity("channels", f"of {step}", lambda p: _channels(p, step))
    if found := re.fullmatch(r"stride of (\S+)", text):
        step = found[1]
        return Quantity("stride", f"of {step}", lambda p: _stride(p, step))
    if found := re.fullmatch(r"steps (\S+)", text):
        name = found[1]
        return Quantity(f"steps named {name}", "", lambda p: _steps(p, name))
    if found := re.fullmatch(rf"(channels|bytes) at ({_SIDE})x({_SIDE})( of \S+)?", text):
        return _at(found[1], (int(found[2]), int(found[3])), (found[4] or "").removeprefix(" of "))
    if found := re.fullmatch(r"(channels|bytes) at ([0-9]+(?:x[0-9]+)+)( of \S+)?", text):
        return Quantity(found[1], f"at {found[2]}", partial(_refuse_size, found[2]))
    if found := re.fullmatch(r"(share of )?(\S+?)(?: (of|without) (\S+))?", text):
        share, name, relation, part = found.groups()
        chosen = sum_named(name)
        if chosen is not None and not (share and part is None):
            return _summed(name, chosen, relation, part, share=bool(share))
    raise _unknown(text)


def _unknown(text: str) -> BadOption:
    words = [word for word in text.split() if word not in ("share", "of", "without", "at")]
    first = words[0] if words else ""
    return BadOption(
        f"'{shown(text)}' is nothing that can be counted.",
        why=_missing(text, first) or nearest(first, names()),
        fix="Name a quantity, of the network or of a part: macs, params of pointwise, macs without"
        " classifier, share of macs of block8.",
        see="quantity",
    )


def _missing(text: str, first: str) -> str:
    """What a text lacks that breaks off."""
    *before, last = text.split() or [""]
    if not first:
        return "The name of a quantity is missing."
    if last == "at" or before[-1:] == ["at"]:
        return "A feature-map size comes after 'at', for example 7x7."
    if last in ("of", "without") and before != ["share"]:
        return f"The name of a kind or layer after '{last}' is missing."
    if last == first and text.startswith("share of ") and sum_named(first) is not None:
        return "A share is of a kind or layer, and its name is missing."
    return ""


def _summed(
    name: str, of_all: Sum, relation: str | None, part: str | None, *, share: bool
) -> Quantity:
    def of(profile: Profile) -> Fraction | int:
        whole = of_all.of(profile.counts)
        chosen = whole
        if part is not None:
            chosen = of_all.of(total(row.counts for row in _rows(profile, part)))
        if relation == "without":
            chosen = whole - chosen
        if share and not whole:
            raise BadOption(
                f"'{name}' is 0 for {profile.name}: nothing is a share of 0.",
                see="facts",
                of=profile.name,
            )
        return Fraction(chosen, whole) if share else chosen

    words = f"{'share of ' * share}{of_all.words}"
    if part is None:
        return Quantity(words, "", of)
    return Quantity(words, f"{relation} {PARTS[part].words if part in PARTS else part}", of)


def _rows(profile: Profile, part: str) -> list[Row]:
    """The rows of a part; none of a kind that the network has none of. Raises `BadOption`."""
    rows = list(filter(PARTS[part].has if part in PARTS else _is_in(part), profile.rows))
    if not rows and part not in _KINDS:
        steps = dict.fromkeys(row.path.split(".")[0] for row in profile.rows)
        raise BadOption(
            f"{profile.name} has no part '{shown(part)}'.",
            why=f"A part is a kind ({', '.join(profile.by_kind())}) or a step: {', '.join(steps)}.",
            see="part",
            of=profile.name,
        )
    return rows


_KINDS = frozenset(get_args(Kind))


def _is_in(part: str) -> Callable[[Row], bool]:
    """Whether a row is of a kind, or in a step, of that name."""
    inside, is_kind = f"{part}.", part in _KINDS
    return lambda row: (
        row.path == part or row.path.startswith(inside) or (is_kind and row.kind == part)
    )


def _channels(profile: Profile, step: str) -> int:
    """What the last convolution or linear layer of a step gives (of a gate, as many as its map)."""
    for row in reversed(_rows(profile, step)):
        if isinstance(row.op, Conv | Depthwise | Linear):
            return row.output.channels
    raise BadOption(
        f"'{shown(step)}' of {profile.name} has no convolution and no linear layer.",
        see="layer",
        of=profile.name,
    )


def _stride(profile: Profile, step: str) -> int:
    """That of a step's last depthwise or other convolution that has one above 1; else 1."""
    strides = [
        row.op.stride for row in _rows(profile, step) if isinstance(row.op, Conv | Depthwise)
    ]
    return max((stride for stride in strides if isinstance(stride, int)), default=1)


def _steps(profile: Profile, name: str) -> int:
    first = (row.path.split(".")[0] for row in profile.rows)
    return len({step for step in first if re.fullmatch(rf"{re.escape(name)}\d+", step)})


def _refuse_size(size: str, profile: Profile) -> NoReturn:
    """Raises `BadOption`, with at most three of the sizes that the feature maps have."""
    sizes = ["x".join(map(str, sides)) for sides in largest_by_side(profile, split=True)]
    raise BadOption(
        f"{profile.name} has no feature-map size {shown(size)}.",
        why=f"It has {', '.join(sizes[:3])}{' and others' * (len(sizes) > 3)}." if sizes else "",
        see="feature-map size",
        of=profile.name,
    )


def _at(what: str, sides: tuple[int, int], step: str) -> Quantity:
    size = f"{sides[0]}x{sides[1]}"

    def of(profile: Profile) -> int:
        if step:
            channels = _channels(profile, step)
        else:
            largest = largest_by_side(profile, split=True)
            if sides not in largest:
                _refuse_size(size, profile)
            channels = largest[sides].row.output.channels
        return channels if what == "channels" else _BYTES * channels * sides[0] * sides[1]

    return Quantity(what, f"of the channels of {step}" if step else f"at {size}", of)
