"""The networks of the comparison tables: each against its reference implementation, and itself."""

import re

import pytest
from torch import nn
from torchvision import models

from mobilecalc import build, describe
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.ops import Linear
from mobilecalc.core.rounding import V2_RULES
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import walk
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.load import load
from mobilecalc.modules.tracing.trace import trace
from mobilecalc.networks import MOBILENETS, zoo
from mobilecalc.networks.families.ssd import BACKBONES, ssd

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
    "mnasnet_a1": "semnasnet_100",
    "mnasnet_small": "mnasnet_small",
}
AT_ALPHA = {
    ("v2", 1.4): "timm:mobilenetv2_140",
    ("v3_large", 0.75): "timm:mobilenetv3_large_075",
    ("v3_small", 0.75): "timm:mobilenetv3_small_075",
    ("v4_conv_small", 0.5): "timm:mobilenetv4_conv_small_050",
    ("ghostnet", 1.3): "timm:ghostnet_130",
    ("mnasnet_a1", 0.75): "timm:semnasnet_075",
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
    assert {name for name in without if not re.match("shufflenet_v1_g|.*_ssd", name)} == {
        "v1_shallow",
        "v3_large_minimalistic",
        "v3_small_minimalistic",
        "resnet50_paper",
        "resnet101_paper",
        "resnet152_paper",
        "googlenet_paper",
        "alexnet_paper",
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


def test_the_two_devices_of_alexnet_see_half_of_the_channels():
    """In the second, fourth and fifth convolution (NIPS 2012, Figure 2)."""
    profile = describe("alexnet_paper").profile()
    weights = {row.path: row.counts.weights for row in profile.rows if row.counts.weights}
    assert list(weights.values()) == [
        11 * 11 * 3 * 96,
        5 * 5 * 48 * 256,
        3 * 3 * 256 * 384,
        3 * 3 * 192 * 384,
        3 * 3 * 192 * 256,
        6 * 6 * 256 * 4096,
        4096 * 4096,
        4096 * 1000,
    ]
    maps = [row.output[1:] for row in profile.rows if row.path.endswith("conv")]
    assert maps == [(55, 55), (27, 27), (13, 13), (13, 13), (13, 13)]


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


class Detector(nn.Module):
    """torchvision's, without what makes its inputs and reads its outputs."""

    def __init__(self, model):
        super().__init__()
        self.backbone, self.head = model.backbone, model.head

    def forward(self, x):
        return self.head([*self.backbone(x).values()])


@pytest.mark.parametrize(
    ("model", "lite", "reference"),
    [
        ("v3_large_reduced", True, "ssdlite320_mobilenet_v3_large"),
    ],
)
def test_a_detector_costs_what_torchvision_s_does(model, lite, reference):
    """With 90 classes, and 6 boxes on the first map too."""
    _, backbone = BACKBONES[model]
    body = ssd(1.0, 90, V2_RULES, backbone=backbone, lite=lite, boxes=(6,) * 6)
    rows = walk(body, Shape(3, 320, 320), V2_RULES)
    built = models.get_model(reference, weights=None, weights_backbone=None)
    traced = trace(Detector(built), Inputs.of((TensorSpec((1, 3, 320, 320)),)))
    assert sum(row.counts.macs for row in rows) == traced.macs
    parameters = sum(p.numel() for p in built.parameters())
    assert sum(row.counts.parameters for row in rows) == parameters == 3440060  # as printed there


def test_the_head_of_an_ssd_has_six_maps_of_half_the_side_each():
    rows = describe("v2_ssd").profile().rows
    maps = [row.input for row in rows if row.path.endswith("labels.conv")]
    assert maps == [
        Shape(576, 20, 20),
        Shape(1280, 10, 10),
        Shape(512, 5, 5),
        Shape(256, 3, 3),
        Shape(256, 2, 2),
        Shape(128, 1, 1),
    ]
    places = 3 * 20**2 + 6 * (10**2 + 5**2 + 3**2 + 2**2 + 1)
    assert rows[-1].output == Shape(places * (81 + 4))


def test_a_detector_s_classes_and_resolution_are_its_authors_unless_given():
    assert describe("v2_ssdlite").settings[:3] == (1.0, 320, 80)
    assert describe("v2_ssdlite", classes=20).settings.classes == 20


def test_ssdlite_is_ssd_with_separable_pairs():
    """Of the head; the backbone's first convolution becomes a pair too."""
    separable, lite = describe("v2_ssd-separable").profile(), describe("v2_ssdlite").profile()
    of_heads = [
        {row.path: row.counts.macs for row in profile.rows if "detect" in row.path}
        for profile in (separable, lite)
    ]
    assert sum(of_heads[0].values()) == sum(of_heads[1].values())


def test_the_mobilenets_are_of_the_zoo():
    assert {name.removesuffix("-standard") for name in MOBILENETS} <= {*zoo()}


def test_a_name_that_is_nearly_one_of_the_zoo_is_offered():
    with pytest.raises(UnknownName, match="Did you mean resnet50"):
        describe("resnet51")
