"""What is done element by element, what is summed up, and what only changes its place."""

from __future__ import annotations

from mobilecalc.core.cost.dispatch import cost_of
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    Add,
    ChannelShuffle,
    Elementwise,
    Flatten,
    Move,
    Reduction,
    Softmax,
    Uncounted,
    Unused,
)
from mobilecalc.core.rounding import Rules
from mobilecalc.core.shape import Shape


@cost_of(Activation)
def activation(_op: Activation, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Each element once."""
    return shape, Counts(activation_elements=shape.elements)


@cost_of(Softmax)
def softmax(_op: Softmax, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Each element once."""
    return shape, Counts(softmax_elements=shape.elements)


@cost_of(Add)
def add(_op: Add, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """An addition for each element."""
    return shape, Counts(residual_adds=shape.elements)


@cost_of(Elementwise)
def elementwise(op: Elementwise, _shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """An operation for each element of the output: its inputs may be broadcast."""
    products = op.shape.elements if op.name == "mul" else 0
    return op.shape, Counts(elementwise=op.shape.elements, element_products=products)


@cost_of(Reduction)
def reduction(op: Reduction, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """Each element of the input once."""
    return op.shape, Counts(reduced_elements=shape.elements)


@cost_of(Flatten)
def flatten(_op: Flatten, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """No arithmetic."""
    return Shape(shape.elements), Counts()


@cost_of(Move, Uncounted)
def moved(op: Move | Uncounted, _shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """No arithmetic, or none that a formula covers."""
    return op.shape, Counts()


@cost_of(Unused)
def unused(_op: Unused, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """No arithmetic."""
    return shape, Counts()


@cost_of(ChannelShuffle)
def channel_shuffle(op: ChannelShuffle, shape: Shape, _rules: Rules) -> tuple[Shape, Counts]:
    """No arithmetic. Raises `BadShape` where the groups do not divide the channels."""
    if isinstance(shape.channels, int) and shape.channels % op.groups:
        raise BadShape(
            f"{shape.channels} channels cannot be shuffled in {op.groups} groups.",
            fix="Choose a number of groups that divides the channels.",
        )
    return shape, Counts()
