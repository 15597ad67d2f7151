"""The network of a published value, written as on the command line."""

from __future__ import annotations

from functools import cache
from typing import Any

from mobilecalc.core.profile import Profile
from mobilecalc.networks import describe, settings
from mobilecalc.networks.network import Network
from mobilecalc.networks.rewrites import with_width

_OPTIONS: dict[str, type] = {"alpha": float, "resolution": int, "rho": float, "classes": int}


def network(expression: str) -> Network:
    """The network of "v1 --alpha 0.75 --resolution 192", as `mobilecalc breakdown` takes it.

    `stem.conv=16` behind it gives that layer another width. Raises `ValueError` for anything else,
    and what `describe` raises.
    """
    name, *words = expression.split()
    options: dict[str, Any] = {}
    widths: list[tuple[str, str]] = []
    rest = iter(words)
    for word in rest:
        option = word.removeprefix("--")
        if option in _OPTIONS and option != word:
            options[option] = _OPTIONS[option](next(rest, ""))
        elif "=" in word:
            place, _, width = word.partition("=")
            widths.append((place, width))
        else:
            raise ValueError(f"neither an option nor a width: {word!r} in {expression!r}")
    found = describe(name, settings(**options))
    for place, width in widths:
        found = found.with_body(with_width(found.body, tuple(place.split(".")), int(width)))
    return found


def difference(expression: str, other: str) -> str:
    """What an expression has that another has not, for people; all of it where names differ."""
    words, others = expression.split(), other.split()
    if words[:1] != others[:1]:
        return expression
    pairs = zip(["", *words], words, strict=False)
    apart = [
        f"{before} {word}" if before.startswith("--") else _in_words(word)
        for before, word in pairs
        if word not in others and not word.startswith("--")
    ]
    return ", ".join(apart) or expression


def _in_words(change: str) -> str:
    place, _, width = change.partition("=")
    return f"{place} of width {width}"


@cache
def profile(expression: str) -> Profile:
    """The profile of that network, walked once."""
    return network(expression).profile()
