"""What is in memory: arithmetic written out, layer by layer."""

import pytest
import torch
from torch import nn

import mobilecalc
from mobilecalc.core.errors import BadOption
from mobilecalc.core.memory import uses
from mobilecalc.core.profile import Profile
from mobilecalc.core.units import BYTES
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.tracing.trace import trace
from mobilecalc.records import Activation, Chain, Concat, Conv, Depthwise, Norm, Residual
from mobilecalc.studies.memory import by_resolution, memory


def alive(body, **size):
    """What is in memory for each row that takes some."""
    found = uses(mobilecalc.profile(body, resolution=8, **size))
    return {use.row.path: (use.taken, use.given, use.waiting) for use in found}


def peak(model, dtype, **options):
    table = memory(mobilecalc.profile(model), dtype, **options)
    return table.total["layer"], table.total["alive"]


def test_a_line_has_what_a_layer_takes_and_gives():
    body = Chain.of(a=Conv(4, 3), norm=Norm(), act=Activation("relu"), b=Conv(2, 3, stride=2))
    assert alive(body) == {"a": (3 * 64, 4 * 64, 0), "b": (4 * 64, 2 * 16, 0)}


def test_a_residual_block_keeps_its_input_until_it_is_added():
    block = Residual(Chain.of(up=Conv(12, 1), act=Activation("relu"), down=Conv(4, 1)))
    assert alive(Chain.of(stem=Conv(4, 1), block=block)) == {
        "stem": (3 * 64, 4 * 64, 0),
        "block.up": (4 * 64, 12 * 64, 0),
        "block.down": (12 * 64, 4 * 64, 4 * 64),
    }


def test_what_is_read_later_is_not_written_over():
    """The activation has to leave the map whole that the residual connection reads."""
    block = Residual(Chain.of(act=Activation("relu"), conv=Conv(4, 3)))
    assert alive(Chain.of(stem=Conv(4, 1), block=block)) == {
        "stem": (3 * 64, 4 * 64, 0),
        "block.act": (4 * 64, 4 * 64, 0),
        "block.conv": (4 * 64, 4 * 64, 4 * 64),
    }


def test_branches_wait_for_each_other():
    body = Concat.of(a=Chain.of(conv=Conv(2, 1)), b=Chain.of(conv=Conv(5, 1)))
    assert alive(Chain.of(fork=body)) == {
        "fork.a.conv": (3 * 64, 2 * 64, 0),
        "fork.b.conv": (3 * 64, 5 * 64, 2 * 64),
        "fork.concat": (7 * 64, 7 * 64, 0),
    }


def test_halves_of_a_split_are_one_map():
    body = Concat.of(split=True, kept=Chain(()), new=Chain.of(conv=Conv(2, 1)))
    assert alive(Chain.of(stem=Conv(4, 1), halves=body)) == {
        "stem": (3 * 64, 4 * 64, 0),
        "halves.new.conv": (4 * 64, 2 * 64, 0),
        "halves.concat": (6 * 64, 4 * 64, 0),
    }


def test_the_peak_of_v1_is_its_first_pointwise_convolution():
    taken, given = 32 * 112**2, 64 * 112**2
    assert peak("v1", "int8") == ("peak: block1.pointwise.conv", taken + given)
    assert peak("v1", "fp32") == ("peak: block1.pointwise.conv", 4 * (taken + given))


def test_the_peak_of_v2_is_in_its_first_expansion_unless_that_is_split():
    assert peak("v2", "fp16") == ("peak: block2.depthwise.conv", 2 * 96 * (112**2 + 56**2))
    one_channel = 112**2
    assert peak("v2", "fp16", split=True) == (
        "peak: block1.project.conv",
        2 * (32 * 112**2 + 16 * 112**2 + one_channel),
    )


def test_pairs_in_a_line_are_split_one_by_one():
    """As in MobileNet V1: what a pointwise convolution gives is whole before the next pair."""
    pair = Chain.of(depthwise=Depthwise(3), pointwise=Conv(6, 1))
    found = uses(mobilecalc.profile(Chain.of(one=pair, two=pair), resolution=8), split=True)
    assert [(u.row.path, u.taken, u.given, u.inner) for u in found] == [
        ("one.pointwise", 3 * 64, 6 * 64, 64),
        ("two.pointwise", 6 * 64, 6 * 64, 64),
    ]


def test_a_split_block_has_a_channel_of_each_inner_map():
    block = Chain.of(
        expand=Conv(24, 1),
        act=Activation("relu"),
        depthwise=Depthwise(3, stride=2),
        project=Conv(5, 1),
    )
    (use,) = uses(mobilecalc.profile(block, resolution=8), split=True)
    assert use.row.path == "project"
    assert (use.taken, use.given, use.inner) == (3 * 64, 5 * 16, 64 + 16)


def test_what_someone_else_reads_is_not_split():
    forked = Chain.of(
        expand=Conv(24, 1),
        fork=Residual(Chain.of(depthwise=Depthwise(3), project=Conv(24, 1))),
    )
    paths = [use.row.path for use in uses(mobilecalc.profile(forked, resolution=8), split=True)]
    assert paths == ["expand", "fork.project"]


@pytest.mark.parametrize(
    ("model", "sides"),
    [
        # Table 3 of arXiv:1801.04381, MobileNetV1: channels at each resolution.
        ("v1", {"112x112": 64, "56x56": 128, "28x28": 256, "14x14": 512, "7x7": 1024, "1x1": 1024}),
        ("v2", {"112x112": 32, "56x56": 24, "28x28": 32, "14x14": 96, "7x7": 1280, "1x1": 1280}),
    ],
)
def test_the_largest_output_at_each_resolution(model, sides):
    table = by_resolution(mobilecalc.profile(model), "fp16", split=True)
    found = {row["resolution"]: (row["channels"], row["bytes"]) for row in table.rows}
    area = {side: int(side.partition("x")[0]) ** 2 for side in sides}
    assert found == {side: (n, 2 * n * area[side]) for side, n in sides.items()}


@pytest.mark.parametrize("model", ["v2", "shufflenet_v2", "googlenet", "v3_small", "ghostnet"])
def test_a_traced_module_needs_what_its_description_does(model):
    network = mobilecalc.describe(model)
    module = mobilecalc.build(network, device="meta")
    traced = trace(module, Inputs.of((TensorSpec((1, *network.input)),)))
    assert uses(traced) == uses(network.profile())
    assert uses(traced, split=True) == uses(network.profile(), split=True)


def test_a_module_of_one_s_own():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(8, 32), nn.Linear(32, 8)

        def forward(self, x):
            return x + self.b(self.a(x).relu())

    found = uses(trace(Net(), Inputs((torch.zeros(1, 8),))))
    assert [(u.row.path, u.taken, u.given, u.waiting) for u in found] == [
        ("a", 8, 32, 0),
        ("b", 32, 8, 8),
    ]


def test_weights_stand_beside_the_activations():
    table = memory(mobilecalc.profile("v1"), "int8")
    assert table.total["weights"] == 4_231_976
    assert {BYTES[dtype] for dtype in ("int8", "fp16", "fp32")} == {1, 2, 4}


@pytest.mark.parametrize("model", ["v1", "v2", "v3_small", "googlenet"])
@pytest.mark.parametrize("split", [False, True])
def test_the_weights_add_up_to_those_of_the_network(model, split):
    table = memory(mobilecalc.profile(model), "int8", split=split)
    assert sum(table.column("weights")) == table.total["weights"]


def test_every_result_is_there_until_the_end():
    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(8, 32), nn.Linear(8, 4)

        def forward(self, x):
            return self.a(x), self.b(x)

    first, second = uses(trace(Net(), Inputs((torch.zeros(1, 8),))))
    assert (first.taken, first.given, first.waiting) == (8, 32, 0)
    assert (second.taken, second.given, second.waiting) == (8, 4, 32)


def test_a_profile_without_its_flow_of_data_is_refused():
    whole = mobilecalc.profile("v1")
    without = Profile(whole.name, whole.input, whole.rows)
    with pytest.raises(BadOption, match=r"What is in memory when v1 runs is not known"):
        uses(without)


def test_a_view_is_the_memory_that_it_is_a_view_of():
    class Net(nn.Module):
        def forward(self, x):
            return x.unflatten(1, (2, 4)).transpose(1, 2).contiguous().sum(1)

    found = uses(trace(Net(), Inputs((torch.zeros(1, 8),))))
    assert [(u.row.path, u.taken, u.given) for u in found] == [("contiguous", 8, 8), ("sum", 8, 2)]
