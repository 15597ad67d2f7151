"""From sympy's expressions to formulas."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from mobilecalc.core.formula import Base, Formula, Term

_ORDER = ("D_K", "M", "N", "D_F", "rho", "alpha")
"""In which the symbols of a product stand: as in arXiv:1704.04861, section 3."""


def polynomial(expression: Any, outer: Any, inner: Any) -> Formula:
    """Grouped by powers of one symbol, the highest first, and in each of the other.

    `rho² · (a · alpha² + b · alpha) + c`.
    """
    from sympy import Poly

    terms: list[Term] = []
    for (power,), coefficient in Poly(expression, outer).terms():
        summed = tuple(
            _term(count, [(str(inner), degree)])
            for (degree,), count in Poly(coefficient, inner).terms()
        )
        raised: tuple[tuple[Base, int], ...] = ((str(outer), power),) if power else ()
        if power and len(summed) > 1:
            terms.append(Term(1, (*raised, (Formula(summed), 1))))
        else:
            terms += (term._replace(powers=(*term.powers, *raised)) for term in summed)
    return Formula(tuple(terms))


def products(expression: Any) -> Formula:
    """A sum of products of powers, each in the paper's order."""
    from sympy import Add

    terms = []
    for part in Add.make_args(expression):
        coefficient, product = part.as_coeff_Mul()
        factors = product.as_powers_dict().items()
        terms.append(_term(coefficient, [(str(base), int(power)) for base, power in factors]))
    return Formula(tuple(sorted(terms, key=_rank)))


def _rank(term: Term) -> tuple[bool, int]:
    """The depthwise part first: it has the kernel, and one of the channels."""
    kernel = dict(term.powers).get("D_K", 0)
    return kernel < 0, -kernel


def _term(coefficient: Any, powers: Iterable[tuple[str, int]]) -> Term:
    known = [(name, power) for name, power in powers if name in _ORDER and power]
    ordered = sorted(known, key=lambda item: _ORDER.index(item[0]))
    number = Fraction(str(coefficient))
    below: tuple[tuple[Base, int], ...] = ((number.denominator, -1),)
    return Term(number.numerator, (*ordered, *below[: number.denominator != 1]))
