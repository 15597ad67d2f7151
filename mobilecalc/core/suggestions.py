"""What a name that is not known may have been meant to be."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 80
"""A longer name is compared by its beginning."""


def nearest(name: str, known_names: Iterable[str]) -> str:
    """ "Did you mean v1 or v2?": at most three names that are like this one; "" for none."""
    from difflib import get_close_matches

    near = get_close_matches(name[:_LONGEST].lower(), list(known_names), n=3, cutoff=0.4)
    return f"Did you mean {' or '.join(near)}?" if near else ""
