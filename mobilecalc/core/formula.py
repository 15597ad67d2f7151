"""Formulas as data: sums of products of powers, written with operators and read in a line of text.

`D_K, M, N, D_F = symbols("D_K M N D_F")`, and then `D_K**2 * M * N * D_F**2` is an equation as it
stands in a paper. Other notations, such as LaTeX, are views of the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, TypeAlias

Base: TypeAlias = "str | int | Formula"
"""What is raised to a power: a symbol, a number that was put in for one, a sum in brackets."""

GREEK = {"alpha": "\u03b1", "rho": "\u03c1"}
"""Symbols that are spelled out in a line of text."""


class Term(NamedTuple):
    """A coefficient times powers: 3 alpha² / N is (3, (("alpha", 2), ("N", -1)))."""

    coefficient: int
    powers: tuple[tuple[Base, int], ...] = ()


class Formula(NamedTuple):
    """A sum of terms, which stays as it was written: nothing is evaluated, sorted or cancelled."""

    terms: tuple[Term, ...]

    def __add__(self, other: Formula | int) -> Formula:  # type: ignore[override]
        return Formula((*self.terms, *_formula(other).terms))

    def __radd__(self, other: int) -> Formula:
        return _formula(other) + self

    def __sub__(self, other: Formula | int) -> Formula:
        taken = (term._replace(coefficient=-term.coefficient) for term in _formula(other).terms)
        return Formula((*self.terms, *taken))

    def __mul__(self, other: Formula | int) -> Formula:  # type: ignore[override]
        a, b = self._product, _formula(other)._product
        return Formula((Term(a.coefficient * b.coefficient, a.powers + b.powers),))

    def __rmul__(self, other: int) -> Formula:  # type: ignore[override]
        return _formula(other) * self

    def __pow__(self, exponent: int) -> Formula:
        number, powers = self._product
        numbers: tuple[tuple[Base, int], ...] = () if number == 1 else ((number, 1),)
        raised = tuple((base, power * exponent) for base, power in (*numbers, *powers))
        return Formula((Term(1, raised),))

    def __truediv__(self, other: Formula | int) -> Formula:
        return self * _formula(other) ** -1

    def __rtruediv__(self, other: int) -> Formula:
        return _formula(other) / self

    @property
    def _product(self) -> Term:
        """As a factor: a sum of several terms stands in brackets."""
        return self.terms[0] if len(self.terms) == 1 else Term(1, ((self, 1),))

    def put_in(self, numbers: Mapping[str, int | tuple[int, int]]) -> Formula:
        """With numbers in the place of symbols, not evaluated: `3² · 512 · 14²`.

        Of a map that is not square, a symbol's two numbers are the sides that its square stands
        for: `7 · 9` for D_F². Raises `ValueError` where such a symbol has an odd power.
        """

        def powers(base: Base, power: int) -> tuple[tuple[Base, int], ...]:
            if isinstance(base, Formula):
                return ((base.put_in(numbers), power),)
            number = numbers.get(base, base) if isinstance(base, str) else base
            if not isinstance(number, tuple):
                return ((number, power),)
            if number[0] == number[1]:
                return ((number[0], power),)
            if power % 2:
                raise ValueError(f"{base} has two numbers, and the power {power}")
            return tuple((side, power // 2) for side in number)

        return Formula(
            tuple(
                term._replace(powers=tuple(p for power in term.powers for p in powers(*power)))
                for term in self.terms
            )
        )

    def at(self, numbers: Mapping[str, int]) -> Fraction:
        """Its value. Raises `KeyError` for a symbol without a number."""
        return Fraction(sum(_value(term, numbers) for term in self.terms))

    def __str__(self) -> str:
        return _LINE.written(self)

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)


def symbol(name: str) -> Formula:
    """The formula that is a symbol alone."""
    return Formula((Term(1, ((name, 1),)),))


def symbols(names: str) -> tuple[Formula, ...]:
    """A formula for each name, to write others with."""
    return tuple(map(symbol, names.split()))


def added(coefficients: Iterable[tuple[int, str]]) -> Formula:
    """The sum of symbols, each as often as its coefficient says: `M + 2N`."""
    return Formula(tuple(Term(number, ((name, 1),)) for number, name in coefficients))


def _value(term: Term, numbers: Mapping[str, int]) -> Fraction | int:
    value: Fraction | int = term.coefficient
    for base, power in term.powers:
        number: Fraction | int
        if isinstance(base, Formula):
            number = base.at(numbers)
        else:
            number = numbers[base] if isinstance(base, str) else base
        value = value * number**power if power > 0 else Fraction(value) / number**-power
    return value


def _formula(value: Formula | int) -> Formula:
    return value if isinstance(value, Formula) else Formula((Term(value),))


_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


class Notation:
    """How a formula is written: here in a line of text, `rho² · (1,500 · alpha² + 3 · alpha) + 7`.

    Another notation says what differs.
    """

    plus, minus, times, over = " + ", " - ", " · ", "/"

    def written(self, formula: Formula) -> str:
        """The whole formula."""
        text = ""
        for term in formula.terms:
            sign = self.minus if term.coefficient < 0 else self.plus
            text += sign.strip() * (term.coefficient < 0) if not text else sign
            text += self._term(term)
        return self.grouped(text) if len(formula.terms) > 1 else text

    def _term(self, term: Term) -> str:
        number = abs(term.coefficient)
        above = [self._power(base, power) for base, power in term.powers if power > 0]
        below = [self._power(base, -power) for base, power in term.powers if power < 0]
        if number != 1 or not above:
            if len(term.powers) == 1 and not below and _is_letters(term.powers[0][0]):
                return self.grouped(self.number(number) + above[0])
            above.insert(0, self.number(number))
        upper = self._joined(above)
        return self.quotient(upper, self._joined(below)) if below else upper

    def _joined(self, factors: list[str]) -> str:
        return self.grouped(self.times.join(factors)) if len(factors) > 1 else factors[0]

    def _power(self, base: Base, power: int) -> str:
        written = self._base(base)
        return written if power == 1 else self.power(written, power)

    def _base(self, base: Base) -> str:
        if isinstance(base, Formula):
            return self.bracketed(self.written(base))
        return self.symbol(base) if isinstance(base, str) else self.size(base)

    def number(self, number: int) -> str:
        """A coefficient, which may be large."""
        return f"{number:,}"

    def size(self, number: int) -> str:
        """A number in the place of a symbol."""
        return str(number)

    def symbol(self, name: str) -> str:
        """A symbol such as alpha, N or D_K."""
        return name

    def power(self, base: str, power: int) -> str:
        """A base that is raised to a power above 1."""
        return base + str(power).translate(_SUPERSCRIPTS)

    def quotient(self, above: str, below: str) -> str:
        """One product over another."""
        if self.times in below:
            below = f"({below})"
        space = " " if " " in above + below else ""
        return f"{above}{space}{self.over}{space}{below}"

    def grouped(self, parts: str) -> str:
        """What belongs together, and needs no brackets."""
        return parts

    def bracketed(self, inner: str) -> str:
        """A sum that is a factor."""
        return f"({inner})"


def _is_letters(base: Base) -> bool:
    """Whether a number may stand right before it: 2N, but 2 · alpha."""
    return isinstance(base, str) and base not in GREEK


_LINE = Notation()
