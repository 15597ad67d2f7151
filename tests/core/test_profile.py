"""The walk over a description, and what a profile sums up."""

import pytest

from mobilecalc.core.blocks import Chain, Residual
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Add, Conv, Flatten, Linear, Norm
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import walk


def rows(op, shape):
    return list(walk(op, shape, V1_RULES))


def test_paths_follow_the_names_of_the_steps():
    chain = Chain.of(stem=Chain.of(conv=Conv(4, 3), norm=Norm()), head=Conv(2, 1))
    assert [row.path for row in rows(chain, Shape(3, 8, 8))] == [
        "stem.conv",
        "stem.norm",
        "head",
    ]


def test_each_row_takes_what_the_row_before_gives():
    chain = Chain.of(a=Conv(4, 3, stride=2), b=Conv(6, 1), flat=Flatten(), c=Linear(5))
    shapes = [(row.input, row.output) for row in rows(chain, Shape(3, 7, 7))]
    assert shapes == [
        (Shape(3, 7, 7), Shape(4, 4, 4)),
        (Shape(4, 4, 4), Shape(6, 4, 4)),
        (Shape(6, 4, 4), Shape(96)),
        (Shape(96), Shape(5)),
    ]


def test_a_residual_block_ends_with_its_addition():
    block = Chain.of(block=Residual(Chain.of(conv=Conv(3, 3))))
    conv, add = rows(block, Shape(3, 5, 5))
    assert (add.path, add.op, add.counts) == ("block.add", Add(), Counts(residual_adds=75))
    assert conv.path == "block.conv"


def test_a_residual_block_that_changes_the_shape_is_an_error():
    block = Chain.of(block=Residual(Chain.of(conv=Conv(4, 3))))
    with pytest.raises(BadShape, match=r"'block' does not .*\n.*takes 3x5x5 and gives 4x5x5"):
        rows(block, Shape(3, 5, 5))


def test_a_misfit_is_named_by_its_path():
    with pytest.raises(BadShape, match=r"At 'head\.fc': A linear layer cannot take a 3x5x5 map"):
        rows(Chain.of(head=Chain.of(fc=Linear(10))), Shape(3, 5, 5))


def test_a_profile_adds_up_its_rows():
    chain = Chain.of(conv=Conv(4, 3), norm=Norm(), point=Conv(2, 1))
    profile = Profile("mine", Shape(3, 6, 6), tuple(rows(chain, Shape(3, 6, 6))))
    assert profile.macs == 9 * 3 * 4 * 36 + 4 * 2 * 36
    assert profile.parameters == 9 * 3 * 4 + 2 * 4 + 4 * 2
    assert profile.by_kind()["norm"] == Counts(norm_elements=144, norm_parameters=8, norm_buffers=8)
    assert repr(profile) == f"<Profile mine: macs={profile.macs} parameters=124 rows=3>"
