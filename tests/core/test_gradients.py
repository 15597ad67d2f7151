"""What a backward pass costs, operation by operation: the arithmetic written out."""

import pytest

from mobilecalc.core.blocks import Chain, Residual
from mobilecalc.core.cost import cost, gradients
from mobilecalc.core.ops import Activation, Conv, Depthwise, Linear, Norm, TransposedConv
from mobilecalc.core.profile import Profile, with_gradients
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import INPUT, Walk


def backward(op, shape, of_input):
    """The multiply-accumulates of the gradients of inputs, and of weights."""
    counts = gradients(op, cost(op, shape, V1_RULES)[1], of_input=of_input)
    return counts.input_gradient_macs, counts.weight_gradient_macs


@pytest.mark.parametrize(
    ("op", "shape", "macs"),
    [
        (Conv(5, 3), Shape(2, 4, 6), 9 * 2 * 5 * 24),
        (Depthwise(3), Shape(2, 4, 6), 9 * 2 * 24),
        (TransposedConv(5, 3, padding=1), Shape(2, 4, 6), 9 * 2 * 5 * 24),
        (Linear(7), Shape(3, 5), 3 * 5 * 7),
    ],
)
def test_each_gradient_of_a_layer_costs_what_its_forward_pass_does(op, shape, macs):
    assert backward(op, shape, True) == (macs, macs)
    assert backward(op, shape, False) == (0, macs)


def test_other_operations_have_no_multiply_accumulates_backward():
    assert backward(Norm(), Shape(3, 5), True) == (0, 0)


def trained(body, shape):
    walk = Walk(V1_RULES)
    walk.through(body, (shape, INPUT))
    profile = Profile("mine", shape, tuple(walk.rows), sources=tuple(walk.sources))
    rows = with_gradients(profile).rows
    return {
        row.path: (row.counts.input_gradient_macs, row.counts.weight_gradient_macs) for row in rows
    }


def test_an_input_needs_a_gradient_once_something_before_it_is_trained():
    body = Chain.of(act=Activation("relu"), a=Conv(4, 1), norm=Norm(), b=Conv(6, 1))
    assert trained(body, Shape(3, 2, 5)) == {
        "act": (0, 0),
        "a": (0, 3 * 4 * 10),
        "norm": (0, 0),
        "b": (4 * 6 * 10, 4 * 6 * 10),
    }


def test_a_branch_from_the_input_needs_none_until_it_meets_what_is_trained():
    body = Chain.of(
        block=Residual(Chain.of(conv=Conv(3, 1)), shortcut=Chain.of(other=Conv(3, 1))),
        last=Conv(2, 1),
    )
    assert trained(body, Shape(3, 2, 5)) == {
        "block.conv": (0, 90),
        "block.shortcut.other": (0, 90),
        "block.add": (0, 0),
        "last": (60, 60),
    }
