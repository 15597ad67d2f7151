"""What the MobileNets cost, to the last unit."""

import pytest
import sympy

import mobilecalc
from mobilecalc.core.blocks import Residual
from mobilecalc.core.ops import Conv
from mobilecalc.core.parameters import PARAMETER_MEANINGS
from mobilecalc.core.rounding import EXACT, V2_EXACT
from mobilecalc.core.shape import Shape
from mobilecalc.core.walk import walk
from mobilecalc.counters import CONVENTIONS
from mobilecalc.networks import MOBILENETS, describe, settings
from mobilecalc.networks.families.mobilenet_v1 import mobilenet_v1
from mobilecalc.networks.families.mobilenet_v2 import mobilenet_v2

MEANINGS = {meaning.name: meaning.total for meaning in PARAMETER_MEANINGS}


@pytest.mark.parametrize(
    ("model", "alpha", "macs", "parameters"),
    [
        ("v1", 1, 568_740_352, 4_231_976),
        ("v1", 0.75, 325_400_448, 2_585_560),
        ("v1", 0.5, 149_497_088, 1_331_592),
        ("v1", 0.25, 41_030_272, 470_072),
        ("v2", 1, 300_774_272, 3_504_872),
        ("v1-standard", 1, 4_867_293_184, 29_294_088),
        ("v2-standard", 1, 1_224_972_288, 11_131_976),
    ],
)
def test_macs_and_parameters(model, alpha, macs, parameters):
    profile = mobilecalc.profile(model, alpha=alpha)
    assert (profile.macs, profile.parameters) == (macs, parameters)


@pytest.mark.parametrize(
    ("model", "convention", "total"),
    [
        ("v1", "fvcore", 578_875_904),
        ("v1", "thop", 588_962_304),
        ("v1", "torch", 1_137_480_704),
        ("v1", "ptflops-aten", 568_741_352),
        ("v1", "torchinfo", 568_763_240),
        ("v1", "torchprofile", 573_784_064),
        ("v1", "calflops-macs", 568_740_352),
        ("v1", "calflops-flops", 1_152_658_944),
        ("v2", "ptflops", 320_300_008),
        ("v2", "ptflops-aten", 300_775_272),
        ("v2", "torchinfo", 300_809_384),
        ("v2", "torchprofile", 307_453_664),
        ("v2", "calflops-macs", 300_774_272),
        ("v2", "fvcore", 314_193_216),
        ("v2", "thop", 327_486_720),
        ("v2", "torch", 601_548_544),
    ],
)
def test_totals_measured_with_the_other_counters(model, convention, total):
    assert CONVENTIONS[convention].total(mobilecalc.profile(model).counts) == total


def test_the_facts_of_v2():
    counts = mobilecalc.profile("v2").counts
    assert counts.norm_elements == 6_678_112
    assert counts.activation_elements == 6_105_792
    assert counts.residual_adds == 216_384
    assert (counts.pool_inputs, counts.pool_outputs) == (62_720, 1_280)
    assert (counts.bias_adds, counts.norm_parameters) == (1_000, 34_112)


@pytest.mark.parametrize(
    ("meaning", "value"),
    [
        ("weights", 4_209_088),
        ("weights and biases", 4_210_088),
        ("folded", 4_221_032),
        ("trainable", 4_231_976),
        ("stored", 4_253_864),
        ("TF-slim", 4_242_920),
    ],
)
def test_the_meanings_of_parameters_for_v1(meaning, value):
    assert MEANINGS[meaning](mobilecalc.profile("v1").counts) == value


def test_table_2_of_the_v1_paper():
    profile = mobilecalc.profile("v1")
    kinds = profile.by_kind()
    macs = {kind: round(100 * c.macs / profile.macs, 3) for kind, c in kinds.items()}
    weights = {
        kind: round(100 * c.weights / profile.counts.weights, 2) for kind, c in kinds.items()
    }
    assert [macs[k] for k in ("pointwise", "depthwise", "standard", "linear")] == [
        94.857,
        3.057,
        1.906,
        0.180,
    ]
    assert [weights[k] for k in ("pointwise", "depthwise", "standard", "linear")] == [
        74.59,
        1.06,
        0.02,
        24.33,
    ]


def test_the_last_depthwise_layer_of_v1_has_stride_1():
    depthwise = [row for row in mobilecalc.profile("v1").rows if row.kind == "depthwise"]
    assert (depthwise[-1].input, depthwise[-1].output) == (Shape(1024, 7, 7), Shape(1024, 7, 7))


def test_v2_expands_except_where_t_is_1_and_adds_where_shapes_are_equal():
    steps = dict(describe("v2").body.steps)
    blocks = {name: step for name, step in steps.items() if name.startswith("block")}
    bodies = {n: b.body if isinstance(b, Residual) else b for n, b in blocks.items()}
    assert [n for n, b in bodies.items() if "expand" not in dict(b.steps)] == ["block1"]
    residual = [int(name[5:]) for name, b in blocks.items() if isinstance(b, Residual)]
    assert residual == [3, 5, 6, 8, 9, 10, 12, 13, 15, 16]
    assert all("act" not in dict(dict(b.steps)["project"].steps) for b in bodies.values())


@pytest.mark.parametrize(("alpha", "width"), [(0.35, 1280), (1, 1280), (1.4, 1792)])
def test_the_last_convolution_of_v2_is_never_made_narrower(alpha, width):
    head = dict(describe("v2", settings(alpha=alpha)).body.steps)["head"]
    assert dict(head.steps)["conv"] == Conv(width, kernel=1)


@pytest.mark.parametrize("model", MOBILENETS)
@pytest.mark.parametrize("alpha", [0.05, 0.35, 1.3, 2])
def test_alpha_from_005_to_2_gives_wider_networks(model, alpha):
    profile = mobilecalc.profile(model, alpha=alpha)
    assert (profile.macs > mobilecalc.profile(model).macs) == (alpha > 1)
    assert profile.rows[-1].output == Shape(1000)


def closed_form(build, rules):
    """The MACs of the unrounded network over alpha, and rho times 224 pixels."""
    alpha, rho = sympy.symbols("alpha rho", positive=True)
    body = build(alpha, 1000, rules)
    rows = walk(body, Shape(3, 224 * rho, 224 * rho), rules)
    return sympy.expand(sum(row.counts.macs for row in rows)), alpha, rho


def test_v1_has_a_closed_form_in_alpha_and_rho():
    macs, alpha, rho = closed_form(mobilenet_v1, EXACT)
    quadratic, linear, classifier = 539_492_352, 17_385_984 + 10_838_016, 1_024_000
    assert (
        sympy.expand(rho**2 * (quadratic * alpha**2 + linear * alpha)) + (classifier * alpha)
        == macs
    )
    assert macs.subs({alpha: 1, rho: 1}) == mobilecalc.profile("v1").macs


def test_v2_has_a_closed_form_too():
    macs, alpha, rho = closed_form(mobilenet_v2, V2_EXACT)
    assert macs.subs({alpha: 1, rho: 1}) == mobilecalc.profile("v2").macs
