"""What lives in memory from where to where: profiles of a few rows, written out."""

import pytest

from mobilecalc.core.blocks import Chain, Residual
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.memory import Use, largest_by_side, uses
from mobilecalc.core.ops import (
    Activation,
    Add,
    Conv,
    Depthwise,
    Elementwise,
    Flatten,
    GlobalPool,
    Linear,
    Move,
    Norm,
    Unused,
)
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import Walk

INPUT = Shape(3, 8, 8)


def described(body, shape=INPUT):
    walk = Walk(V1_RULES)
    walk.through(body, (shape, -1))
    return Profile("mine", shape, tuple(walk.rows), sources=tuple(walk.sources))


def drawn(*rows):
    """A profile of (path, operation, output, sources) rows, on 8 values."""
    shape = Shape(8)
    return Profile(
        "mine",
        shape,
        tuple(Row(path, op, shape, output, Counts()) for path, op, output, _ in rows),
        sources=tuple(sources for *_, sources in rows),
    )


def in_values(profile, **options):
    found = uses(profile, **options)
    return {use.row.path: (use.taken, use.given, use.waiting, use.inner) for use in found}


def linear(path, features, *sources):
    return path, Linear(features), Shape(features), sources


def act(path, size, *sources):
    return path, Activation("relu"), Shape(size), sources


def test_all_that_is_alive_is_the_sum():
    assert Use(None, taken=1, given=20, waiting=300, inner=4000).alive == 4321


def test_the_input_is_never_written_over():
    assert in_values(drawn(act("act", 8, -1))) == {"act": (8, 8, 0, 0)}


def test_what_is_written_over_must_have_the_size_of_the_output():
    profile = drawn(
        linear("a", 4, -1), ("broadcast", Elementwise("add", Shape(2, 4)), Shape(2, 4), (0,))
    )
    assert in_values(profile) == {"a": (8, 4, 0, 0), "broadcast": (4, 8, 0, 0)}


@pytest.mark.parametrize("read_later", [0, 1])
def test_an_addition_writes_over_the_operand_that_nothing_reads_later(read_later):
    profile = drawn(
        linear("a", 5, -1),
        linear("b", 5, -1),
        ("sum", Add(), Shape(5), (0, 1)),
        linear("reader", 2, read_later),
        ("end", Move("cat", Shape(7)), Shape(7), (2, 3)),
    )
    assert in_values(profile) == {
        "a": (8, 5, 8 - 8, 0),
        "b": (8, 5, 5, 0),
        "reader": (5, 2, 5, 0),
        "end": (7, 7, 0, 0),
    }


def test_an_addition_whose_operands_are_read_later_has_memory_of_its_own():
    profile = drawn(
        linear("a", 5, -1),
        linear("b", 5, 0),
        ("sum", Add(), Shape(5), (0, 1)),
        ("end", Move("cat", Shape(15)), Shape(15), (0, 1, 2)),
    )
    assert in_values(profile)["sum"] == (10, 5, 0, 0)


@pytest.mark.parametrize("name", ["view", "transpose", "select", "_unsafe_view"])
def test_a_view_is_the_memory_of_what_it_views(name):
    profile = drawn(
        linear("a", 6, -1),
        ("view", Move(name, Shape(3, 2)), Shape(3, 2), (0,)),
        linear("b", 5, 1),
    )
    assert in_values(profile) == {"a": (8, 6, 0, 0), "b": (6, 5, 0, 0)}


def test_a_view_keeps_its_memory_alive():
    profile = drawn(
        linear("a", 6, -1),
        ("view", Move("view", Shape(3, 2)), Shape(3, 2), (0,)),
        linear("b", 5, 0),
        linear("c", 4, 1),
        linear("d", 3, 2, 3),
    )
    assert in_values(profile)["b"] == (6, 5, 0, 0)
    assert in_values(profile)["c"] == (6, 4, 5, 0)
    assert in_values(profile)["d"] == (9, 3, 0, 0)


def test_a_move_that_is_no_view_has_memory_of_its_own():
    profile = drawn(linear("a", 6, -1), ("copy", Move("cat", Shape(6)), Shape(6), (0,)))
    assert in_values(profile)["copy"] == (6, 6, 0, 0)


def test_a_constant_seen_otherwise_takes_its_own_memory():
    profile = drawn(
        ("flat", Flatten(), Shape(6), ()),
        linear("a", 5, -1, 0),
    )
    assert in_values(profile)["a"] == (14, 5, 0, 0)


def test_a_result_that_nothing_reads_stays_to_the_end():
    profile = drawn(linear("a", 5, -1), linear("b", 4, -1), linear("c", 3, 1))
    assert in_values(profile) == {
        "a": (8, 5, 0, 0),
        "b": (8, 4, 5, 0),
        "c": (4, 3, 5, 0),
    }


def test_what_waits_is_what_a_later_row_reads():
    profile = drawn(linear("a", 5, -1), linear("b", 4, 0), linear("c", 3, 1), linear("d", 2, 0, 2))
    assert in_values(profile) == {
        "a": (8, 5, 0, 0),
        "b": (5, 4, 0, 0),
        "c": (4, 3, 5, 0),
        "d": (8, 2, 0, 0),
    }


def test_parameters_belong_to_the_row_that_they_are_used_in_or_just_after():
    body = Chain.of(a=Conv(4, 3), norm=Norm(), act=Activation("relu"), b=Conv(2, 1))
    profile = described(body)
    spare = Row("spare", Unused(), INPUT, INPUT, Counts(other_parameters=7))
    with_unused = (*profile.rows[:3], spare, profile.rows[3])
    found = uses(Profile("mine", INPUT, with_unused, sources=((-1,), (0,), (1,), (), (2,))))
    assert [(u.row.path, u.parameters) for u in found] == [
        ("a", 9 * 3 * 4 + 2 * 4),
        ("spare", 7),
        ("b", 4 * 2),
    ]
    assert found[1] == Use(spare, 0, 0, 0, parameters=7)


def test_a_profile_whose_rows_do_not_say_what_they_take_is_refused():
    with pytest.raises(BadOption, match="mine"):
        uses(Profile("mine", INPUT, described(Chain.of(a=Conv(4, 3))).rows))


BLOCK = {"expand": Conv(24, 1), "depthwise": Depthwise(3, stride=2), "project": Conv(5, 1)}


def split(**steps):
    return in_values(described(Chain.of(**steps)), split=True)


def test_a_split_block_holds_one_channel_of_each_inner_map():
    assert split(**BLOCK) == {"project": (3 * 64, 5 * 16, 0, 64 + 16)}


def test_normalisation_and_activations_inside_a_block_take_nothing_more():
    steps = {
        "expand": Conv(24, 1),
        "norm": Norm(),
        "act": Activation("relu6"),
        "depthwise": Depthwise(3, stride=2),
        "norm2": Norm(),
        "project": Conv(5, 1),
    }
    assert split(**steps) == {"project": (3 * 64, 5 * 16, 0, 64 + 16)}


def test_without_splitting_every_map_is_whole():
    assert in_values(described(Chain.of(**BLOCK))) == {
        "expand": (3 * 64, 24 * 64, 0, 0),
        "depthwise": (24 * 64, 24 * 16, 0, 0),
        "project": (24 * 16, 5 * 16, 0, 0),
    }


def test_a_depthwise_convolution_without_an_expansion_is_split_with_what_follows():
    stem = Conv(24, 3)
    assert split(stem=stem, depthwise=Depthwise(3), project=Conv(5, 1)) == {
        "stem": (3 * 64, 24 * 64, 0, 0),
        "project": (24 * 64, 5 * 64, 0, 64),
    }


def test_a_depthwise_convolution_that_no_pointwise_one_follows_is_whole():
    assert split(depthwise=Depthwise(3), conv=Conv(5, 3)) == {
        "depthwise": (3 * 64, 3 * 64, 0, 0),
        "conv": (3 * 64, 5 * 64, 0, 0),
    }
    assert split(depthwise=Depthwise(3)) == {"depthwise": (3 * 64, 3 * 64, 0, 0)}
    assert split(a=Conv(4, 1), depthwise=Depthwise(3), pool=GlobalPool(), conv=Conv(5, 1)) == {
        "a": (3 * 64, 4 * 64, 0, 0),
        "depthwise": (4 * 64, 4 * 64, 0, 0),
        "pool": (4 * 64, 4, 0, 0),
        "conv": (4, 5, 0, 0),
    }


def test_the_end_of_a_block_is_not_the_beginning_of_the_next():
    steps = {"a": Conv(6, 1), "b": Depthwise(3), "c": Conv(7, 1), "d": Depthwise(3)}
    assert split(**steps, e=Conv(8, 1)) == {
        "c": (3 * 64, 7 * 64, 0, 64 + 64),
        "e": (7 * 64, 8 * 64, 0, 64),
    }


def test_what_waits_beside_a_split_block_is_whole():
    body = Chain.of(
        stem=Conv(4, 1),
        block=Residual(Chain.of(up=Conv(6, 1), depthwise=Depthwise(3), down=Conv(4, 1))),
        last=Conv(2, 3),
    )
    assert in_values(described(body), split=True) == {
        "stem": (3 * 64, 4 * 64, 0, 0),
        "block.down": (4 * 64, 4 * 64, 0, 64 + 64),
        "last": (4 * 64, 2 * 64, 0, 0),
    }


def test_a_map_that_something_else_reads_too_is_not_split():
    body = Chain.of(
        a=Conv(6, 1),
        fork=Residual(Chain.of(depthwise=Depthwise(3), down=Conv(6, 1))),
    )
    assert in_values(described(body), split=True) == {
        "a": (3 * 64, 6 * 64, 0, 0),
        "fork.down": (6 * 64, 6 * 64, 0, 64),
    }
    body = Chain.of(a=Depthwise(3), fork=Residual(Chain.of(b=Conv(3, 1))))
    assert in_values(described(body), split=True)["a"] == (3 * 64, 3 * 64, 0, 0)


def test_a_split_block_s_parameters_are_those_of_its_rows():
    (use,) = uses(described(Chain.of(**BLOCK)), split=True)
    assert use.parameters == 3 * 24 + 9 * 24 + 24 * 5


def test_the_largest_output_of_each_size_is_the_first_that_large():
    body = Chain.of(
        a=Conv(4, 3),
        b=Conv(6, 3),
        c=Conv(6, 3),
        d=Conv(5, 3, stride=2),
        flat=Flatten(),
        fc=Linear(7),
        fc2=Linear(3),
    )
    found = largest_by_side(described(body))
    assert {sides: (u.row.path, u.given) for sides, u in found.items()} == {
        (8, 8): ("b", 6 * 64),
        (4, 4): ("d", 5 * 16),
        (1, 1): ("fc", 7),
    }
    assert list(found) == [(8, 8), (4, 4), (1, 1)]


def test_the_largest_output_of_split_blocks_leaves_their_inner_maps_out():
    found = largest_by_side(described(Chain.of(**BLOCK)), split=True)
    assert {sides: u.row.path for sides, u in found.items()} == {(4, 4): "project"}
    whole = largest_by_side(described(Chain.of(**BLOCK)))
    assert {sides: u.row.path for sides, u in whole.items()} == {
        (8, 8): "expand",
        (4, 4): "depthwise",
    }
