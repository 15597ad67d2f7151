"""Formulas as people read them: in a line of text, in LaTeX and in MathML."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

from mobilecalc.core.formula import Formula, Term

_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_GREEK = {"alpha": ("&#945;", r"\alpha"), "rho": ("&#961;", r"\rho")}


class _Notation(NamedTuple):
    """How a language writes numbers, powers, products, quotients and sums."""

    number: Callable[[int], str]
    symbol: Callable[[str], str]
    power: Callable[[str, int], str]
    product: Callable[[list[str]], str]
    quotient: Callable[[str, str], str]
    total: Callable[[list[str]], str]
    bracketed: Callable[[str], str]


def text(formula: Formula) -> str:
    """ "rho² · (539,492,352 · alpha² + 28,224,000 · alpha) + 1,024,000 · alpha"."""
    return _written(formula, _TEXT)


def latex(formula: Formula) -> str:
    r""" "\rho^{2} (539\,492\,352\,\alpha^{2} + ...)", for math mode."""
    return _written(formula, _LATEX)


def mathml(formula: Formula) -> str:
    """A `<math>` element."""
    return f"<math>{_written(formula, _MATHML)}</math>"


def _written(formula: Formula, n: _Notation) -> str:
    return n.total([_group(factor, terms, n) for factor, terms in formula.groups])


def _group(factor: Term, terms: tuple[Term, ...], n: _Notation) -> str:
    inner = n.total([_term(term, n) for term in terms])
    if not factor.powers and factor.coefficient == 1:
        return inner
    if terms == (Term(Fraction(1)),):
        return _term(factor, n)
    if len(terms) == 1:
        only = terms[0]
        joined = Term(factor.coefficient * only.coefficient, (*only.powers, *factor.powers))
        return _term(joined, n)
    return n.product([_term(factor, n), n.bracketed(inner)])


def _term(term: Term, n: _Notation) -> str:
    above = [_power(name, power, n) for name, power in term.powers if power > 0]
    below = [_power(name, -power, n) for name, power in term.powers if power < 0]
    over, under = term.coefficient.numerator, term.coefficient.denominator
    if over != 1 or not above:
        above.insert(0, n.number(over))
    if under != 1:
        below.insert(0, n.number(under))
    upper = n.product(above)
    return n.quotient(upper, n.product(below)) if below else upper


def _power(name: str, power: int, n: _Notation) -> str:
    return n.symbol(name) if power == 1 else n.power(n.symbol(name), power)


def _quotient_in_line(above: str, below: str) -> str:
    return f"{above} / {f'({below})' if '·' in below else below}"


def _latex_symbol(name: str) -> str:
    return _GREEK[name][1] if name in _GREEK else name


def mathml_symbol(name: str) -> str:
    """A symbol such as alpha, N or D_K."""
    if name in _GREEK:
        return f"<mi>{_GREEK[name][0]}</mi>"
    letter, _, index = name.partition("_")
    return f"<msub><mi>{letter}</mi><mi>{index}</mi></msub>" if index else f"<mi>{letter}</mi>"


_TEXT = _Notation(
    number=lambda number: f"{number:,}",
    symbol=lambda name: name,
    power=lambda base, power: base + str(power).translate(_SUPERSCRIPTS),
    product=" · ".join,
    quotient=_quotient_in_line,
    total=" + ".join,
    bracketed=lambda inner: f"({inner})",
)
_LATEX = _Notation(
    number=lambda number: f"{number:,}".replace(",", r"\,"),
    symbol=_latex_symbol,
    power=lambda base, power: f"{base}^{{{power}}}",
    product=r" \, ".join,
    quotient=lambda above, below: rf"\frac{{{above}}}{{{below}}}",
    total=" + ".join,
    bracketed=lambda inner: rf"\left({inner}\right)",
)
_MATHML = _Notation(
    number=lambda number: f"<mn>{number:,}</mn>".replace(",", "\u2009"),
    symbol=mathml_symbol,
    power=lambda base, power: f"<msup>{base}<mn>{power}</mn></msup>",
    product=lambda parts: f"<mrow>{'<mo>·</mo>'.join(parts)}</mrow>",
    quotient=lambda above, below: f"<mfrac>{above}{below}</mfrac>",
    total=lambda parts: f"<mrow>{'<mo>+</mo>'.join(parts)}</mrow>",
    bracketed=lambda inner: f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>",
)
