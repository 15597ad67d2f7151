"""The facts of every operation: the arithmetic written out, all sizes different."""

import pytest

from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Attention,
    ChannelShuffle,
    Conv,
    Depthwise,
    Elementwise,
    Embedding,
    Fourier,
    GlobalPool,
    Linear,
    Move,
    Norm,
    Pool,
    Product,
    Recurrent,
    Reduction,
    Softmax,
    TransposedConv,
    Uncounted,
    Unused,
    Upsample,
)
from mobilecalc.core.rounding import EXACT, V1_RULES, Window, places
from mobilecalc.core.shape import Shape

CONVOLUTIONS = {
    # (11 + 2·2 - 3·(4-1) - 1) // 2 + 1 = 3 rows, (13 + 0 - 1·(5-1) - 1) // 3 + 1 = 3 columns
    "a kernel, stride, padding and dilation of two sizes": (
        Conv(8, (4, 5), stride=(2, 3), padding=(2, 0), dilation=(3, 1), groups=2, bias=True),
        Shape(6, 11, 13),
        Shape(8, 3, 3),
        Counts(
            macs=4 * 5 * 3 * 8 * 9,
            weights=4 * 5 * 3 * 8,
            biases=8,
            bias_adds=8 * 9,
            conv_bias_adds=8 * 9,
        ),
    ),
    "a convolution of a signal": (
        Conv(7, (3,), stride=2),
        Shape(5, 9),
        Shape(7, 5),
        Counts(macs=3 * 5 * 7 * 5, weights=3 * 5 * 7),
    ),
    "a convolution of a volume": (
        Conv(7, (1, 2, 3), padding=0),
        Shape(5, 4, 6, 8),
        Shape(7, 4, 5, 6),
        Counts(macs=6 * 5 * 7 * 120, weights=6 * 5 * 7),
    ),
    "several filters for each channel": (
        Depthwise((3, 5), stride=2, padding=1, bias=True, multiplier=4),
        Shape(6, 9, 11),
        Shape(24, 5, 5),
        Counts(
            macs=15 * 24 * 25, weights=15 * 24, biases=24, bias_adds=24 * 25, conv_bias_adds=24 * 25
        ),
    ),
    # (5-1)·2 - 2·1 + 2·(3-1) + 1 + 1 = 12 rows, (7-1)·3 - 0 + 1·(4-1) + 2 + 1 = 24 columns
    "a transposed convolution, whose weights are used once per input position": (
        TransposedConv(
            9,
            (3, 4),
            stride=(2, 3),
            groups=3,
            bias=True,
            padding=(1, 0),
            output_padding=(1, 2),
            dilation=(2, 1),
        ),
        Shape(6, 5, 7),
        Shape(9, 12, 24),
        Counts(
            macs=12 * 2 * 9 * 35,
            weights=12 * 2 * 9,
            biases=9,
            bias_adds=9 * 288,
            conv_bias_adds=9 * 288,
        ),
    ),
}

PRODUCTS = {
    "a linear layer without bias": (
        Linear(10, bias=False),
        Shape(4, 7),
        Shape(4, 10),
        Counts(macs=4 * 7 * 10, weights=70),
    ),
    "a product of matrices, in each of two heads": (
        Product(5),
        Shape(2, 3, 7),
        Shape(2, 3, 5),
        Counts(macs=2 * 3 * 7 * 5, product_macs=2 * 3 * 7 * 5),
    ),
    "attention of 3 queries to 5 keys in each of two heads, 7 features to 11": (
        Attention(keys=5, features=11),
        Shape(2, 3, 7),
        Shape(2, 3, 11),
        Counts(
            macs=2 * 3 * 5 * (7 + 11),
            attention_macs=2 * 3 * 5 * (7 + 11),
            softmax_elements=2 * 3 * 5,
        ),
    ),
    "an embedding": (
        Embedding(rows=100, features=6),
        Shape(4, 5),
        Shape(4, 5, 6),
        Counts(weights=600),
    ),
}


def recurrent(name, gates, activations, arithmetic):
    """One layer of 5 hidden units over 4 steps of 3 features: two biases for each gate."""
    weights = gates * 5 * (3 + 5)
    return (
        Recurrent(name, 5),
        Shape(4, 3),
        Shape(4, 5),
        Counts(
            macs=4 * weights,
            recurrent_macs=4 * weights,
            bias_adds=4 * 2 * gates * 5,
            activation_elements=4 * activations * 5,
            elementwise=4 * arithmetic * 5,
            weights=weights,
            biases=2 * gates * 5,
        ),
    )


# Two layers that run both ways; each direction projects its 5 hidden units to 2.
_PROJECTED = 2 * (4 * 5 * (3 + 2) + 5 * 2) + 2 * (4 * 5 * (4 + 2) + 5 * 2)

RECURRENT = {
    "LSTM": recurrent("lstm", gates=4, activations=5, arithmetic=4),
    "GRU": recurrent("gru", gates=3, activations=3, arithmetic=5),
    "RNN": recurrent("rnn", gates=1, activations=1, arithmetic=1),
    "projected LSTM": (
        Recurrent("lstm", 5, layers=2, directions=2, bias=False, projection=2),
        Shape(6, 4, 3),
        Shape(6, 4, 4),
        Counts(
            macs=24 * _PROJECTED,
            recurrent_macs=24 * _PROJECTED,
            activation_elements=24 * 5 * 4 * 5,
            elementwise=24 * 4 * 4 * 5,
            weights=_PROJECTED,
        ),
    ),
}

MAPS = {
    "layer normalisation, two parameters for each feature of the last axis": (
        Norm("layer"),
        Shape(4, 7),
        Shape(4, 7),
        Counts(sample_norm_elements=28, norm_parameters=14),
    ),
    "RMS normalisation, which has no shift": (
        Norm("rms"),
        Shape(4, 7),
        Shape(4, 7),
        Counts(sample_norm_elements=28, norm_parameters=7),
    ),
    "group normalisation, two parameters for each channel": (
        Norm("group"),
        Shape(4, 7, 5),
        Shape(4, 7, 5),
        Counts(sample_norm_elements=140, norm_parameters=8),
    ),
    "softmax": (Softmax(), Shape(4, 7), Shape(4, 7), Counts(softmax_elements=28)),
    "maximum pooling": (
        Pool("max", (3, 2), (2, 3), padding=(1, 0)),
        Shape(4, 7, 9),
        Shape(4, 4, 3),
        Counts(window_pool_inputs=252),
    ),
    "average pooling whose last window hangs over the edge": (
        Pool("avg", 3, 2, ceil=True),
        Shape(4, 6, 6),
        Shape(4, 3, 3),
        Counts(window_pool_inputs=144, average_window_outputs=36),
    ),
    "adaptive average pooling": (
        AdaptivePool("avg", (2, 3)),
        Shape(4, 6, 6),
        Shape(4, 2, 3),
        Counts(pool_inputs=144, pool_outputs=24, module_pool_elements=168),
    ),
    "adaptive average pooling by a function": (
        AdaptivePool("avg", (2, 3), module=False),
        Shape(4, 6, 6),
        Shape(4, 2, 3),
        Counts(pool_inputs=144, pool_outputs=24),
    ),
    "adaptive maximum pooling": (
        AdaptivePool("max", (2,)),
        Shape(4, 6),
        Shape(4, 2),
        Counts(window_pool_inputs=24),
    ),
    "the average of a whole map": (
        GlobalPool(module=True),
        Shape(4, 3, 5),
        Shape(4, 1, 1),
        Counts(pool_inputs=60, pool_outputs=4, module_pool_elements=64),
    ),
    "a sum of elements": (
        Reduction("sum", Shape(4)),
        Shape(4, 7),
        Shape(4),
        Counts(reduced_elements=28),
    ),
    "element-wise products": (
        Elementwise("mul", Shape(4, 7)),
        Shape(4, 1),
        Shape(4, 7),
        Counts(elementwise=28, element_products=28),
    ),
    "other element-wise arithmetic": (
        Elementwise("sub", Shape(4, 7)),
        Shape(4, 1),
        Shape(4, 7),
        Counts(elementwise=28),
    ),
    # lengths 8 and 5 have 3 and 3 stages: 2³ = 8, and 5 is rounded up to it
    "a Fourier transform of real values, which gives fewer": (
        Fourier((8, 5), Shape(4, 8, 3)),
        Shape(4, 8, 5),
        Shape(4, 8, 3),
        Counts(fourier_points=160 * (3 + 3)),
    ),
    "its inverse, which gives more": (
        Fourier((8,), Shape(4, 8)),
        Shape(4, 5),
        Shape(4, 8),
        Counts(fourier_points=32 * 3),
    ),
    "a transform of one value, which has no stages": (
        Fourier((1,), Shape(4, 1)),
        Shape(4, 1),
        Shape(4, 1),
        Counts(),
    ),
    "values that change place": (Move("cat", Shape(9)), Shape(4), Shape(9), Counts()),
    "an operation that no formula covers": (
        Uncounted("sort", Shape(9)),
        Shape(4),
        Shape(9),
        Counts(),
    ),
    "parameters that nothing uses": (Unused(), Shape(4), Shape(4), Counts()),
    "channels in another order": (ChannelShuffle(2), Shape(4, 3), Shape(4, 3), Counts()),
    "an activation": (Activation("relu"), Shape(4, 3), Shape(4, 3), Counts(activation_elements=12)),
}

CASES = CONVOLUTIONS | PRODUCTS | RECURRENT | MAPS


@pytest.mark.parametrize("case", CASES)
def test_an_operation_has_these_facts_and_no_others(case):
    op, shape, output, counts = CASES[case]
    assert cost(op, shape, V1_RULES) == (output, counts)


@pytest.mark.parametrize(
    ("name", "sides", "reads"),
    [
        ("nearest", (6, 8), 1),
        ("nearest-exact", (6, 8), 1),
        ("linear", (8,), 2),
        ("bilinear", (6, 8), 2 * 2),
        ("trilinear", (2, 6, 8), 2 * 2 * 2),
        ("bicubic", (6, 8), 4 * 4),
    ],
)
def test_upsampling_reads_so_many_elements_for_each_output(name, sides, reads):
    shape = Shape(5, *(3 for _ in sides))
    output, counts = cost(Upsample(name, sides), shape, V1_RULES)
    assert output == Shape(5, *sides)
    assert counts == Counts(upsample_reads=reads * output.elements)


@pytest.mark.parametrize(
    ("window", "positions"),
    [
        (Window(1), 10),
        (Window(3), 8),  # 0 to 7
        (Window(3, stride=2), 4),  # 0, 2, 4, 6
        (Window(3, stride=2, ceil=True), 5),  # and 8, which hangs over by one
        (Window(3, stride=3, padding=1), 4),  # -1, 2, 5, 8
        (Window(3, dilation=2), 6),  # spans 5
        (Window(2, stride=2, ceil=True), 5),  # fits as it is
        (Window(2, stride=5, padding=1, ceil=True), 3),  # -1, 4, 9
        (Window(1, stride=6, padding=1, ceil=True), 2),  # -1, 5; one at 11 would read padding only
        (Window(1, stride=11, padding=1, ceil=True), 1),  # -1; one at 10 would too
        (Window(1, stride=10, padding=1, ceil=True), 2),  # -1, 9
    ],
)
def test_a_window_has_so_many_positions_on_a_side_of_10(window, positions):
    assert places(10, window) == positions


@pytest.mark.parametrize(
    ("op", "shape", "message"),
    [
        (Conv(8, 3), Shape(4, 10), "3x3 convolution cannot take 4x10"),
        (Conv(8, (3,)), Shape(4, 10, 10), "A 3 convolution cannot take 4x10x10"),
        (Depthwise(3), Shape(4), "3x3 convolution cannot take 4"),
        (TransposedConv(8, 3), Shape(4, 5), "3x3 convolution cannot take 4x5"),
        (Conv(8, 5, padding=0), Shape(4, 5, 4), "A 4x5x4 map is too small for a conv"),
        (Pool("max", 3, 1), Shape(4, 2, 3), "A 4x2x3 map is too small for a pool"),
        (TransposedConv(8, 1, padding=1), Shape(4, 2, 9), "A 4x2x9 map is too small for"),
        (Conv(6, 1, groups=4), Shape(8, 3, 3), "4 groups do not divide 8 input and 6 output"),
        (Conv(8, 1, groups=4), Shape(6, 3, 3), "4 groups do not divide 6 input and 8 output"),
        (Conv(8, 1, groups=0), Shape(8, 3, 3), "0 groups do not divide 8 input and 8 output"),
        (AdaptivePool("avg", (1, 1)), Shape(8), "8 vector has no map to pool"),
        (ChannelShuffle(3), Shape(8, 2, 2), "8 channels cannot be shuffled in 3 groups"),
    ],
)
def test_an_operation_that_does_not_fit_its_input_is_refused(op, shape, message):
    with pytest.raises(BadShape, match=message):
        cost(op, shape, V1_RULES)


@pytest.mark.parametrize(
    ("op", "shape", "output"),
    [
        (Conv(8, 5, padding=0), Shape(4, 5, 6), Shape(8, 1, 2)),
        (Pool("max", 3, 1), Shape(4, 3, 3), Shape(4, 1, 1)),
        (AdaptivePool("avg", (1, 1)), Shape(5, 7), Shape(1, 1)),
        (Conv(4, 1, groups=4), Shape(4, 3, 3), Shape(4, 3, 3)),
    ],
)
def test_the_smallest_that_fits_is_taken(op, shape, output):
    assert cost(op, shape, V1_RULES)[0] == output


def test_exact_rules_keep_the_fraction_of_a_side_and_of_a_group():
    from fractions import Fraction

    output, counts = cost(Conv(8, 3, stride=2, padding=1), Shape(4, 7, 8), EXACT)
    assert output == Shape(8, Fraction(7, 2), 4)
    assert counts.macs == 9 * 4 * 8 * 14
    output, counts = cost(Conv(3, 1, groups=2), Shape(Fraction(3, 2), 2, 2), EXACT)
    assert counts.weights == Fraction(3, 4) * 3
