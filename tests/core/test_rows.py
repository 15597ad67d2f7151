"""Rows from a description, their order and flow, and what a profile says of them."""

from fractions import Fraction

import pytest

from mobilecalc.answers.charts import Curve, Step, Waterfall
from mobilecalc.answers.columns import Column
from mobilecalc.answers.table import Table
from mobilecalc.core.blocks import Chain, Concat, Gate, Residual
from mobilecalc.core.counts import Counts, Fact
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    Add,
    Conv,
    Elementwise,
    GlobalPool,
    Linear,
    Move,
    Norm,
    Uncounted,
    Unused,
    kind_of,
)
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.rounding import (
    EXACT,
    TRACED,
    V1_LAYER_RULES,
    V1_RULES,
    V2_EXACT,
    V2_RULES,
    whole_part,
)
from mobilecalc.core.shape import Shape, sizes_of
from mobilecalc.core.walk import Walk

INPUT = Shape(6, 4, 5)


def walked(body, shape=INPUT):
    walk = Walk(V1_RULES)
    output = walk.through(body, (shape, -1))
    return output, walk


def flow(body):
    """The path, the output's shape and the sources of each row."""
    _, walk = walked(body)
    return [
        (row.path, tuple(row.output), sources)
        for row, sources in zip(walk.rows, walk.sources, strict=True)
    ]


def test_a_chain_hands_each_output_on():
    output, walk = walked(Chain.of(a=Conv(4, 1), b=Conv(2, 1, stride=2)))
    assert output == (Shape(2, 2, 3), 1)
    assert walk.sources == [(-1,), (0,)]


def test_an_empty_chain_hands_its_input_on():
    assert walked(Chain(()))[0] == (INPUT, -1)


def test_a_shortcut_is_walked_after_the_body_and_added():
    body = Chain.of(a=Conv(4, 1), b=Conv(4, 1))
    block = Residual(body, shortcut=Chain.of(conv=Conv(4, 1)))
    assert flow(Chain.of(block=block)) == [
        ("block.a", (4, 4, 5), (-1,)),
        ("block.b", (4, 4, 5), (0,)),
        ("block.shortcut.conv", (4, 4, 5), (-1,)),
        ("block.add", (4, 4, 5), (1, 2)),
    ]


def test_a_shortcut_that_gives_another_shape_is_an_error_with_both():
    block = Residual(Chain.of(a=Conv(4, 1)), shortcut=Chain.of(conv=Conv(5, 1)))
    with pytest.raises(BadShape, match="4x4x5") as refusal:
        walked(Chain.of(block=block))
    assert "shortcut 5x4x5" in refusal.value.why
    assert "shortcut" in refusal.value.what


def test_a_gate_multiplies_its_input():
    gate = Gate(Chain.of(pool=GlobalPool(), conv=Conv(6, 1)))
    _, walk = walked(Chain.of(a=Conv(6, 1), gate=gate))
    assert [row.path for row in walk.rows] == ["a", "gate.pool", "gate.conv", "gate.scale"]
    assert walk.sources[-1] == (0, 2)
    assert walk.rows[-1].op == Elementwise("mul", INPUT)
    assert walk.rows[-1].counts == Counts(elementwise=120, element_products=120)


@pytest.mark.parametrize("body", [Chain.of(a=Conv(6, 1)), Chain.of(a=GlobalPool(), b=Conv(5, 1))])
def test_a_gate_that_gives_anything_but_a_value_for_each_channel_is_an_error(body):
    with pytest.raises(BadShape, match="gate"):
        walked(Chain.of(gate=Gate(body)))


def test_branches_take_the_input_and_are_put_side_by_side():
    fork = Concat.of(a=Chain.of(conv=Conv(2, 1)), kept=Chain(()), b=Chain.of(conv=Conv(3, 1)))
    assert flow(Chain.of(fork=fork)) == [
        ("fork.a.conv", (2, 4, 5), (-1,)),
        ("fork.b.conv", (3, 4, 5), (-1,)),
        ("fork.concat", (2 + 6 + 3, 4, 5), (-1, 0, 1)),
    ]


def test_branches_of_a_split_take_a_part_each():
    fork = Concat.of(split=True, a=Chain.of(conv=Conv(2, 1)), b=Chain(()), c=Chain(()))
    assert flow(Chain.of(fork=fork)) == [
        ("fork.split", (2, 4, 5), (-1,)),
        ("fork.a.conv", (2, 4, 5), (0,)),
        ("fork.concat", (6, 4, 5), (0, 1)),
    ]
    with pytest.raises(BadShape, match="6 channels cannot be split in 4"):
        walked(Chain.of(fork=Concat.of(split=True, **{name: Chain(()) for name in "abcd"})))


def test_branches_of_two_sizes_are_an_error_with_both():
    fork = Concat.of(a=Chain.of(conv=Conv(2, 1)), b=Chain.of(conv=Conv(2, 1, stride=2)))
    with pytest.raises(BadShape, match="2x4x5, 2x2x3"):
        walked(Chain.of(fork=fork))


def test_a_linear_layer_of_a_description_takes_a_vector():
    assert walked(Chain.of(fc=Linear(3)), Shape(5))[0][0] == Shape(3)
    with pytest.raises(BadShape, match="At 'fc'"):
        walked(Chain.of(fc=Linear(3)), Shape(5, 2))


RELU, NONE = Activation("relu"), Counts()


def row(path, op=RELU, output=INPUT, counts=NONE):
    return Row(path, op, INPUT, output, counts)


def profile(*rows, sources=(), **more):
    return Profile("mine", INPUT, rows, sources=sources, **more)


def test_a_row_that_does_not_take_what_the_row_before_gives_is_a_break():
    rows = [row(name) for name in "abcde"]
    found = profile(*rows, sources=((-1,), (-1,), (0, 1), (), (2,)))
    assert found.breaks == {1, 4}


def test_the_output_is_that_of_the_last_operation():
    unused = row("spare", Unused(), Shape(9))
    assert profile(row("a", output=Shape(7)), unused).output == Shape(7)
    assert profile(unused).output == INPUT
    assert profile().output == INPUT


def test_the_uncounted_rows_are_those_that_no_formula_covers():
    odd = row("b", Uncounted("sort", INPUT))
    assert profile(row("a"), odd, row("c")).uncounted == (odd,)


def test_a_profile_names_its_origin_else_itself():
    assert "Profile mine:" in repr(profile(row("a")))
    assert "Profile v1(alpha=0.5):" in repr(profile(row("a"), origin="v1(alpha=0.5)"))
    assert "rows=1" in repr(profile(row("a")))


def test_kinds_stand_in_the_order_of_their_first_rows():
    one, two = Counts(activation_elements=1), Counts(activation_elements=2)
    rows = row("a", counts=one), row("b", Norm()), row("c", counts=two)
    assert list(profile(*rows).by_kind().items()) == [
        ("activation", Counts(activation_elements=3)),
        ("norm", Counts()),
    ]


def test_facts_of_several_samples_are_multiples_but_for_what_a_network_has_once():
    counts = Counts(*range(1, 1 + len(Counts._fields)))
    many = counts.times(3)
    once = {"weights", "biases", "norm_parameters", "norm_buffers", "other_parameters"}
    for name in Counts._fields:
        factor = 1 if name in once else 3
        assert getattr(many, name) == factor * getattr(counts, name), name


def test_parameters_and_training_macs_are_these_sums():
    counts = Counts(
        weights=1, biases=20, norm_parameters=300, other_parameters=4000, norm_buffers=50000
    )
    assert counts.parameters == 4321
    counts = Counts(macs=1, input_gradient_macs=20, weight_gradient_macs=300, product_macs=4000)
    assert counts.training_macs == 321
    assert not Fact("x", "a fact").once


def test_a_shape_has_channels_and_sides():
    shape = Shape(2, 3, 5)
    assert (shape.channels, shape.height, shape.width) == (2, 3, 5)
    assert (shape.area, shape.elements, str(shape), repr(shape)) == (
        15,
        30,
        "2x3x5",
        "Shape(2, 3, 5)",
    )
    vector = Shape(7)
    assert (vector.height, vector.width, vector.area, vector.elements) == (1, 1, 1, 7)
    value = Shape()
    assert (value.height, value.width, value.area, value.elements) == (1, 1, 1, 1)
    signal = Shape(7, 4)
    assert (signal.height, signal.width, signal.area) == (4, 1, 4)


def test_a_size_is_that_of_every_axis_or_one_for_each():
    assert sizes_of(3) == (3, 3)
    assert sizes_of(3, 1) == (3,)
    assert sizes_of((3, 5), 3) == (3, 5)


def test_the_kind_of_a_convolution_follows_its_kernel_on_every_axis():
    assert kind_of(Conv(8, (1, 1))) == "pointwise"
    assert kind_of(Conv(8, (1, 3))) == "standard"
    assert kind_of(Conv(8, (2, 2))) == "standard"


def test_records_of_one_type_are_equal_when_their_fields_are():
    assert Conv(8, 3) == Conv(8, 3)
    assert not Conv(8, 3) != Conv(8, 3)  # noqa: SIM202
    assert Conv(8, 3) != Conv(8, 5)
    assert not Conv(8, 3) == Conv(8, 5)  # noqa: SIM201
    assert Move("cat", INPUT) != Uncounted("cat", INPUT)
    assert not Add() == Norm()  # noqa: SIM201


def test_defaults_are_a_plain_layer():
    assert Conv(8, 3) == Conv(8, 3, 1, 1, False, None, 1)
    assert Linear(8) == Linear(8, True)
    assert GlobalPool() == GlobalPool(True)


def test_rules_of_v1_and_v2_scale_widths_and_heads():
    assert (V1_RULES.width(32, 0.5), V1_RULES.head_width(1024, 0.5)) == (16, 512)
    assert (V2_RULES.width(32, 0.5), V2_RULES.head_width(1280, 0.5)) == (16, 1280)
    assert V2_RULES.head_width(1280, 1.4) == 1792
    assert (V1_RULES.side(225, 2), V1_RULES.side(224, 2)) == (113, 112)
    assert V1_RULES.multiple(20, 1, 4) == 20
    assert V1_RULES.multiple(10, 1, 16) == 16


def test_one_rule_cuts_widths_down_whatever_their_least_is():
    assert [V1_RULES.width(channels, 0.25) for channels in (10, 70)] == [8, 17]
    assert [V1_LAYER_RULES.width(channels, 0.25) for channels in (1, 10, 70)] == [1, 2, 17]
    assert [V1_RULES.at_least(channels, 0.25, 16) for channels in (10, 70)] == [16, 17]
    assert [V1_RULES.pixels(size, 0.25) for size in (1, 7, 14)] == [1, 2, 4]


@pytest.mark.parametrize(
    ("head", "half", "double"),
    [("scaled", 50, 200), ("never narrower", 100, 200), ("kept", 100, 100)],
)
def test_rules_say_of_themselves_how_the_last_convolution_is_without_rounding(head, half, double):
    rules = V1_RULES._replace(head=head)
    for alpha, width in ((0.5, half), (2.0, double)):
        assert rules.head_width(100, alpha) == width
        assert rules.exact(alpha).head_width(100, Fraction(alpha)) == width
        assert rules.exact(alpha).width(3, Fraction(1, 2)) == Fraction(3, 2)


def test_a_part_of_a_width_is_at_least_one_channel():
    assert [whole_part(9, part) for part in (2, 4, 9, 10)] == [4, 2, 1, 1]


def test_exact_rules_round_nothing():
    assert EXACT.width(32, Fraction(1, 3)) == Fraction(32, 3)
    assert EXACT.head_width(32, Fraction(1, 3)) == Fraction(32, 3)
    assert EXACT.multiple(20, Fraction(1, 3), 8) == Fraction(20, 3)
    assert EXACT.at_least(3, Fraction(1, 2), 16) == Fraction(3, 2)
    assert EXACT.pixels(7, Fraction(1, 2)) == Fraction(7, 2)
    assert (EXACT.side(7, 2), EXACT.side(8, 2), EXACT.part(9, 3)) == (Fraction(7, 2), 4, 3)
    assert type(EXACT.side(8, 2)) is int
    assert V2_EXACT.head_width(1280, Fraction(1, 3)) == 1280
    assert V2_EXACT.width(32, Fraction(1, 2)) == 16


def test_of_a_traced_network_nothing_is_scaled():
    assert (TRACED.width(32, 0.5), TRACED.head_width(32, 0.5), TRACED.side(7, 2)) == (32, 32, 4)


def test_a_waterfall_ends_at_the_sum_of_its_steps():
    steps = (Step("macs", 100, "whole"), Step("norm", 20, "fact"), Step("missed", -3, "fault"))
    assert Waterfall("t", "c", steps, "end").total == 117


def test_a_curve_is_a_measurement_unless_it_is_called_a_law():
    assert not Curve("v1", ()).is_law


def test_a_table_checks_its_total_too_and_gives_columns():
    columns = (Column("a", "A", "count"), Column("b", "B", "count"))
    table = Table("t", columns, ({"a": 1, "b": 2}, {"a": 3, "b": 4}), total={"a": 4, "b": 6})
    assert table.column("b") == [2, 4]
    assert "2 rows of 2 columns" in repr(table)
    assert columns[0].spare == 0
    with pytest.raises(ValueError, match="the table"):
        Table("t", columns, (), total={"a": 4})
