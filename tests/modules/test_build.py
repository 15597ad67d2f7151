"""The built module against its description."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from mobilecalc import build, describe
from mobilecalc.core.blocks import Chain
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Conv
from mobilecalc.networks import MOBILENETS, Network
from mobilecalc.networks.settings import Settings


def observed(module, shape):
    """The output shape and parameter count of each leaf module in a forward pass."""
    shapes = {}

    def record(name):
        def hook(leaf, inputs, output):
            shapes[name] = tuple(output.shape[1:])

        return hook

    leaves = {n: m for n, m in module.named_modules() if not list(m.children())}
    for name, leaf in leaves.items():
        leaf.register_forward_hook(record(name))
    with torch.no_grad():
        module(torch.zeros(1, *shape, device="meta"))
    counts = {n: sum(p.numel() for p in m.parameters()) for n, m in leaves.items()}
    return shapes, counts


def expected(profile):
    """The same from the description; a flat map has one axis in torch."""
    flat = {"flatten", "classifier"}
    shapes = {
        row.path: row.output[:1] if row.path in flat else tuple(row.output) for row in profile.rows
    }
    return shapes, {row.path: row.counts.parameters for row in profile.rows}


@settings(deadline=None, max_examples=25)
@given(
    model=st.sampled_from(MOBILENETS),
    alpha=st.floats(0.05, 2),
    resolution=st.integers(1, 260),
    classes=st.integers(1, 50),
    channels=st.integers(1, 5),
)
def test_every_row_is_what_a_forward_pass_shows(model, alpha, resolution, classes, channels):
    network = describe(
        model, alpha=alpha, resolution=resolution, classes=classes, channels=channels
    )
    module = build(network, device="meta").eval()
    assert observed(module, network.input) == expected(network.profile())


@pytest.mark.parametrize("model", MOBILENETS)
def test_it_has_the_ordinary_layers(model):
    allowed = {
        "Conv2d",
        "BatchNorm2d",
        "ReLU",
        "ReLU6",
        "Linear",
        "AdaptiveAvgPool2d",
        "Flatten",
        "Sequential",
        "ResidualBlock",
        "Add",
        "FunctionalGlobalPool",
    }
    modules = list(build(describe(model), device="meta").modules())
    assert {type(m).__name__ for m in modules} <= allowed
    assert all(m.bias is None for m in modules if isinstance(m, nn.Conv2d))


@pytest.mark.parametrize("model", MOBILENETS)
def test_it_runs_forward_and_backward(model):
    module = build(describe(model, alpha=0.25, resolution=32, classes=7))
    output = module(torch.randn(2, 3, 32, 32))
    assert output.shape == (2, 7)
    output.sum().backward()
    assert all(p.grad is not None for p in module.parameters())


def test_a_residual_block_adds_its_input():
    module = build(describe("v2", alpha=0.25)).eval()
    block = module.get_submodule("block3")
    x = torch.randn(1, 8, 6, 6)
    body = nn.Sequential(*list(block.children())[:-1])
    assert torch.equal(block(x), x + body(x))


def test_weights_are_initialised_as_torch_does():
    torch.manual_seed(0)
    module = build(describe("v1", alpha=0.25))
    torch.manual_seed(0)
    assert torch.equal(module.get_submodule("stem.conv").weight, nn.Conv2d(3, 8, 3, 2, 1).weight)


def test_on_meta_it_takes_no_memory():
    module = build(describe("v1-standard", alpha=2), device="meta")
    assert all(tensor.is_meta for tensor in (*module.parameters(), *module.buffers()))


def test_for_counting_the_parameters_are_views_of_one_zero_block():
    module = build(describe("v1"), weights=False)
    parameters = list(module.parameters())
    assert len({p.untyped_storage().data_ptr() for p in parameters}) == 1
    assert not any(p.any() for p in parameters)
    assert sum(p.numel() for p in parameters) == 4_231_976


def test_an_even_kernel_cannot_be_built_and_says_why():
    body = Chain.of(conv=Conv(8, 4))
    network = describe("v1")
    mine = Network("mine", "", "", Settings(), network.rules, body)
    with pytest.raises(BadShape, match="4x4 convolution cannot be built"):
        build(mine)
