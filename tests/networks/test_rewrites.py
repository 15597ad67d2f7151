"""Separable to standard and back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilecalc.core.blocks import Chain, Residual
from mobilecalc.core.ops import Activation, Conv, Depthwise, Norm
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import walk
from mobilecalc.networks import describe, to_separable, to_standard


def test_a_pair_becomes_the_convolution_it_factorises():
    pair = Chain.of(
        depthwise=Chain.of(conv=Depthwise(5, stride=2), norm=Norm(), act=Activation("relu")),
        pointwise=Chain.of(conv=Conv(64, 1), norm=Norm(), act=Activation("relu6")),
    )
    assert to_standard(Chain.of(block=pair)) == Chain.of(
        block=Chain.of(conv=Conv(64, 5, stride=2), norm=Norm(), act=Activation("relu6"))
    )


def test_a_linear_bottleneck_keeps_its_expansion_and_stays_linear():
    block = dict(describe("v2-standard").body.steps)["block2"]
    assert block == Chain.of(
        expand=Chain.of(conv=Conv(96, 1), norm=Norm(), act=Activation("relu6")),
        project=Chain.of(conv=Conv(24, 3, stride=2), norm=Norm()),
    )


def test_pairs_are_found_in_a_flat_chain():
    flat = Chain.of(dw=Depthwise(3), n1=Norm(), a1=Activation("relu"), pw=Conv(8, 1), n2=Norm())
    assert to_standard(flat) == Chain.of(pw=Conv(8, 3), n2=Norm())


def test_no_pair_spans_the_edge_of_a_residual_block():
    body = Chain.of(block=Residual(Chain.of(dw=Depthwise(3))), pw=Conv(8, 1))
    assert to_standard(body) == body


@pytest.mark.parametrize(
    "pointwise", [Conv(8, 3), Conv(8, 1, stride=2), Conv(8, 1, groups=2)], ids=str
)
def test_what_is_not_pointwise_makes_no_pair(pointwise):
    body = Chain.of(dw=Depthwise(3), pw=pointwise)
    assert to_standard(body) == body


def test_a_depthwise_kernel_of_1_makes_no_pair():
    body = Chain.of(dw=Depthwise(1), pw=Conv(8, 1))
    assert to_standard(body) == body


def test_a_convolution_becomes_a_pair_with_its_norm_and_activation_between():
    body = Chain.of(conv=Conv(8, 3, stride=2, bias=True), norm=Norm(), act=Activation("relu"))
    pair = Chain.of(
        depthwise=Chain.of(conv=Depthwise(3, stride=2), norm=Norm(), act=Activation("relu")),
        pointwise=Conv(8, 1, bias=True),
    )
    assert to_separable(body) == Chain.of(conv=pair, norm=Norm(), act=Activation("relu"))


@pytest.mark.parametrize("model", ["v1-standard", "v2-standard"])
def test_standard_to_separable_to_standard_is_the_same_network(model):
    body = describe(model).body
    assert to_separable(body) != body
    assert to_standard(to_separable(body)) == body


def test_the_separable_form_of_v1_standard_differs_from_v1_by_its_stem_alone():
    again, v1 = describe("v1-standard-separable").profile(), describe("v1").profile()
    stem = [row for row in again.rows if row.path.startswith("stem")]
    assert again.macs - sum(row.counts.macs for row in stem) == v1.macs - v1.rows[0].counts.macs


layers = st.one_of(
    st.sampled_from([Conv(n, k, s) for n in (8, 16) for k in (1, 3, 5) for s in (1, 2)]),
    st.sampled_from([Depthwise(k, s) for k in (1, 3, 5) for s in (1, 2)]),
    st.sampled_from([Conv(8, 3, groups=4), Norm(), Activation("relu"), Activation("relu6")]),
)


def chains(steps):
    names = [f"s{i}" for i in range(6)]
    return st.lists(steps, min_size=1, max_size=6).map(
        lambda ops: Chain(tuple(zip(names, ops, strict=False)))
    )


descriptions = chains(
    st.recursive(layers, lambda inner: chains(inner) | chains(inner).map(Residual), max_leaves=8)
)


@given(descriptions)
def test_for_any_description_the_rewrites_are_inverse_on_standard_networks(description):
    standard = to_standard(description)
    assert to_standard(to_separable(standard)) == standard


@given(descriptions)
def test_to_standard_leaves_no_pair_and_settles_at_once(description):
    standard = to_standard(description)
    assert to_standard(standard) == standard


@given(chains(layers))
def test_the_rewrites_keep_every_shape_at_the_end(description):
    def end(chain):
        return list(walk(chain, Shape(16, 9, 9), V1_RULES))[-1].output

    assert end(to_standard(description)) == end(description)
    assert end(to_separable(description)) == end(description)
