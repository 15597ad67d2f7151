"""Any module as rows: the formulas against arithmetic, torch's own counter and its real kernels."""

import gc
import io
import random

import numpy
import pytest
import torch
from support.training import training_flops
from torch import nn
from torch.nn import functional
from torch.utils.flop_counter import FlopCounterMode

from mobilecalc import build, describe
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption, UnknownName, Untraceable
from mobilecalc.core.ops import Depthwise, Flatten, Linear
from mobilecalc.core.shape import Shape
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.tracing.trace import ATTEMPTS, trace
from mobilecalc.networks import MOBILENETS

IMAGE = (1, 3, 224, 224)


def inputs(*shapes, dtype="float32"):
    return Inputs.of(tuple(TensorSpec(shape, dtype) for shape in shapes))


def profile(module, *shapes, dtype="float32", **options):
    return trace(module, inputs(*shapes, dtype=dtype), name="net", **options)


class Call(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


# The description and the trace prove each other.

SETTINGS = [(1.0, 224, 1000), (0.35, 97, 10), (1.4, 160, 1), (0.25, 32, 7)]


@pytest.mark.parametrize("model", [*MOBILENETS, "v1-standard-separable", "v2-separable"])
@pytest.mark.parametrize(("alpha", "resolution", "classes"), SETTINGS)
def test_the_trace_of_the_built_module_has_the_rows_of_the_description(
    model, alpha, resolution, classes
):
    network = describe(model, alpha=alpha, resolution=resolution, classes=classes)
    traced = profile(build(network, device="meta"), (1, *network.input))
    assert traced.rows == network.profile().rows
    assert traced.breaks == frozenset()


# Each operation, with the arithmetic written out.

CASES = {
    "conv": (nn.Conv2d(6, 10, 3, padding=1), [(1, 6, 8, 8)], 9 * 6 * 10 * 64),
    "stride": (nn.Conv2d(6, 10, 3, 2, 1), [(1, 6, 9, 7)], 9 * 6 * 10 * 5 * 4),
    "batch of 5": (nn.Conv2d(6, 10, 3, padding=1), [(5, 6, 8, 8)], 5 * 9 * 6 * 10 * 64),
    "no batch": (nn.Conv2d(6, 10, 3, padding=1), [(6, 8, 8)], 9 * 6 * 10 * 64),
    "grouped": (nn.Conv2d(6, 10, 3, groups=2), [(1, 6, 8, 8)], 9 * 3 * 10 * 36),
    "depthwise": (nn.Conv2d(6, 6, 5, groups=6), [(1, 6, 8, 8)], 25 * 6 * 16),
    "multiplier": (nn.Conv2d(6, 12, 3, groups=6), [(1, 6, 8, 8)], 9 * 12 * 36),
    "dilated": (nn.Conv2d(2, 3, 3, dilation=3), [(1, 2, 8, 8)], 9 * 2 * 3 * 2 * 2),
    "1 x 7": (nn.Conv2d(2, 3, (1, 7), padding=(0, 3)), [(1, 2, 8, 8)], 7 * 2 * 3 * 64),
    "same, as text": (nn.Conv2d(2, 3, 4, padding="same"), [(1, 2, 8, 8)], 16 * 2 * 3 * 64),
    "signal": (nn.Conv1d(2, 3, 5), [(1, 2, 20)], 5 * 2 * 3 * 16),
    "volume": (nn.Conv3d(2, 3, 3), [(1, 2, 5, 6, 7)], 27 * 2 * 3 * 3 * 4 * 5),
    "transposed": (nn.ConvTranspose2d(4, 6, 2, 2), [(1, 4, 5, 5)], 4 * 4 * 6 * 25),
    "transposed, grouped": (
        nn.ConvTranspose2d(4, 6, 3, 2, 1, 1, groups=2),
        [(1, 4, 5, 5)],
        9 * 2 * 6 * 25,
    ),
    "transposed signal": (nn.ConvTranspose1d(4, 6, 3), [(1, 4, 5)], 3 * 4 * 6 * 5),
    "transposed volume": (nn.ConvTranspose3d(4, 6, 2, 2), [(1, 4, 2, 2, 2)], 8 * 4 * 6 * 8),
    "linear": (nn.Linear(7, 5), [(1, 7)], 35),
    "linear at 3 x 4 places": (nn.Linear(7, 5), [(3, 4, 7)], 12 * 35),
    "linear of a vector": (nn.Linear(7, 5), [(7,)], 35),
    "addbmm": (Call(torch.addbmm), [(3, 5), (2, 3, 4), (2, 4, 5)], 120),
    "mm": (Call(torch.mm), [(3, 4), (4, 5)], 60),
    "bmm": (Call(torch.bmm), [(2, 3, 4), (2, 4, 5)], 120),
    "addmm": (Call(torch.addmm), [(3, 5), (3, 4), (4, 5)], 60),
    "baddbmm": (Call(torch.baddbmm), [(2, 3, 5), (2, 3, 4), (2, 4, 5)], 120),
    "matmul": (Call(torch.matmul), [(6, 1, 3, 4), (2, 4, 5)], 6 * 2 * 60),
    "matmul with a vector": (Call(torch.matmul), [(6, 3, 4), (4,)], 72),
    "mv": (Call(torch.mv), [(3, 4), (4,)], 12),
    "dot": (Call(torch.dot), [(9,), (9,)], 9),
    "einsum": (
        Call(lambda a, b: torch.einsum("bhqd,bhkd->bhqk", a, b)),
        [(2, 3, 5, 4), (2, 3, 7, 4)],
        2 * 3 * 5 * 7 * 4,
    ),
    "attention": (
        Call(functional.scaled_dot_product_attention),
        [(2, 3, 5, 8), (2, 3, 7, 8), (2, 3, 7, 6)],
        2 * 3 * 5 * 7 * (8 + 6),
    ),
    "grouped-query attention": (
        Call(lambda q, k: functional.scaled_dot_product_attention(q, k, k, enable_gqa=True)),
        [(1, 6, 5, 8), (1, 2, 5, 8)],
        6 * 5 * 5 * 16,
    ),
    "lstm": (nn.LSTM(5, 7), [(4, 1, 5)], 4 * 4 * 7 * (5 + 7)),
    "lstm, deep, both ways": (
        nn.LSTM(5, 7, 2, bidirectional=True, batch_first=True),
        [(3, 4, 5)],
        3 * 4 * 2 * 4 * 7 * ((5 + 7) + (14 + 7)),
    ),
    "lstm, projected": (nn.LSTM(5, 7, proj_size=3), [(4, 1, 5)], 4 * (4 * 7 * (5 + 3) + 7 * 3)),
    "gru": (nn.GRU(5, 7), [(4, 1, 5)], 4 * 3 * 7 * (5 + 7)),
    "rnn": (nn.RNN(5, 7), [(4, 1, 5)], 4 * 7 * (5 + 7)),
    "lstm cell": (nn.LSTMCell(5, 7), [(1, 5)], 4 * 7 * (5 + 7)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_the_multiply_accumulates_of_an_operation(case, device):
    module, shapes, macs = CASES[case]
    traced = profile(module, *shapes, device=device)
    assert traced.macs == macs
    assert traced.parameters == sum(p.numel() for p in module.parameters())
    assert traced.uncounted == ()


@pytest.mark.parametrize("case", CASES)
@pytest.mark.filterwarnings("ignore::UserWarning")
def test_the_training_step_of_an_operation_costs_what_torch_counts(case):
    module, shapes, _ = CASES[case]
    given = [torch.zeros(shape, requires_grad=True) for shape in shapes]
    counts = trace(module, Inputs(tuple(given)), train=True).counts
    assert 2 * counts.training_macs == training_flops(module, *given)
    is_of_a_number = case == "dot"  # whose gradients scale a vector
    assert (counts.input_gradient_macs == 0) is is_of_a_number


def test_attention_s_fused_path_costs_what_the_plain_one_does():
    module = nn.MultiheadAttention(12, 3, batch_first=True)
    net = nn.Module()
    net.add_module("attention", module)
    net.forward = lambda x: module(x, x, x, need_weights=False)[0]
    tokens = 5
    macs = tokens * 12 * 36 + 3 * tokens * tokens * (4 + 4) + tokens * 12 * 12
    fused, plain = (profile(net, (1, 5, 12), device=device) for device in ("cpu", "meta"))
    assert fused.macs == plain.macs == macs
    assert fused.parameters == plain.parameters == 4 * (12 * 12 + 12)
    assert {row.op for row in fused.rows if row.kind == "linear"} == {Linear(36), Linear(12)}


@pytest.mark.parametrize("norm_first", [False, True])
def test_an_encoder_layer_s_fused_path_costs_what_the_plain_one_does(norm_first):
    layer = nn.TransformerEncoderLayer(12, 3, 20, batch_first=True, norm_first=norm_first)
    fused, plain = (profile(layer, (2, 5, 12), device=device) for device in ("cpu", "meta"))
    of_attention = 5 * 12 * 36 + 3 * 5 * 5 * 8 + 5 * 12 * 12
    assert fused.macs == plain.macs == 2 * (of_attention + 2 * 5 * 12 * 20)
    for fact in ("sample_norm_elements", "residual_adds", "activation_elements", "weights"):
        assert getattr(fused.counts, fact) == getattr(plain.counts, fact), fact


FACTS = [
    (nn.BatchNorm2d(3), IMAGE, Counts(norm_elements=150528, norm_parameters=6, norm_buffers=6)),
    (nn.BatchNorm1d(8, affine=False), (4, 8), Counts(norm_elements=32, norm_buffers=16)),
    (nn.LayerNorm(8), (1, 5, 8), Counts(sample_norm_elements=40, norm_parameters=16)),
    (nn.LayerNorm((5, 8)), (1, 5, 8), Counts(sample_norm_elements=40, norm_parameters=80)),
    (nn.RMSNorm(8), (1, 5, 8), Counts(sample_norm_elements=40, norm_parameters=8)),
    (nn.GroupNorm(2, 8), (1, 8, 3, 3), Counts(sample_norm_elements=72, norm_parameters=16)),
    (nn.InstanceNorm2d(8), (1, 8, 3, 3), Counts(sample_norm_elements=72)),
    (nn.Hardswish(), (1, 8, 3, 3), Counts(activation_elements=72)),
    (nn.PReLU(8), (1, 8, 3, 3), Counts(activation_elements=72, other_parameters=8)),
    (nn.GLU(1), (1, 8, 3, 3), Counts(activation_elements=36)),
    (nn.Softmax(-1), (1, 5, 8), Counts(softmax_elements=40)),
    (nn.MaxPool2d(3, 2), (1, 8, 9, 9), Counts(window_pool_inputs=648)),
    (nn.AvgPool1d(3), (1, 8, 9), Counts(window_pool_inputs=72, average_window_outputs=24)),
    (nn.AdaptiveMaxPool2d(2), (1, 8, 9, 9), Counts(window_pool_inputs=648)),
    (
        nn.AdaptiveAvgPool2d(2),
        (1, 8, 9, 9),
        Counts(pool_inputs=648, pool_outputs=32, module_pool_elements=680),
    ),
    (
        Call(lambda x: functional.adaptive_avg_pool2d(x, 1)),
        (1, 8, 9, 9),
        Counts(pool_inputs=648, pool_outputs=8),
    ),
    (nn.Upsample(scale_factor=2), (1, 2, 3, 3), Counts(upsample_reads=72)),
    (
        nn.Upsample(scale_factor=2, mode="bilinear"),
        (1, 2, 3, 3),
        Counts(upsample_reads=4 * 72),
    ),
    (nn.Upsample((5, 5), mode="bicubic"), (1, 2, 3, 3), Counts(upsample_reads=16 * 50)),
    (Call(lambda x: x + x.relu()), (1, 2, 3), Counts(activation_elements=6, residual_adds=6)),
    (Call(lambda x: x * 2 + 1), (1, 2, 3), Counts(elementwise=12, element_products=6)),
    (Call(lambda x: x.mean((1, 2))), (4, 2, 3), Counts(reduced_elements=24)),
    (Call(lambda x: x.amax(-1)), (4, 2, 3), Counts(reduced_elements=24)),
    (Call(torch.fft.fft), (1, 8), Counts(fourier_points=8 * 3)),
    (Call(torch.fft.rfft2), (1, 8, 5), Counts(fourier_points=40 * (3 + 3))),
    (Call(lambda x: x.reshape(2, -1).t().contiguous()[1:]), (4, 2, 3), Counts()),
    (nn.Dropout(), (4, 2, 3), Counts()),
    (nn.PixelShuffle(2), (1, 4, 3, 3), Counts()),
]


@pytest.mark.parametrize(("module", "shape", "counts"), FACTS, ids=lambda v: str(v)[:40])
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_the_facts_of_an_operation(module, shape, counts, device):
    assert profile(module, shape, device=device).counts == counts


def test_an_embedding_has_weights_and_no_arithmetic():
    traced = profile(nn.Embedding(100, 8), (1, 5), dtype="int64")
    assert traced.counts == Counts(weights=800)
    assert traced.rows[0].output == Shape(5, 8)


# torch's own counter, on what it counts rightly.

ORACLES = ("resnet18", "vgg11", "densenet121", "googlenet", "shufflenet_v2_x1_0", "convnext_tiny")


@pytest.mark.parametrize("name", ORACLES)
def test_torch_counts_as_many_operations(name):
    from torchvision import models

    with torch.device("meta"):
        module = models.get_model(name, weights=None).eval()
        image = torch.empty(IMAGE)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(image)
    assert 2 * profile(module, IMAGE).macs == counter.get_total_flops()


RUN = ("resnet18", "mobilenet_v3_small", "googlenet", "squeezenet1_1", "convnext_tiny", "swin_t")


@pytest.mark.parametrize("name", RUN)
def test_without_running_the_rows_are_those_of_real_kernels(name):
    from torchvision import models

    with torch.device("meta"):
        module = models.get_model(name, weights=None)
    assert profile(module, IMAGE).rows == profile(module, IMAGE, device="cpu").rows


# Places.


class Shared(nn.Module):
    def __init__(self):
        super().__init__()
        self.table = nn.Embedding(50, 8)
        self.block = nn.Sequential(nn.Linear(8, 8), nn.ReLU())
        self.spare = nn.Linear(3, 3)

    def forward(self, tokens):
        x = self.table(tokens)
        x = self.block(self.block(x)) + x
        x = x + 1
        return functional.linear(x, self.table.weight)


def test_functions_stand_under_the_module_that_calls_them_and_repeats_are_counted_again():
    rows = profile(Shared(), (1, 4), dtype="int64").rows
    assert [(row.path, row.counts.macs, row.counts.weights) for row in rows] == [
        ("table", 0, 400),
        ("block.0", 4 * 64, 64),
        ("block.1", 0, 0),
        ("block.0", 4 * 64, 0),
        ("block.1", 0, 0),
        ("add", 0, 0),
        ("add_1", 0, 0),
        ("linear", 4 * 8 * 50, 0),
        ("spare", 0, 0),
    ]


def test_parameters_that_nothing_uses_are_counted_in_a_row_of_their_own():
    traced = profile(Shared(), (1, 4), dtype="int64")
    assert traced.rows[-1].kind == "unused"
    assert traced.rows[-1].counts == Counts(other_parameters=3 * 3 + 3)
    assert traced.parameters == sum(p.numel() for p in Shared().parameters())


class Tokens(nn.Module):
    def __init__(self):
        super().__init__()
        self.token = nn.Parameter(torch.zeros(1, 1, 8))
        self.scale = nn.Parameter(torch.ones(8))
        self.weight = nn.Parameter(torch.zeros(8, 8))

    def forward(self, x):
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) * self.scale
        weight = self.weight / self.weight.norm()
        return functional.linear(x, weight)


def test_a_parameter_is_charged_where_it_first_meets_the_input():
    rows = {row.path: row.counts for row in profile(Tokens(), (1, 3, 8)).rows}
    assert rows["cat"].other_parameters == 8
    assert rows["mul"].other_parameters == 8
    assert (rows["linear"].weights, rows["linear"].other_parameters) == (64, 0)


def test_what_a_hook_computes_is_counted_where_it_is_called():
    net = nn.Sequential(nn.Linear(3, 4))
    net[0].register_forward_hook(lambda module, args, output: output @ torch.eye(4))
    net.register_forward_hook(lambda module, args, output: output * 2)
    assert [row.path for row in profile(net, (1, 3)).rows] == ["0", "matmul", "mul"]


def test_a_view_to_one_axis_is_a_flatten():
    net = nn.Sequential(nn.Conv2d(3, 4, 1), nn.Flatten(), nn.Linear(4 * 25, 2))
    row = profile(net, (1, 3, 5, 5)).rows[1]
    assert (row.op, row.input, row.output) == (Flatten(), Shape(4, 5, 5), Shape(100))


def test_a_row_that_does_not_take_what_the_one_before_gives_breaks_the_chain():
    class Parallel(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Conv2d(3, 3, 3, groups=3), nn.Conv2d(3, 3, 1)

        def forward(self, x):
            return self.a(x), self.b(x)

    traced = profile(Parallel(), (1, 3, 5, 5))
    assert isinstance(traced.rows[0].op, Depthwise)
    assert traced.breaks == {1}


# What is not counted.


def test_an_operation_without_a_formula_is_a_row_with_its_elements():
    traced = profile(Call(lambda x: torch.cumsum(x, 1).sort().values), (1, 4, 5))
    assert [(row.path, row.op.name, row.output) for row in traced.uncounted] == [
        ("cumsum", "cumsum", Shape(4, 5)),
        ("sort", "sort", Shape(4, 5)),
    ]


# Branches on data.


class Branch(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(4, 4)

    def forward(self, x):
        return self.layer(x) if x.sum().item() <= 0 else self.layer(self.layer(x))


def test_a_module_that_asks_for_values_is_counted_on_the_cpu_and_a_note_says_so():
    traced = profile(Branch(), (1, 4))
    assert traced.macs == 16
    assert "was run on the CPU, with zeros for inputs and weights" in traced.warnings[0]
    assert profile(nn.Linear(4, 4), (1, 4)).warnings == ()
    of_values = trace(Branch(), Inputs((torch.ones(1, 4),)))
    assert "was run on the CPU, with zeros for weights" in of_values.warnings[0]


def test_a_forward_pass_that_raises_is_told_with_what_it_says():
    told = r"(?s)of net raises on 1x5 float32.*5 columns.*Give an input that fits"
    with pytest.raises(Untraceable, match=told):
        profile(nn.Linear(4, 4), (1, 5))
    with pytest.raises(Untraceable, match=r"of 3 channels cannot take an input of \(1, 4, 8, 8\)"):
        profile(nn.Conv2d(3, 4, 3), (1, 4, 8, 8))
    with pytest.raises(Untraceable, match="input of float32 does not fit weights of bfloat16"):
        profile(nn.Linear(4, 4).bfloat16(), (1, 4))
    with pytest.raises(Untraceable, match="too small"):
        profile(nn.Conv2d(3, 4, 3), (1, 3, 2, 2))
    with pytest.raises(Untraceable, match=r"TypeError: .*missing 1 required positional argument"):
        profile(nn.Bilinear(3, 4, 5), (1, 3))


# The module is left as it was.


class Restless(nn.Module):
    """Changes what it can reach whenever it runs; raises if asked to."""

    def __init__(self, raises=False):
        super().__init__()
        self.norm = nn.BatchNorm1d(4)
        self.layer = nn.Linear(4, 4)
        self.register_buffer("calls", torch.zeros(()))
        self.seen, self.raises = [], raises
        self.layer.weight.requires_grad_(False)
        self.layer.register_forward_hook(lambda *_: None)

    def forward(self, x):
        self.calls = self.calls + 1
        self.norm.running_mean += 1
        self.seen = [x]
        self.extra = nn.Linear(4, 4)
        self.layer.weight.requires_grad_(True)
        self.layer.register_forward_hook(lambda *_: None)
        self.layer._forward_hooks.popitem(last=False)
        self.norm.train()
        torch.rand(3), random.random(), numpy.random.rand()
        functional.relu = functional.gelu
        x = self.layer(self.norm(x))
        if self.raises:
            raise ValueError("on purpose")
        return x


def state(module):
    return (
        [(name, part.training, type(part)) for name, part in module.named_modules()],
        {name: tensor.clone() for name, tensor in module.state_dict().items()},
        [(name, id(p), p.requires_grad, dict(vars(p))) for name, p in module.named_parameters()],
        [list(part._forward_hooks.items()) for part in module.modules()],
        [sorted(vars(part)) for part in module.modules()],
        list(module.seen),
        functional.relu,
        (torch.is_grad_enabled(), torch.is_inference_mode_enabled(), gc.isenabled()),
        vars(torch.autograd.Function)["apply"],
        (torch.get_rng_state().tolist(), random.getstate(), numpy.random.get_state()[1].tolist()),
    )


@pytest.mark.parametrize("raises", [False, True])
@pytest.mark.parametrize("training", [False, True])
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("train", [False, True])
def test_the_module_and_torch_are_left_as_they_were(raises, training, device, train):
    module = Restless(raises).train(training)
    before = state(module)
    if raises:
        with pytest.raises(Untraceable, match="ValueError: on purpose"):
            profile(module, (2, 4), device=device, train=train)
    else:
        profile(module, (2, 4), device=device, train=train)
    after = state(module)
    assert all(torch.equal(before[1][name], after[1][name]) for name in before[1] | after[1])
    assert before[:1] + before[2:] == after[:1] + after[2:]


@pytest.mark.parametrize(
    "make", [torch.jit.script, lambda m: torch.jit.trace(m, torch.zeros(1, 4))]
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_torchscript_module_keeps_its_weights(make):
    module = make(nn.Sequential(nn.Linear(4, 3), nn.BatchNorm1d(3)).eval())
    before = module(torch.ones(1, 4))
    assert profile(module, (1, 4)).macs == 12
    assert torch.equal(module(torch.ones(1, 4)), before)


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_a_trace_leaves_nothing_on_the_tensors_it_met(device, train):
    class Keeping(nn.Module):
        def __init__(self):
            super().__init__()
            self.mask, self.layer = torch.ones(4), nn.Linear(4, 4)
            self.saved = {}

        def forward(self, x):
            state = io.BytesIO()
            torch.save(self.state_dict(), state)
            kept.append(state.getvalue())
            kept.append(self.layer(x * self.mask.float()))
            return kept[-1]

    kept, module = [], Keeping()
    profile(module, (2, 4), device=device, train=train)
    tensors = [*module.parameters(), module.mask, *kept[1::2]]
    assert [vars(tensor) for tensor in tensors] == [{}] * len(tensors)
    whole = io.BytesIO()
    torch.save(module.mask, whole)
    for data in (whole.getvalue(), *kept[::2]):
        assert b"mobilecalc" not in data
        torch.load(io.BytesIO(data), weights_only=True, map_location="meta")


def test_lists_that_a_forward_pass_fills_are_emptied_again():
    class Keeping(nn.Module):
        def __init__(self):
            super().__init__()
            self.kept, self.names = [1], {"a"}

        def forward(self, x):
            self.kept.append(x)
            self.names.add("b")
            return x

    module = Keeping()
    kept = module.kept
    profile(module, (1, 4))
    assert kept is module.kept
    assert (module.kept, module.names) == ([1], {"a"})


def test_a_lazy_module_is_refused_until_it_has_its_shapes():
    module = nn.Sequential(nn.LazyLinear(3))
    for device in ("meta", "cpu"):
        with pytest.raises(BadOption, match=r"lazy parameter without a shape: 0\.weight"):
            profile(module, (1, 4), device=device)
    module(torch.zeros(1, 4))
    assert profile(module, (1, 4)).macs == 12


def test_many_threads_may_trace_one_module():
    from concurrent.futures import ThreadPoolExecutor

    module = nn.Sequential(*(nn.Linear(4, 4) for _ in range(8)))
    with ThreadPoolExecutor(8) as pool:
        macs = list(pool.map(lambda _: profile(module, (1, 4)).macs, range(16)))
    assert macs == [8 * 16] * 16
    assert not any(p.is_meta for p in module.parameters())


def test_only_modules_are_traced_and_only_on_known_devices():
    with pytest.raises(BadOption, match="A str is no torch"):
        profile("net", (1, 4))
    with pytest.raises(UnknownName, match="no device named 'tpu'"):
        profile(nn.Linear(4, 4), (1, 4), device="tpu")
    assert profile(nn.Linear(4, 4), (1, 4), device=torch.device("cpu")).macs == 16


def test_a_normalised_weight_is_charged_to_its_layer():
    traced = profile(nn.utils.weight_norm(nn.Linear(4, 3)), (1, 4))
    assert traced.uncounted == ()
    assert (traced.macs, traced.counts.weights, traced.parameters) == (12, 12 + 3, 12 + 3 + 3)


def test_a_module_s_prints_and_warnings_are_kept_off_the_screen(capfd):
    def loud(x):
        print("printed")
        torch.tensor(x.shape[0])
        return x.relu()

    profile(Call(loud), (1, 3))
    assert capfd.readouterr() == ("", "")


def test_every_device_has_its_attempts():
    assert [a.device for a in ATTEMPTS["meta"]] == ["meta"] * 3 + ["cpu"] * 2
    assert [a.run for a in ATTEMPTS["meta"]] == [False, True, True, True, True]
    assert [a.autograd for a in ATTEMPTS["meta"]] == [False, False, True, False, True]
