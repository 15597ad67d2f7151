"""Formulas as data: sums of products of powers. A view writes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from fractions import Fraction


class Term(NamedTuple):
    """A coefficient times powers of symbols: 3 alpha² rho² is (3, (("alpha", 2), ("rho", 2)))."""

    coefficient: Fraction
    powers: tuple[tuple[str, int], ...] = ()


class Formula(NamedTuple):
    """A sum of groups: each a factor times a sum of terms. `rho² (a alpha² + b alpha) + c`."""

    groups: tuple[tuple[Term, tuple[Term, ...]], ...]
