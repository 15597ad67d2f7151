"""What a backward pass costs, operation by operation: the arithmetic written out."""

import pytest

from mobilecalc.core.blocks import Chain, Residual
from mobilecalc.core.cost import cost, gradients
from mobilecalc.core.ops import (
    Activation,
    Attention,
    Conv,
    Depthwise,
    Linear,
    Norm,
    Product,
    Recurrent,
    TransposedConv,
)
from mobilecalc.core.profile import Profile, with_gradients
from mobilecalc.core.rules import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import Value, Walk


def backward(op, shape, *needs, **learned):
    """The multiply-accumulates of the gradients of inputs, and of weights."""
    counts = gradients(op, shape, cost(op, shape, V1_RULES)[1], needs, **learned)
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
    assert backward(op, shape, True, True) == (macs, macs)
    assert backward(op, shape, False, True) == (0, macs)
    assert backward(op, shape, True, False) == (macs, 0)
    assert backward(op, shape, False, False) == (0, 0)


def test_the_gradient_of_a_learned_matrix_is_one_of_weights():
    op, shape, macs = Product(7), Shape(3, 5), 3 * 5 * 7
    assert backward(op, shape, True, True) == (2 * macs, 0)
    assert backward(op, shape, True, True, learned=(False, True)) == (macs, macs)
    assert backward(op, shape, True, False, learned=(False, True)) == (macs, 0)
    assert backward(op, shape, False, True, learned=(True, True)) == (0, macs)


@pytest.mark.parametrize(
    ("queries", "keys", "values", "products"),
    [
        # Scores L x S; each product below is taken for each of them.
        (True, True, True, 7 + 7 + 11 + 11),  # dQ, dK, dS = dO Vᵀ, dV = Sᵀ dO
        (True, False, False, 7 + 11),  # dQ, dS
        (False, True, False, 7 + 11),  # dK, dS
        (False, False, True, 11),  # dV
        (False, False, False, 0),
    ],
)
def test_attention_has_the_gradients_of_its_two_products(queries, keys, values, products):
    op, shape = Attention(keys=5, features=11), Shape(2, 3, 7)
    assert backward(op, shape, queries, keys, values) == (2 * 3 * 5 * products, 0)


def test_a_recurrent_layer_learns_at_every_step_and_goes_back_from_every_step_but_the_first():
    op, shape = Recurrent("lstm", 5, layers=2, directions=2), Shape(4, 3)
    first, second = 2 * 4 * 5 * (3 + 5), 2 * 4 * 5 * (10 + 5)
    forward = 4 * (first + second)
    of_first_states = 2 * 2 * 4 * 5 * 5  # layers, directions, gates x hidden x hidden
    of_inputs = 4 * 2 * 4 * 5 * 3  # steps, directions, gates x hidden x features
    assert backward(op, shape, True, True) == (forward - of_first_states, forward)
    assert backward(op, shape, False, True) == (forward - of_first_states - of_inputs, forward)
    assert backward(op, shape, True, False) == (forward - of_first_states, 0)
    assert backward(op, shape, False, False) == (0, 0)


def test_each_sequence_has_a_first_step_and_a_projection_makes_it_smaller():
    op, shape = Recurrent("lstm", 5, projection=2, sequences=6), Shape(6, 4, 3)
    forward = 24 * (4 * 5 * (3 + 2) + 5 * 2)
    assert backward(op, shape, True, True) == (forward - 6 * 4 * 5 * 2, forward)


def test_other_operations_have_no_multiply_accumulates_backward():
    assert backward(Norm(), Shape(3, 5), True, True) == (0, 0)


def trained(body, shape):
    walk = Walk(V1_RULES)
    walk.through(body, Value(shape))
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
