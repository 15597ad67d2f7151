"""Counts, conventions, rules, registries, tables: what they promise."""

from typing import get_args

import pytest

from mobilecalc.core.blocks import Chain, Concat, Gate, Residual
from mobilecalc.core.conventions import FOLDED, PAPER, Convention
from mobilecalc.core.cost.dispatch import FORMULAS, cost_of
from mobilecalc.core.counts import FACTS, PARAMETER_FACTS, SYMBOLS, Counts, total
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.ops import (
    Activation,
    Add,
    Conv,
    Depthwise,
    Flatten,
    Kind,
    Layer,
    Norm,
    kind_of,
)
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.core.registry import Registry
from mobilecalc.core.rounding import divisible_width, truncated_width
from mobilecalc.core.sums import SUMS
from mobilecalc.counters import CONVENTIONS


def test_counts_add_fact_by_fact():
    assert Counts(macs=1, weights=2) + Counts(macs=10, biases=3) == Counts(11, weights=2, biases=3)
    assert total([]) == Counts()


def test_counts_show_only_what_is_there():
    assert repr(Counts(macs=7, norm_buffers=2)) == "Counts(macs=7, norm_buffers=2)"


def test_every_fact_has_its_own_symbol():
    assert [fact.name for fact in FACTS] == list(Counts._fields)
    assert len({fact.symbol for fact in FACTS}) == len(FACTS)


def test_a_convention_is_a_sum_of_facts():
    counts = Counts(macs=1000, norm_elements=100, pool_inputs=10, module_pool_elements=1)
    assert [
        c.total(counts)
        for c in (PAPER, *map(CONVENTIONS.__getitem__, ("fvcore", "thop", "torch")), FOLDED)
    ] == [
        1000,
        1000 + 2 * 100 + 10,
        1000 + 4 * 100 + 1,
        2 * 1000,
        1000 + 100,
    ]


def test_a_convention_prints_its_formula():
    assert [str(CONVENTIONS[name].formula) for name in ("paper", "fvcore", "thop", "torch")] == [
        "M",
        "M - Ma - Mr + 2N + 5L + Pi + U",
        "M + 4N + Q + Pa",
        "2M - 2Ma - 2Mr",
    ]


def test_of_a_network_it_prints_the_terms_that_the_network_meets():
    counts = Counts(macs=5, norm_elements=1)
    assert str(CONVENTIONS["fvcore"].formula_of(counts)) == "M + 2N"
    assert CONVENTIONS["fvcore"].formula_of(Counts()) == CONVENTIONS["fvcore"].formula


def test_a_convention_over_an_unknown_fact_is_refused():
    with pytest.raises(ValueError, match="no such fact: flops"):
        Convention("mine", "FLOP", {"flops": 2}, "", "")


def test_a_registry_refuses_a_second_item_of_the_same_name():
    registry = Registry("thing")
    registry.add("a", 1)
    with pytest.raises(ValueError, match="a thing named 'a' is registered already"):
        registry.add("a", 2)
    assert registry["a"] == 1


def test_registries_that_are_kept_apart_share_no_name_before_or_after():
    quantities, conventions = Registry("quantity"), Registry("convention")
    quantities.add("macs", 1)
    conventions.keep_apart_from(quantities)
    with pytest.raises(ValueError, match="a quantity named 'macs' is registered already"):
        conventions.add("macs", 2)
    conventions.add("paper", 3)
    with pytest.raises(ValueError, match="a convention named 'paper' is registered already"):
        quantities.add("paper", 4)
    late = Registry("part")
    late.add("macs", 5)
    with pytest.raises(ValueError, match="a quantity named 'macs' is registered already"):
        late.keep_apart_from(quantities)


def test_no_name_that_value_and_convention_take_means_two_things():
    names = [*SUMS, *CONVENTIONS]
    assert len(set(names)) == len(names)
    assert set(SYMBOLS) <= set(SUMS)
    assert {meaning.name.replace(" ", "-") for meaning in PARAMETER_MEANINGS} <= set(SUMS)


def test_the_facts_of_parameters_are_known_by_name():
    assert set(PARAMETER_FACTS) == {
        "weights",
        "biases",
        "norm_parameters",
        "norm_buffers",
        "other_parameters",
    }
    counts = Counts(**dict.fromkeys(PARAMETER_FACTS, 1), macs=1).times(3)
    assert (counts.macs, {getattr(counts, name) for name in PARAMETER_FACTS}) == (3, {1})


def test_a_registry_offers_the_nearest_names():
    registry = Registry("thing")
    registry.add("pointwise", 1)
    with pytest.raises(UnknownName, match=r"no thing named 'pointwize'.\nDid you mean pointwise\?"):
        registry["pointwize"]


@pytest.mark.parametrize(
    ("channels", "alpha", "width"),
    [(32, 0.05, 8), (32, 0.25, 8), (64, 0.35, 22), (1024, 0.7, 716), (32, 2, 64)],
)
def test_v1_truncates_and_keeps_at_least_8(channels, alpha, width):
    assert truncated_width(channels, alpha) == width


@pytest.mark.parametrize(
    ("channels", "alpha", "width"),
    # 32 * 0.35 = 11.2 -> 8 is under 90 % of it -> 16; 24 * 0.75 = 18 -> 16 is under 16.2 -> 24
    [(32, 0.35, 16), (24, 0.75, 24), (16, 0.5, 8), (96, 1.4, 136), (32, 0.05, 8), (64, 1, 64)],
)
def test_v2_rounds_to_multiples_of_8_never_under_90_percent(channels, alpha, width):
    assert divisible_width(channels, alpha) == width


@pytest.mark.parametrize(
    ("op", "kind"),
    [
        (Conv(8, 1), "pointwise"),
        (Conv(8, 3), "standard"),
        (Conv(8, 3, groups=2), "grouped"),
        (Conv(8, 1, groups=2), "grouped"),
        (Depthwise(3), "depthwise"),
        (Norm(), "norm"),
        (Activation("relu"), "activation"),
        (Add(), "add"),
        (Flatten(), "reshape"),
    ],
)
def test_the_kind_of_a_row(op, kind):
    assert kind_of(op) == kind


def test_every_record_has_a_formula_and_a_kind():
    assert set(FORMULAS) == set(get_args(Layer))
    convolutions = {kind_of(op) for op in (Conv(8, 1), Conv(8, 3), Conv(8, 3, groups=2))}
    others = {kind_of(record.__new__(record, *record._fields)) for record in _but_conv()}
    assert convolutions | others == set(get_args(Kind))


def _but_conv():
    return [record for record in get_args(Layer) if record is not Conv]


def test_a_second_formula_for_a_record_is_refused():
    with pytest.raises(ValueError, match="Norm has a formula already"):
        cost_of(Norm)(lambda op, shape, rules: (shape, Counts()))


def test_operations_of_two_types_are_never_equal():
    assert Norm() != Flatten()
    assert Norm() != Add()
    assert Norm() == Norm()
    assert hash(Conv(8, 3)) == hash(Conv(8, 3))
    assert Conv(8, 3) != (8, 3, 1, 1, False)


def test_parameters_have_the_meanings_of_the_tools_that_count_them():
    counts = Counts(weights=1000, biases=100, norm_parameters=20, norm_buffers=20)
    assert {m.name: m.total(counts) for m in PARAMETER_MEANINGS} == {
        "weights": 1000,
        "weights and biases": 1100,
        "folded": 1100 + 10,
        "TF-slim": 1100 + 10 + 20,
        "trainable": 1100 + 20,
        "stored": 1100 + 20 + 20,
    }


@pytest.mark.parametrize("record", [*get_args(Layer), Chain, Residual, Gate, Concat])
def test_a_record_is_never_equal_to_one_of_another_type(record):
    values = tuple(range(len(record._fields)))
    others = {*get_args(Layer), Chain, Residual, Gate, Concat, tuple} - {record}
    assert record(*values) == record(*values)
    for other in others:
        assert record(*values) != tuple.__new__(other, values), other
