"""One number for a sentence: what it counts, and how it is written."""

from fractions import Fraction

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.core.errors import BadOption
from mobilecalc.networks import describe
from mobilecalc.studies.value import value
from mobilecalc.views.numbers import measured


def answer(*arguments):
    result = CliRunner().invoke(app, ["value", *arguments], catch_exceptions=False)
    return result.output.removesuffix("\n")


@pytest.mark.parametrize(
    ("what", "number"),
    [
        ("macs", 568_740_352),
        ("params", 4_231_976),
        ("weights-and-biases", 4_210_088),
        ("weights and biases", 4_210_088),
        ("share of weights and biases of classifier", Fraction(1_025_000, 4_210_088)),
        ("fvcore", 578_875_904),
        ("norm_elements", 5_042_688),
        ("macs of pointwise", 539_492_352),
        ("macs without classifier", 568_740_352 - 1024 * 1000),
        ("share of macs of classifier", Fraction(1024 * 1000, 568_740_352)),
        ("channels at 7x7", 1024),
    ],
)
def test_what_a_network_has(what, number):
    assert value(describe("v1"), what) == number


def test_over_divides_by_the_same_of_another_model():
    ratio = value(describe("v1"), "macs", describe("v1-standard"))
    assert ratio == Fraction(568_740_352, 4_867_293_184)


@pytest.mark.parametrize(
    ("number", "unit", "digits", "text"),
    [
        (149_497_088, None, None, "149.5 M"),
        (149_497_088, "M", 1, "149.5 M"),
        (149_497_088, "M", 0, "149 M"),
        (149_500_000, "M", 0, "150 M"),  # halves are rounded up
        (149_497_088, "G", 3, "0.149 G"),
        (149_497_088, "", None, "149,497,088"),
        (149_497_088, None, 2, "149.50 M"),
        (999, None, None, "999"),
        (0, "M", 1, "0.0 M"),
        (Fraction(1, 8), None, None, "0.1250"),
        (Fraction(1, 8), "%", None, "12.50 %"),
        (Fraction(1, 8), "%", 0, "13 %"),
        (Fraction(33, 4), None, 1, "8.3"),
    ],
)
def test_how_a_number_is_written(number, unit, digits, text):
    assert measured(number, unit, digits) == text


def test_the_command_prints_the_number_alone():
    assert answer("v1", "macs", "--alpha", "0.5", "--unit", "M", "--digits", "1") == "149.5 M"
    assert answer("v1", "macs", "--over", "v1-standard") == "0.1168"
    assert answer("v1", "share", "of", "macs", "of", "pointwise", "--unit", "%") == "94.86 %"


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["v1", "flops"], "nothing that can be counted"),
        (["v1", "macs of blokc1"], "no part 'blokc1'"),
        (["v1", "bytes at 8x8"], "no feature-map size 8x8"),
        (["v1", "macs", "--unit", "Q"], "no unit named 'Q'"),
        (["v1", "params", "--unit", "%"], "--unit % is for a share or a quotient"),
        (["v1", "macs", "--digits", "-1"], "--digits -1 is not possible"),
        (["v1", "attention_macs", "--over", "v2"], "nothing can be divided by it"),
        (["v1", "share of attention_macs of linear"], "'attention_macs' is 0 for v1"),
        (["v1", "macs", "--over", ""], "''"),
        (["v1", "macs", "--over", "v1", "--unit", "G"], "--unit G is for a number by itself"),
        (["v1", "share of params of pointwise", "--unit", "k"], "--unit k is for a number by"),
        (["v1", "macs of"], "The name of a kind or layer after 'of' is missing."),
        (["v1", "macs without"], "The name of a kind or layer after 'without' is missing."),
        (["v1", "share of macs"], "is of a kind or layer, and its name is missing"),
        (["v1", "channels at 7"], "A feature-map size comes after 'at'"),
        (["v1", "channels at 7x7x7"], "no feature-map size 7x7x7.\nIt has 112x112, 56x56, 28x28 "),
        (["v1", "macs", "--alpha", "1_0"], "--alpha 1_0 is not possible"),
        (["v1", "macs", "--resolution", "٢٢٤"], "--resolution ٢٢٤ is not possible"),
        (["v1", "macs", "--digits", "0_1"], "--digits 0_1 is not possible"),
    ],
)
def test_what_cannot_be_counted_is_said(arguments, what):
    result = CliRunner().invoke(app, ["value", *arguments])
    assert what in str(result.exception)


def test_a_part_that_is_not_there_names_those_that_are():
    with pytest.raises(BadOption, match="stem, block1, block2"):
        value(describe("v1"), "macs of block99")


def test_a_hint_offers_only_what_a_list_has():
    with pytest.raises(BadOption) as caught:
        value(describe("v1"), "kmac")
    assert "kmacs" not in str(caught.value)
