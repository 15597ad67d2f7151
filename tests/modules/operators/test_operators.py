"""Operators of torch and of others: by their whole name, by what they are another name of."""

import pytest
import torch
from torch import nn
from torch.nn import functional

from mobilecalc.core.counts import Counts
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.operators.classification import plan_for
from mobilecalc.modules.tracing.trace import trace


class Call(nn.Module):
    """A function as a module."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, *args):
        return self.function(*args)


def traced(function, *sizes, **options):
    inputs = tuple(torch.rand(size) for size in sizes)
    return trace(Call(function), Inputs(inputs), name="net", **options)


# Operators of other namespaces.

TEXT = """
    relu clone add mm linear conv2d view reshape softmax mean sum detach alias to layer_norm
    scaled_dot_product_attention dropout cat mul transpose max_pool2d embedding
"""
NAMES = TEXT.split()
EXPLICIT = "CompositeExplicitAutograd"
LIBRARY = torch.library.Library("mobilecalc_tests", "DEF")


def product(x, y):
    return x @ y


for _name in NAMES:
    LIBRARY.define(f"{_name}(Tensor x, Tensor y) -> Tensor", tags=torch.Tag.pointwise)
    LIBRARY.impl(_name, product, EXPLICIT)
LIBRARY.define("window(Tensor(a) x) -> Tensor(a)")
LIBRARY.impl("window", lambda x: (x @ x, x[:])[1], EXPLICIT)
LIBRARY.define("add_(Tensor(a!) x, Tensor y) -> ()")
LIBRARY.impl("add_", lambda x, y: (x.copy_(x @ y), None)[1], EXPLICIT)
LIBRARY.define("table(int size) -> Tensor")
LIBRARY.impl("table", lambda size: torch.ones(size, size) @ torch.ones(size, size), EXPLICIT)
LIBRARY.define("shuffle(Tensor x) -> Tensor")
LIBRARY.impl("shuffle", lambda x: x.clone(), EXPLICIT)
LIBRARY.define("made_of(Tensor x, Tensor y) -> Tensor")
LIBRARY.impl("made_of", lambda x, y: (x @ y).relu() + 1, "CompositeImplicitAutograd")
OWN = torch.ops.mobilecalc_tests


@torch.library.custom_op("mobilecalc_tests::fake", mutates_args=())
def fake(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x @ y


@fake.register_fake
def _(x, y):
    return x.new_empty(x.shape[0], y.shape[1])


@torch.library.custom_op("mobilecalc_tests::no_fake", mutates_args=())
def no_fake(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return x @ y


@torch.library.custom_op("mobilecalc_tests::several", mutates_args=())
def several(xs: list[torch.Tensor]) -> list[torch.Tensor]:
    return [x @ x for x in xs]


def uncounted(profile):
    return [row.op.name for row in profile.uncounted]


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("name", NAMES)
def test_another_namespace_s_operator_is_uncounted_whatever_its_name(name, device):
    profile = traced(getattr(OWN, name), (4, 4), (4, 4), device=device)
    assert uncounted(profile) == [f"mobilecalc_tests::{name}"]
    assert profile.counts == Counts()


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (lambda x: OWN.window(x), "window"),
        (lambda x: (OWN.add_(x, x), x)[1], "add_"),
        (lambda x: (OWN.table(4), x)[1], "table"),
        (lambda x: (OWN.shuffle(torch.ones(4, dtype=torch.int64)), x)[1], "shuffle"),
        (lambda x: fake(x, x), "fake"),
        (lambda x: no_fake(x, x), "no_fake"),
        (lambda x: several([x, x])[1], "several"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_it_is_listed_whatever_it_takes_and_returns(function, name, device):
    assert uncounted(traced(function, (4, 4), device=device)) == [f"mobilecalc_tests::{name}"]


def test_an_operator_without_a_fake_kernel_is_run_on_the_cpu():
    profile = traced(lambda x: no_fake(x, x) @ x, (4, 4))
    assert profile.macs == 64
    assert "was run on the CPU" in profile.warnings[0]
    assert traced(lambda x: fake(x, x) @ x, (4, 4)).warnings == ()


def test_an_operator_that_is_made_of_others_is_those():
    rows = traced(OWN.made_of, (4, 4), (4, 4)).rows
    assert [(row.path, row.counts.macs) for row in rows] == [
        ("matmul", 64),
        ("relu", 0),
        ("add", 0),
    ]


@pytest.mark.filterwarnings("ignore")
def test_quantized_operators_are_not_those_of_floating_point():
    quantized = torch.ao.nn.quantized
    net = nn.Sequential(
        quantized.Quantize(0.1, 0, torch.quint8), quantized.Linear(4, 4), quantized.DeQuantize()
    )
    profile = trace(net, Inputs((torch.zeros(1, 4),)))
    assert "quantized::linear" in uncounted(profile)
    assert profile.macs == 0


def test_no_operator_of_another_namespace_is_known():
    known = {"aten", "prim", "prims", "profiler"}
    for name in torch._C._dispatch_get_all_op_names():
        namespace, _, rest = name.partition("::")
        packet, _, overload = rest.partition(".")
        if namespace in known or namespace.startswith("mobilecalc"):
            continue
        operator = getattr(getattr(getattr(torch.ops, namespace), packet), overload or "default")
        assert plan_for(operator).how in ("unknown", "decompose"), name


# Other names of the same operator: torch's documentation calls each an alias.

SQUARE = [(4, 4)]
PAIR = [(4, 4), (4, 4)]
VECTORS = [(4,), (4,)]
ALIASES = [
    *((getattr(torch, a), getattr(torch, b), SQUARE) for a, b in (
        ("absolute", "abs"), ("arccos", "acos"), ("arcsin", "asin"), ("arctan", "atan"),
        ("arcsinh", "asinh"), ("arctanh", "atanh"), ("negative", "neg"), ("fix", "trunc"),
        ("arccosh", "acosh"), ("det", "det"), ("inverse", "inverse"),
    )),
    *((getattr(torch, a), getattr(torch, b), PAIR) for a, b in (
        ("multiply", "mul"), ("subtract", "sub"), ("divide", "div"), ("true_divide", "div"),
        ("greater", "gt"), ("greater_equal", "ge"), ("less", "lt"), ("less_equal", "le"),
        ("not_equal", "ne"), ("arctan2", "atan2"),
    )),
    *((getattr(torch.special, a), getattr(torch, b), SQUARE) for a, b in (
        ("expit", "sigmoid"), ("erf", "erf"), ("exp2", "exp2"), ("expm1", "expm1"),
        ("log1p", "log1p"), ("round", "round"), ("psi", "digamma"), ("i0", "i0"),
    )),
    (torch.ger, torch.outer, VECTORS),
    (torch.linalg.matmul, torch.matmul, PAIR),
    (torch.linalg.det, torch.det, SQUARE),
    (torch.linalg.inv, torch.inverse, SQUARE),
    (torch.linalg.matrix_exp, torch.matrix_exp, SQUARE),
    (torch.linalg.diagonal, lambda x: torch.diagonal(x, dim1=-2, dim2=-1), SQUARE),
    (torch.Tensor.multiply_, torch.Tensor.mul_, PAIR),
    (torch.Tensor.subtract_, torch.Tensor.sub_, PAIR),
    (torch.Tensor.divide_, torch.Tensor.div_, PAIR),
    (torch.Tensor.absolute_, torch.Tensor.abs_, SQUARE),
    (torch.Tensor.adjoint, lambda x: x.mH, SQUARE),
    (lambda x: torch.clip(x, 0, 1), lambda x: torch.clamp(x, 0, 1), SQUARE),
    (lambda x: x.clip_(0, 1), lambda x: x.clamp_(0, 1), SQUARE),
    (lambda x, y: torch.concat([x, y]), lambda x, y: torch.cat([x, y]), PAIR),
    (lambda x, y: torch.concatenate([x, y]), lambda x, y: torch.cat([x, y]), PAIR),
    (lambda x, y: torch.row_stack([x, y]), lambda x, y: torch.vstack([x, y]), PAIR),
    (lambda x: torch.swapaxes(x, 0, 1), lambda x: torch.transpose(x, 0, 1), SQUARE),
    (lambda x: torch.swapdims(x, 0, 1), lambda x: torch.transpose(x, 0, 1), SQUARE),
    (lambda x: torch.moveaxis(x, 0, 1), lambda x: torch.movedim(x, 0, 1), SQUARE),
    (
        lambda x: torch.linalg.matrix_power(x, 3),
        lambda x: torch.matrix_power(x, 3),
        SQUARE,
    ),
    (
        lambda x, y: torch.chain_matmul(x, y, x),
        lambda x, y: torch.linalg.multi_dot([x, y, x]),
        PAIR,
    ),
    (
        lambda x: torch.special.softmax(x, 1),
        lambda x: torch.softmax(x, 1),
        SQUARE,
    ),
    (
        lambda x: torch.special.logsumexp(x, 1),
        lambda x: torch.logsumexp(x, 1),
        SQUARE,
    ),
    (torch.special.xlogy, torch.xlogy, PAIR),
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("index", range(len(ALIASES)))
def test_an_alias_has_the_rows_of_what_it_is_an_alias_of(index, device):
    alias, original, sizes = ALIASES[index]
    rows = traced(alias, *sizes, device=device).rows
    assert rows == traced(original, *sizes, device=device).rows
    assert rows or sizes is SQUARE


def test_products_of_elements_are_told_from_other_arithmetic():
    for function in (torch.mul, torch.multiply, torch.Tensor.multiply_, torch.Tensor.mul_):
        counts = traced(function, (4, 5), (4, 5)).counts
        assert counts == Counts(elementwise=20, element_products=20)


PRODUCTS = {
    "outer": (torch.outer, [(3,), (4,)], Counts(elementwise=12, element_products=12)),
    "addr": (torch.addr, [(3, 4), (3,), (4,)], Counts(elementwise=24, element_products=12)),
    "inner": (torch.inner, [(3, 5), (4, 5)], Counts(macs=60, product_macs=60)),
    "dot": (torch.dot, [(5,), (5,)], Counts(macs=5, product_macs=5)),
    "tensordot": (
        lambda x, y: torch.tensordot(x, y, 1),
        [(2, 3, 5), (5, 4)],
        Counts(macs=120, product_macs=120),
    ),
    "kron": (torch.kron, [(2, 3), (4, 5)], Counts(elementwise=120, element_products=120)),
    "baddbmm of a broadcast bias": (
        torch.baddbmm,
        [(1, 1, 5), (2, 3, 4), (2, 4, 5)],
        Counts(macs=120, product_macs=120),
    ),
    "addbmm": (torch.addbmm, [(1, 5), (2, 3, 4), (2, 4, 5)], Counts(macs=120, product_macs=120)),
    "addmv": (torch.addmv, [(3,), (3, 4), (4,)], Counts(macs=12, product_macs=12)),
    "a chain": (
        torch.chain_matmul,
        [(2, 3), (3, 4), (4, 5)],
        Counts(macs=24 + 40, product_macs=24 + 40),
    ),
    "matmul, both broadcast": (
        torch.matmul,
        [(2, 1, 3, 4), (5, 4, 6)],
        Counts(macs=10 * 72, product_macs=10 * 72),
    ),
    "einsum, broadcast": (
        lambda x, y: torch.einsum("...ij,...jk->...ik", x, y),
        [(1, 3, 2, 4), (5, 1, 4, 6)],
        Counts(macs=15 * 48, product_macs=15 * 48),
    ),
}


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("name", PRODUCTS)
def test_the_facts_of_products_in_all_their_forms(name, device):
    function, sizes, counts = PRODUCTS[name]
    assert traced(function, *sizes, device=device).counts == counts


@pytest.mark.parametrize("device", ["meta", "cpu"])
def test_products_of_eight_bit_integers_are_products(device):
    def multiply(x):
        x = x.to(torch.int8)
        return torch._int_mm(x, x)

    profile = traced(multiply, (32, 32), device=device)
    assert (profile.macs, profile.uncounted) == (32**3, ())


# Attention on what is broadcast.

ATTENTION = {
    # (queries, keys, values, options): 4 queries, 6 keys, 8 features a head.
    "one sample of queries": ((1, 3, 4, 8), (2, 3, 6, 8), (2, 3, 6, 8), {}, 2 * 3),
    "one sample of keys": ((2, 3, 4, 8), (1, 3, 6, 8), (1, 3, 6, 8), {}, 2 * 3),
    "one head of keys": ((2, 3, 4, 8), (2, 1, 6, 8), (2, 1, 6, 8), {}, 2 * 3),
    "one head of queries": ((2, 1, 4, 8), (2, 3, 6, 8), (2, 3, 6, 8), {}, 2 * 3),
    "samples and heads": ((1, 3, 4, 8), (2, 1, 6, 8), (2, 3, 6, 8), {}, 2 * 3),
    "fewer axes": ((3, 4, 8), (2, 3, 6, 8), (2, 3, 6, 8), {}, 2 * 3),
    "grouped heads": ((2, 6, 4, 8), (2, 2, 6, 8), (2, 2, 6, 8), {"enable_gqa": True}, 2 * 6),
    "grouped heads, one sample": (
        (1, 6, 4, 8),
        (2, 2, 6, 8),
        (2, 2, 6, 8),
        {"enable_gqa": True},
        2 * 6,
    ),
}


@pytest.mark.parametrize("train", [False, True])
@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("case", ATTENTION)
def test_attention_on_what_is_broadcast(case, device, train):
    *sizes, options, stacks = ATTENTION[case]

    def attend(q, k, v):
        return functional.scaled_dot_product_attention(q, k, v, **options)

    profile = traced(attend, *sizes, device=device, train=train)
    assert profile.counts.attention_macs == profile.macs == stacks * 4 * 6 * (8 + 8)
    result = attend(*map(torch.rand, sizes))
    assert profile.rows[0].output == result.shape


def test_values_or_a_mask_that_are_broadcast_more_than_the_scores_add_to_one_product_alone():
    def attend(q, k, v):
        return functional.scaled_dot_product_attention(q, k, v)

    scores, mixed = 3 * 4 * 6 * 8, 2 * 3 * 4 * 6 * 8
    assert traced(attend, (1, 3, 4, 8), (1, 3, 6, 8), (2, 3, 6, 8)).macs == scores + mixed

    def masked(q, k, mask):
        return functional.scaled_dot_product_attention(q, k, k, attn_mask=mask)

    assert traced(masked, (1, 3, 4, 8), (1, 3, 6, 8), (2, 1, 4, 6)).macs == scores + mixed


@pytest.mark.parametrize("device", ["meta", "cpu"])
@pytest.mark.parametrize("corner", ["upper_left", "lower_right"])
def test_attention_with_a_causal_bias(corner, device):
    from torch.nn.attention import bias

    make = getattr(bias, f"causal_{corner}")

    def attend(q, k):
        return functional.scaled_dot_product_attention(q, k, k, attn_mask=make(4, 6))

    profile = traced(attend, (2, 3, 4, 8), (2, 3, 6, 8), device=device)
    assert profile.macs == 2 * 3 * 4 * 6 * (8 + 8)
    assert make(4, 6).variant  # it can still be made


def test_what_is_gated_or_broadcast_still_comes_from_the_input():
    """Each operand's row is known: its gradient is counted."""
    gated = nn.Sequential(nn.Linear(4, 8), nn.GLU(), nn.Linear(4, 2))
    step = trace(gated, Inputs((torch.zeros(1, 4),)), train=True)
    assert step.counts.training_macs == 2 * 4 * 8 + 3 * 4 * 2
    spread = nn.Sequential(nn.Linear(4, 4), Call(lambda x: x.view(1, 2, 2) @ torch.ones(3, 2, 5)))
    step = trace(spread, Inputs((torch.zeros(1, 4),)), train=True)
    assert step.counts.training_macs == 2 * 16 + 2 * (3 * 2 * 2 * 5)
