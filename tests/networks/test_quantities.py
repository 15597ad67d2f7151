"""What a number counts, in words: of a network small enough to count by hand."""

from fractions import Fraction

import pytest

from mobilecalc.core.blocks import Chain, Gate
from mobilecalc.core.counts import Counts, total
from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import (
    Activation,
    Conv,
    Depthwise,
    Flatten,
    GlobalPool,
    Linear,
    Norm,
)
from mobilecalc.core.profile import Profile
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.sums import SUMS
from mobilecalc.core.walk import INPUT, Walk
from mobilecalc.counters import CONVENTIONS
from mobilecalc.networks.quantities import quantity

BODY = Chain.of(
    stem=Chain.of(conv=Conv(4, 3, stride=2), norm=Norm(), act=Activation("relu")),
    block1=Chain.of(depthwise=Depthwise(3, stride=1), point=Conv(6, 1)),
    block2=Chain.of(
        wide=Conv(8, 3, stride=3),
        gate=Gate(Chain.of(excite=Chain.of(pool=GlobalPool(), conv=Conv(8, 1)))),
    ),
    block11=Chain.of(act=Activation("relu")),
    pool=GlobalPool(),
    flatten=Flatten(),
    classifier=Linear(10),
)
STEM, DEPTHWISE, POINT = 9 * 3 * 4 * 16 * 16, 9 * 4 * 16 * 16, 4 * 6 * 16 * 16
WIDE, EXCITE, CLASSIFIER = 9 * 6 * 8 * 6 * 6, 8 * 8, 8 * 10
MACS = STEM + DEPTHWISE + POINT + WIDE + EXCITE + CLASSIFIER
WEIGHTS = 9 * 3 * 4 + 9 * 4 + 4 * 6 + 9 * 6 * 8 + 8 * 8 + 80


def profile():
    walk, shape = Walk(V1_RULES), Shape(3, 32, 32)
    walk.through(BODY, (shape, INPUT))
    return Profile("mine", shape, tuple(walk.rows), sources=tuple(walk.sources))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("macs", MACS),
        ("kmacs", MACS // 1000),
        ("operations", 2 * MACS),
        ("weights", WEIGHTS),
        ("params", WEIGHTS + 10 + 2 * 4),
        ("weights-and-biases", WEIGHTS + 10),
        ("folded", WEIGHTS + 10 + 4),
        ("TF-slim", WEIGHTS + 10 + 4 + 8),
        ("stored", WEIGHTS + 10 + 8 + 8),
        ("norm_elements", 4 * 256),
        ("fvcore", MACS + 2 * 4 * 256 + 8 * 36 + 8 * 36),
        ("macs of stem", STEM),
        ("macs of stem.conv", STEM),
        ("macs of convolutions", MACS - CLASSIFIER),
        ("macs of classifier", CLASSIFIER),
        ("macs without classifier", MACS - CLASSIFIER),
        ("macs without convolutions", CLASSIFIER),
        ("macs of pointwise", POINT + EXCITE),
        ("macs of depthwise", DEPTHWISE),
        ("macs of block1", DEPTHWISE + POINT),
        ("macs of attention", 0),
        ("macs without attention", MACS),
        ("share of macs of stem", Fraction(STEM, MACS)),
        ("share of macs without stem", Fraction(MACS - STEM, MACS)),
        ("channels of block1", 6),
        ("channels of block2", 8),
        ("channels of classifier", 10),
        ("stride of stem", 2),
        ("stride of block1", 1),
        ("stride of block2", 3),
        ("stride of pool", 1),
        ("steps block", 3),
        ("steps blo", 0),
        ("steps stem", 0),
        ("channels at 32x32", None),
        ("channels at 16x16", 6),
        ("bytes at 16x16", 2 * 6 * 256),
        ("channels at 6x6", 8),
        ("channels at 1x1", 10),
        ("bytes at 6x6 of block1", 2 * 6 * 36),
        ("channels at 6x6 of block1", 6),
        ("bytes at 3x5 of block1", 2 * 6 * 15),
    ],
)
def test_a_quantity_of_a_network_is_this_number(text, value):
    if value is None:
        with pytest.raises(BadOption, match="mine has no feature-map size 32x32") as refusal:
            quantity(text).of(profile())
        assert "16x16, 6x6, 1x1" in str(refusal.value)
    else:
        assert quantity(text).of(profile()) == value


def test_a_gate_has_the_channels_of_its_map_and_so_has_its_step():
    gate = Gate(Chain.of(pool=GlobalPool(), less=Conv(2, 1), more=Conv(4, 1)))
    walk, shape = Walk(V1_RULES), Shape(3, 8, 8)
    walk.through(
        Chain.of(step=Chain.of(wide=Conv(4, 1), se=gate), excite=Conv(6, 1)), (shape, INPUT)
    )
    gated = Profile("mine", shape, tuple(walk.rows))
    assert quantity("channels of step").of(gated) == 4
    assert quantity("channels of excite").of(gated) == 6


def test_a_detector_is_what_has_its_parts_in_its_path():
    heads = Chain.of(
        backbone=Conv(4, 1), extra=Chain.of(a=Conv(2, 1)), head=Chain.of(labels=Conv(3, 1))
    )
    walk, shape = Walk(V1_RULES), Shape(3, 2, 2)
    walk.through(heads, (shape, INPUT))
    detector = Profile("mine", shape, tuple(walk.rows))
    assert quantity("macs of detector").of(detector) == 4 * (4 * 2 + 2 * 3)
    assert quantity("macs without detector").of(detector) == 4 * 3 * 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("macs", "MACs"),
        ("macs of stem", "MACs of the first convolution"),
        ("macs without block1", "MACs without block1"),
        ("share of params of linear", "share of parameters of linear"),
        ("fvcore", "MACs by fvcore"),
        ("channels at 7x7", "channels at 7x7"),
        ("bytes at 7x7 of block1", "bytes of the channels of block1"),
        ("channels of block1", "channels of block1"),
        ("stride of block1", "stride of block1"),
        ("steps block", "steps named block"),
    ],
)
def test_a_quantity_has_words(text, words):
    assert quantity(text).words == words


def test_every_convention_is_a_quantity():
    assert {quantity(name).of(profile()) for name in CONVENTIONS} > {MACS, 2 * MACS}


def test_two_quantities_are_told_apart_by_what_differs():
    macs, params = quantity("macs of stem"), quantity("params of stem")
    assert macs.apart_from(params) == "MACs of the first convolution"
    assert macs.apart_from(quantity("macs")) == "of the first convolution"
    assert quantity("macs").apart_from(params) == "MACs"
    assert quantity("macs").apart_from(quantity("macs")) == ""


def test_every_fact_is_a_sum_of_its_own():
    counts = Counts(*range(1, 1 + len(Counts._fields)))
    assert [SUMS[name].of(counts) for name in Counts._fields] == list(counts)


@pytest.mark.parametrize(
    "text",
    ["", "share of macs", "mac", "macs of", "macs of stem of stem", "channels at 7", "of stem"],
)
def test_any_other_text_is_refused(text):
    with pytest.raises(BadOption):
        quantity(text)


def test_a_text_that_is_nearly_a_quantity_is_met_with_those_it_may_mean():
    with pytest.raises(BadOption, match="macs") as refusal:
        quantity("share of mcas of stem")
    assert "macs" in refusal.value.why


def test_nothing_is_a_share_of_nothing():
    with pytest.raises(BadOption, match="mine"):
        quantity("share of attention_macs of stem").of(profile())


def test_a_part_that_the_network_has_not_is_refused_with_those_it_has():
    with pytest.raises(BadOption, match="mine has no part 'block9'") as refusal:
        quantity("macs of block9").of(profile())
    for part in ("stem", "block1", "classifier", "pointwise"):
        assert part in str(refusal.value)


def test_a_step_without_layers_of_weights_has_no_channels():
    with pytest.raises(BadOption, match="'pool' of mine has no convolution"):
        quantity("channels of pool").of(profile())


def test_the_facts_of_all_kinds_are_those_of_the_network():
    whole = profile()
    assert total(whole.by_kind().values()) == whole.counts
    assert whole.macs == MACS
