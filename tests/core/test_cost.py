"""Each formula against arithmetic written out, against torch, and with symbols."""

import pytest
import sympy

from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Activation, Add, Conv, Depthwise, Flatten, GlobalPool, Linear, Norm
from mobilecalc.core.rounding import EXACT, V1_RULES
from mobilecalc.core.shape import Shape


def facts(op, shape):
    return cost(op, shape, V1_RULES)[1]


def output(op, shape):
    return cost(op, shape, V1_RULES)[0]


def test_table_3_of_the_v1_paper_standard_convolution():
    counts = facts(Conv(512, kernel=3), Shape(512, 14, 14))
    assert counts == Counts(macs=3 * 3 * 512 * 512 * 14 * 14, weights=3 * 3 * 512 * 512)
    assert (round(counts.macs / 1e6), round(counts.weights / 1e6, 2)) == (462, 2.36)


def test_table_3_of_the_v1_paper_separable_convolution():
    counts = facts(Depthwise(3), Shape(512, 14, 14)) + facts(Conv(512, 1), Shape(512, 14, 14))
    assert counts.macs == 3 * 3 * 512 * 14 * 14 + 512 * 512 * 14 * 14
    assert (round(counts.macs / 1e6, 1), round(counts.weights / 1e6, 2)) == (52.3, 0.27)


def test_the_map_that_counts_is_the_output_map():
    assert facts(Depthwise(3, stride=2), Shape(64, 112, 112)).macs == 9 * 64 * 56 * 56


def test_a_stride_rounds_an_odd_side_up():
    assert output(Conv(8, 3, stride=2), Shape(3, 225, 97)) == Shape(8, 113, 49)


def test_groups_divide_the_input_channels_a_filter_sees():
    counts = facts(Conv(64, kernel=3, groups=4), Shape(32, 10, 10))
    assert counts == Counts(macs=9 * (32 // 4) * 64 * 100, weights=9 * (32 // 4) * 64)


def test_groups_that_do_not_divide_are_an_error_that_says_so():
    with pytest.raises(BadShape, match="3 groups do not divide 32 input and 64 output channels"):
        facts(Conv(64, kernel=3, groups=3), Shape(32, 10, 10))


def test_a_bias_is_a_parameter_a_channel_and_an_addition_an_element():
    counts = facts(Conv(5, kernel=1, bias=True), Shape(2, 3, 4))
    assert counts == Counts(
        macs=2 * 5 * 12, weights=10, biases=5, bias_adds=60, conv_bias_adds=5 * 12
    )


def test_a_linear_layer_has_a_weight_for_each_input_and_output():
    counts = facts(Linear(1000), Shape(1024))
    assert counts == Counts(macs=1_024_000, weights=1_024_000, biases=1000, bias_adds=1000)


def test_a_linear_layer_works_on_the_last_axis_at_every_position():
    counts = facts(Linear(10), Shape(7, 7, 96))
    assert counts == Counts(macs=49 * 96 * 10, weights=960, biases=10, bias_adds=49 * 10)


def test_norm_has_two_parameters_and_two_buffers_a_channel():
    counts = facts(Norm(), Shape(6, 5, 5))
    assert counts == Counts(norm_elements=150, norm_parameters=12, norm_buffers=12)


def test_activation_add_and_flatten():
    shape = Shape(4, 3, 2)
    assert facts(Activation("relu"), shape) == Counts(activation_elements=24)
    assert facts(Add(), shape) == Counts(residual_adds=24)
    assert cost(Flatten(), shape, V1_RULES) == (Shape(24), Counts())


def test_pooling_tells_a_module_from_a_function():
    shape = Shape(10, 7, 7)
    as_function = Counts(pool_inputs=490, pool_outputs=10)
    assert facts(GlobalPool(module=False), shape) == as_function
    assert facts(GlobalPool(module=True), shape) == as_function + Counts(module_pool_elements=500)


@pytest.mark.heavy
@pytest.mark.parametrize(
    "op",
    [
        Conv(12, 3),
        Conv(12, 5, stride=2, bias=True),
        Conv(12, 7, stride=3, groups=3),
        Conv(12, 1, stride=2),
        Depthwise(3, stride=2),
        Depthwise(5, bias=True),
    ],
)
def test_shapes_and_parameters_are_those_of_torch(op):
    import torch
    from torch import nn

    groups = op.groups if isinstance(op, Conv) else 6
    channels = op.channels if isinstance(op, Conv) else 6
    conv = nn.Conv2d(6, channels, op.kernel, op.stride, op.kernel // 2, groups=groups, bias=op.bias)
    out, counts = cost(op, Shape(6, 11, 14), V1_RULES)
    assert tuple(conv(torch.zeros(1, 6, 11, 14)).shape[1:]) == out
    assert sum(p.numel() for p in conv.parameters()) == counts.parameters


def test_formulas_take_symbols():
    kernel = 3
    m, n, size = sympy.symbols("M N D_F", positive=True)
    standard = cost(Conv(n, kernel), Shape(m, size, size), EXACT)[1].macs
    separable = (
        cost(Depthwise(kernel), Shape(m, size, size), EXACT)[1]
        + cost(Conv(n, 1), Shape(m, size, size), EXACT)[1]
    ).macs
    ratio = sympy.Integer(1) / n + sympy.Rational(1, kernel**2)
    assert sympy.simplify(separable / standard - ratio) == 0
