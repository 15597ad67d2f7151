"""What became of a comparison."""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.answers.footnotes import Parts, plain


class Verdict(NamedTuple):
    """Whether a number is what it should be (None: nothing was compared), and that in words.

    `= M + 2N + Pi`, `+12 on M + b`, `failed`.
    """

    agrees: bool | None
    parts: Parts

    def __str__(self) -> str:
        return plain(self.parts)
