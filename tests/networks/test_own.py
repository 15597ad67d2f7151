"""Networks of one's own: descriptions made of the public records."""

import doctest

import pytest
import torch

import mobilecalc
from mobilecalc import records
from mobilecalc.core.errors import BadOption, BadShape
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.load import load, model
from mobilecalc.modules.tracing.trace import trace
from mobilecalc.networks import Network, settings
from mobilecalc.records import (
    Activation,
    Chain,
    ChannelShuffle,
    Concat,
    Conv,
    Depthwise,
    Flatten,
    Gate,
    GlobalPool,
    Linear,
    Norm,
    Pool,
    Residual,
)

GATE = Gate(Chain.of(pool=GlobalPool(), conv=Conv(8, 1, bias=True), act=Activation("sigmoid")))
BRANCHES = Concat.of(
    kept=Chain(()),
    new=Chain.of(conv=Conv(4, 3), norm=Norm()),
    pooled=Chain.of(pool=Pool("max", 3, 1, 1)),
)
EVERY = Chain.of(
    stem=Conv(8, 3, stride=2),
    residual=Residual(Chain.of(conv=Conv(8, 3), norm=Norm())),
    projected=Residual(
        Chain.of(conv=Conv(8, 3, stride=2)), shortcut=Chain.of(conv=Conv(8, 1, stride=2))
    ),
    gate=GATE,
    halves=Concat.of(split=True, kept=Chain(()), new=Chain.of(conv=Depthwise(3))),
    shuffle=ChannelShuffle(2),
    branches=BRANCHES,
    pool=GlobalPool(),
    flatten=Flatten(),
    classifier=Linear(3),
)
FILE = "examples/my_net.py:NETWORK"


def test_the_example_of_the_records():
    assert doctest.testmod(records).failed == 0


def test_its_cost_is_arithmetic():
    profile = mobilecalc.profile(EVERY, resolution=16)
    stem = 9 * 3 * 8 * 8**2
    residual = 9 * 8 * 8 * 8**2
    projected = (9 * 8 * 8 + 8 * 8) * 4**2
    gate = 8 * 8
    half = 9 * 4 * 4**2
    branches = 9 * 8 * 4 * 4**2
    classifier = (8 + 4 + 8) * 3
    assert profile.macs == stem + residual + projected + gate + half + branches + classifier
    assert profile.counts.element_products == 8 * 4**2
    assert profile.counts.residual_adds == 8 * 8**2 + 8 * 4**2
    assert profile.counts.window_pool_inputs == 8 * 4**2


def test_its_module_s_trace_has_its_rows():
    network = mobilecalc.describe(EVERY, resolution=16)
    module = mobilecalc.build(network)
    traced = trace(module, Inputs.of((TensorSpec((1, 3, 16, 16)),)))
    assert traced.rows == network.profile().rows
    assert traced.sources == network.profile().sources
    assert module(torch.zeros(2, 3, 16, 16)).shape == (2, 3)


def test_a_shuffle_takes_channels_in_turn_from_each_group():
    module = mobilecalc.build(mobilecalc.describe(Chain.of(s=ChannelShuffle(2)), channels=6))
    x = torch.arange(6.0).reshape(1, 6, 1, 1)
    assert module(x).flatten().tolist() == [0, 3, 1, 4, 2, 5]


def test_it_is_loaded_from_a_file_with_the_size_of_its_input():
    network = model(FILE, settings=settings(resolution=96, channels=1))
    assert isinstance(network, Network)
    assert repr(network) == f"<Network {FILE}: input 1x96x96>"
    assert model(FILE).input == (3, 224, 224)


def test_it_is_no_module():
    with pytest.raises(BadOption, match=r"is a description, and no torch\.nn\.Module"):
        load(FILE)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"settings": settings(alpha=0.5)}, "^alpha and classes size a network of the zoo"),
        ({"inputs": ["1x3x8x8"]}, "takes no --input"),
        ({"device": "cpu"}, "takes no --input and runs on no --device"),
    ],
)
def test_what_it_does_not_take_is_refused(options, said):
    with pytest.raises(BadOption, match=said):
        model(FILE, **options)


def test_beside_a_network_of_the_zoo_it_takes_the_input_s_size_alone():
    network = model(FILE, settings=settings(alpha=0.5, resolution=96), alone=False)
    assert network.input == (3, 96, 96)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (Chain.of(conv="3x3"), "At 'conv': str is no record"),
        (Chain.of(block=Residual(Chain.of(add=Norm()))), "two steps have the name 'add'"),
        (Chain((("a", Norm()), ("a", Norm()))), "two steps have the name 'a'"),
        (Chain((("a.b", Norm()),)), "the step 'a.b' cannot have that name"),
        (Chain.of(c=Concat.of(concat=Chain(()))), "two steps have the name 'concat'"),
    ],
)
def test_what_cannot_be_described_is_told_with_its_place(body, said):
    with pytest.raises(BadShape, match=said):
        mobilecalc.describe(body)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (Chain.of(g=Gate(Chain.of(conv=Conv(4, 3)))), "The gate 'g' does not give one value"),
        (
            Chain.of(r=Residual(Chain.of(c=Conv(4, 3)), Chain.of(c=Conv(5, 3)))),
            "does not give back the shape of its shortcut",
        ),
        (
            Chain.of(c=Concat.of(a=Chain(()), b=Chain.of(c=Conv(4, 3, stride=2)))),
            "do not fit side by side",
        ),
        (
            Chain.of(c=Concat.of(split=True, a=Chain(()), b=Chain(()))),
            "3 channels cannot be split in 2",
        ),
    ],
)
def test_what_does_not_fit_together_is_told(body, said):
    with pytest.raises(BadShape, match=said):
        mobilecalc.profile(body, resolution=8)


def test_a_description_is_counted_without_torch(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from mobilecalc.modules.loading.load import model;"
        f" print(model('{FILE}').profile().macs, 'torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == [str(model(FILE).profile().macs), "False"]


@pytest.mark.parametrize(
    ("op", "what"),
    [
        (Conv(-4, 3), "channels -4 of Conv is not possible"),
        (Conv(2.5, 3), "channels 2.5"),
        (Conv(8, 0), "kernel 0"),
        (Conv(8, 3, stride=0), "stride 0"),
        (Conv(8, (3, 0)), r"kernel \(3, 0\)"),
        (Conv(8, 3, padding=-1), "padding -1"),
        (Conv(8, 3, bias="yes"), "bias 'yes'"),
        (Depthwise(3, multiplier=0), "multiplier 0"),
        (Linear(True), "features True"),
        (ChannelShuffle(0), "groups 0"),
    ],
    ids=str,
)
def test_a_size_that_no_layer_can_have_is_refused_with_its_place(op, what):
    with pytest.raises(BadShape, match=f"At 'step': {what}"):
        mobilecalc.profile(Chain.of(step=op))


@pytest.mark.parametrize(
    ("body", "what"),
    [
        (Chain(()), "no steps"),
        (Chain(3), "a Chain of 3"),
        (Chain.of(shuffle=ChannelShuffle(2)), "3 channels cannot be shuffled in 2 groups"),
        (Chain.of(flat=Flatten(), pool=GlobalPool()), "no map to pool"),
    ],
)
def test_a_description_that_describes_nothing_is_refused(body, what):
    with pytest.raises(BadShape, match=what):
        mobilecalc.profile(body)


def test_a_step_cannot_have_a_name_that_modules_have():
    with pytest.raises(BadShape, match="A step is 'forward'"):
        mobilecalc.build(mobilecalc.describe(Chain.of(forward=Conv(8, 3))))
