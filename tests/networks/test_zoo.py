"""The networks of the comparison tables: each against its reference implementation, and itself."""

import pytest
from torchvision import models

from mobilecalc import build, describe
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.ops import Linear
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.load import load
from mobilecalc.modules.trace import trace
from mobilecalc.networks import MOBILENETS, zoo

TORCHVISION = {
    "v2": "mobilenet_v2",
    "v3_large": "mobilenet_v3_large",
    "v3_small": "mobilenet_v3_small",
    "shufflenet_v2": "shufflenet_v2_x1_0",
    "mnasnet": "mnasnet1_0",
    **{name: name for name in zoo() if name in models.list_models()},
    "googlenet": "googlenet(aux_logits=False)",
}
TIMM = {
    "v1": "mobilenetv1_100",
    "v4_conv_small": "mobilenetv4_conv_small",
    "v4_conv_medium": "mobilenetv4_conv_medium",
    "v4_conv_large": "mobilenetv4_conv_large",
    "ghostnet": "ghostnet_100",
}
AT_ALPHA = {
    ("v2", 1.4): "timm:mobilenetv2_140",
    ("v3_large", 0.75): "timm:mobilenetv3_large_075",
    ("v3_small", 0.75): "timm:mobilenetv3_small_075",
    ("v4_conv_small", 0.5): "timm:mobilenetv4_conv_small_050",
    ("ghostnet", 1.3): "timm:ghostnet_130",
    ("mnasnet", 0.5): "torchvision:mnasnet0_5",
    ("mnasnet", 1.3): "torchvision:mnasnet1_3",
    ("shufflenet_v2", 0.5): "torchvision:shufflenet_v2_x0_5",
    ("shufflenet_v2", 1.5): "torchvision:shufflenet_v2_x1_5",
    ("shufflenet_v2", 2.0): "torchvision:shufflenet_v2_x2_0",
}
REFERENCES = {
    **{(name, 1.0): f"torchvision:{other}" for name, other in TORCHVISION.items()},
    **{(name, 1.0): f"timm:{other}" for name, other in TIMM.items()},
    **AT_ALPHA,
}


@pytest.mark.parametrize("case", REFERENCES, ids=str)
def test_it_costs_what_its_reference_implementation_does(case):
    name, alpha = case
    profile = describe(name, alpha=alpha).profile()
    reference = load(REFERENCES[case], ["1x" + str(profile.input)])
    assert profile.parameters == sum(p.numel() for p in reference.module.parameters())
    assert profile.macs == reference.profile().macs


def test_few_networks_have_no_reference_implementation():
    without = {name for name in zoo() if (name, 1.0) not in REFERENCES}
    assert {name for name in without if not name.startswith("shufflenet_v1_g")} == {
        "v1_shallow",
        "v3_large_minimalistic",
        "v3_small_minimalistic",
        "resnet50_paper",
        "resnet101_paper",
        "resnet152_paper",
        "googlenet_paper",
    }


@pytest.mark.parametrize("name", zoo())
def test_its_trace_has_exactly_the_rows_of_its_description(name):
    network = describe(name)
    sizes = (1, *network.input)
    traced = trace(build(network, device="meta"), Inputs.of((TensorSpec(sizes),)))
    profile = network.profile()
    assert traced.rows == profile.rows
    assert traced.sources == profile.sources


@pytest.mark.parametrize(
    ("name", "million"),
    [
        ("shufflenet_v1_g1", 143),
        ("shufflenet_v1_g2", 140),
        ("shufflenet_v1_g3", 137),
        ("shufflenet_v1_g4", 133),
        ("shufflenet_v1_g8", 137),
    ],
)
def test_shufflenet_v1_meets_table_1_of_its_paper_without_the_classifier(name, million):
    profile = describe(name).profile()
    classifier = sum(row.counts.macs for row in profile.rows if isinstance(row.op, Linear))
    assert round((profile.macs - classifier) / 1e6) == million


def test_the_stride_of_a_bottleneck_is_where_the_paper_or_torchvision_has_it():
    """On the first 1x1, its 3x3 sees a quarter of the positions in three of four stages."""
    paper, other = describe("resnet50_paper").profile(), describe("resnet50").profile()
    assert paper.parameters == other.parameters
    assert round(paper.macs / 1e9, 1) == 3.9
    assert round(other.macs / 1e9, 2) == 4.09


def test_the_shallow_v1_leaves_out_five_blocks_of_14_x_14_x_512():
    whole, shallow = describe("v1").profile(), describe("v1_shallow").profile()
    block = 9 * 512 * 14**2 + 512 * 512 * 14**2
    assert whole.macs - shallow.macs == 5 * block
    assert (round(shallow.macs / 1e6), round(shallow.parameters / 1e6, 1)) == (307, 2.9)


def test_a_minimalistic_v3_has_3x3_kernels_and_no_gates():
    rows = describe("v3_large_minimalistic").profile().rows
    assert {row.op.kernel for row in rows if row.kind == "depthwise"} == {3}
    assert {row.op.name for row in rows if row.kind == "activation"} == {"relu"}
    assert not any(row.kind == "elementwise" for row in rows)


@pytest.mark.parametrize("name", zoo())
@pytest.mark.parametrize("alpha", [0.25, 1.5])
def test_alpha_makes_it_narrower_or_wider(name, alpha):
    scaled, whole = (describe(name, alpha=a).profile() for a in (alpha, 1.0))
    assert (scaled.macs > whole.macs) == (alpha > 1)
    assert scaled.output == whole.output


def test_a_resnet_that_is_mobilenet_ised_has_no_standard_convolution_left():
    separable = describe("resnet50-separable").profile()
    assert "standard" not in {row.kind for row in separable.rows}
    resnet = describe("resnet50").profile()
    standard = [row for row in resnet.rows if row.kind == "standard"]
    pairs = (
        row.op.kernel**2 * row.input.channels * row.output.area  # depthwise
        + row.input.channels * row.output.channels * row.output.area  # pointwise
        for row in standard
    )
    assert separable.macs == resnet.macs - sum(row.counts.macs for row in standard) + sum(pairs)


def test_the_mobilenets_are_of_the_zoo():
    assert {name.removesuffix("-standard") for name in MOBILENETS} <= {*zoo()}


def test_a_name_that_is_nearly_one_of_the_zoo_is_offered():
    with pytest.raises(UnknownName, match="Did you mean resnet50"):
        describe("resnet51")
