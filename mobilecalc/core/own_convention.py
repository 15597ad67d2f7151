"""A user's own convention, written as a sum over facts: "macs + bias_adds + 2*norm_elements"."""

from __future__ import annotations

import ast

from mobilecalc.core.conventions import Convention
from mobilecalc.core.counts import SYMBOLS
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.core.suggestions import nearest

_LONGEST = 500
_LARGEST = 10**9
"""No coefficient is above it: every sum stays a number that can be shown and divided."""
_CONSTANT = ""
"""The key of the constant term, beside the names of the facts."""

Sum = dict[str, int]


def parse_convention(text: str, source: str = "its own expression") -> Convention:
    """The convention that an expression stands for; `source` says where that was given.

    Names of facts, whole numbers, +, -, * and parentheses; nothing else is evaluated. Raises
    `BadOption` for anything else, for a product of facts, a constant term, and a coefficient above
    a billion.
    """
    try:
        if len(text) > _LONGEST:
            raise _Unreadable(f"It is longer than {_LONGEST} characters.")
        terms = _sum(ast.parse(text.strip(), mode="eval").body)
        if terms.pop(_CONSTANT, 0):
            raise _Unreadable("A number by itself belongs to no operation.")
    except _Unreadable as error:
        raise _bad(text, str(error)) from None
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise _bad(text, "It cannot be read.") from None
    coefficients = {fact: factor for fact, factor in terms.items() if factor}
    if not coefficients:
        raise _bad(text, "It adds up nothing.")
    if any(abs(factor) > _LARGEST for factor in coefficients.values()):
        raise _bad(text, f"A coefficient is above {_LARGEST}.")
    return Convention("own", "operation", coefficients, "a sum of your own", source)


class _Unreadable(Exception):
    """Why an expression is not a sum over facts."""


def _sum(node: ast.expr) -> Sum:
    match node:
        case ast.Constant(value=int(number)) if not isinstance(number, bool):
            return {_CONSTANT: number}
        case ast.Name(id=name):
            if name not in SYMBOLS:
                raise _Unreadable(
                    f"There is no fact named '{shown(name)}'. {nearest(name, SYMBOLS)}"
                )
            return {name: 1}
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return _scaled(_sum(operand), -1)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _sum(operand)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return _added(_sum(left), _sum(right))
        case ast.BinOp(left=left, op=ast.Sub(), right=right):
            return _added(_sum(left), _scaled(_sum(right), -1))
        case ast.BinOp(left=left, op=ast.Mult(), right=right):
            return _product(_sum(left), _sum(right))
        case _:
            raise _Unreadable("It may have names, whole numbers, +, -, * and parentheses.")


def _added(a: Sum, b: Sum) -> Sum:
    return {name: a.get(name, 0) + b.get(name, 0) for name in {**a, **b}}


def _scaled(terms: Sum, factor: int) -> Sum:
    return {name: factor * coefficient for name, coefficient in terms.items()}


def _product(a: Sum, b: Sum) -> Sum:
    for number, terms in ((a, b), (b, a)):
        if set(number) == {_CONSTANT}:
            return _scaled(terms, number[_CONSTANT])
    raise _Unreadable("A product of facts is no sum over them.")


def _bad(text: str, why: str) -> BadOption:
    return BadOption(
        f"convention='{shown(text)}' is neither a convention's name nor a sum over facts.",
        why=why.strip(),
        fix='For example: convention="macs + bias_adds + 2*norm_elements".',
        arguments=["convention"],
        see="sum of facts",
    )
