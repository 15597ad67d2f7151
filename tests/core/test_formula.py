"""Formulas: written with operators, read in a line of text, and evaluated at numbers."""

import pytest

from mobilecalc.core.cost import (
    ATTENTION_MACS,
    DEPTHWISE_MACS,
    LINEAR_MACS,
    POINTWISE_MACS,
    RECURRENT_MACS,
    SEPARABLE_MACS,
    SEPARABLE_TO_STANDARD,
    STANDARD_MACS,
    TRANSPOSED_MACS,
    cost,
)
from mobilecalc.core.cost.products import GATES
from mobilecalc.core.formula import symbols
from mobilecalc.core.ops import Attention, Conv, Depthwise, Linear, Recurrent, TransposedConv
from mobilecalc.core.rounding import EXACT
from mobilecalc.core.shape import Shape

A, B, C, ALPHA = symbols("A B C alpha")


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        (STANDARD_MACS, "D_K² · M · N · D_F²"),
        (SEPARABLE_MACS, "D_K² · M · D_F² + M · N · D_F²"),
        (SEPARABLE_TO_STANDARD, "1/N + 1/D_K²"),
        (TRANSPOSED_MACS, "D_K² · M · N · D_I²"),
        (ATTENTION_MACS, "L · S · (E + V)"),
        (RECURRENT_MACS, "G · H · (M + H)"),
        (A + 2 * B - C / 2, "A + 2B - C/2"),
        (1500 * ALPHA + 3 * ALPHA / 2, "1,500 · alpha + 3 · alpha / 2"),
        (2 * A * B - 3, "2 · A · B - 3"),
        (A / (B**2 * C), "A / (B² · C)"),
        ((A + B) * (A - B), "(A + B) · (A - B)"),
        ((A + B) ** 2 / C, "(A + B)² / C"),
        ((2 * A) ** 3, "2³ · A³"),
        (-2 * A + B, "-2A + B"),
        (A**12, "A¹²"),
    ],
)
def test_a_formula_reads_as_it_was_written(formula, text):
    assert str(formula) == text


def test_numbers_are_put_in_and_not_evaluated():
    numbers = {"D_K": 3, "M": 512, "N": 512, "D_F": 14}
    assert str(SEPARABLE_MACS.put_in(numbers)) == "3² · 512 · 14² + 512 · 512 · 14²"
    assert str(SEPARABLE_TO_STANDARD.put_in(numbers)) == "1/512 + 1/3²"
    assert str(ATTENTION_MACS.put_in({"L": 7, "E": 64, "V": 32})) == "7 · S · (64 + 32)"


def test_the_two_sides_of_a_map_stand_in_the_place_of_a_square():
    assert str(POINTWISE_MACS.put_in({"D_F": (7, 9)})) == "M · N · 7 · 9"
    assert str(POINTWISE_MACS.put_in({"D_F": (7, 7)})) == "M · N · 7²"
    assert str((1 / A**2).put_in({"A": (7, 9)})) == "1 / (7 · 9)"
    with pytest.raises(ValueError, match="A has two numbers, and the power 3"):
        (A**3).put_in({"A": (7, 9)})


def test_a_symbol_without_a_number_has_no_value():
    with pytest.raises(KeyError, match="B"):
        (A * B).at({"A": 1})


MAP = {"M": 6, "N": 10, "D_K": 3, "D_F": 7, "D_I": 7}


@pytest.mark.parametrize(
    ("formula", "numbers", "op", "shape"),
    [
        (STANDARD_MACS, MAP, Conv(10, 3), Shape(6, 7, 7)),
        (DEPTHWISE_MACS, MAP, Depthwise(3), Shape(6, 7, 7)),
        (POINTWISE_MACS, MAP, Conv(10, 1), Shape(6, 7, 7)),
        (TRANSPOSED_MACS, MAP, TransposedConv(10, 3), Shape(6, 7, 7)),
        (LINEAR_MACS, MAP, Linear(10), Shape(6)),
        (ATTENTION_MACS, {"L": 5, "S": 7, "E": 4, "V": 3}, Attention(7, 3), Shape(5, 4)),
        (RECURRENT_MACS, {"G": GATES["lstm"], "M": 6, "H": 8}, Recurrent("lstm", 8), Shape(1, 6)),
    ],
)
def test_an_equation_at_numbers_is_the_cost_that_is_counted(formula, numbers, op, shape):
    assert formula.at(numbers) == cost(op, shape, EXACT)[1].macs


def test_the_ratio_is_the_quotient_of_its_two_equations():
    assert SEPARABLE_TO_STANDARD.at(MAP) == SEPARABLE_MACS.at(MAP) / STANDARD_MACS.at(MAP)
