"""Closed forms in alpha and rho: against arithmetic, the networks themselves, and the equations."""

import json
from dataclasses import replace
from fractions import Fraction

import pytest
import sympy
from typer.testing import CliRunner

import mobilecalc
from mobilecalc.cli.main import app
from mobilecalc.core.cost import SEPARABLE_MACS, SEPARABLE_TO_STANDARD, STANDARD_MACS
from mobilecalc.core.errors import BadShape
from mobilecalc.core.formula import Formula
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.networks import describe, settings, zoo
from mobilecalc.networks.rewrites import with_width
from mobilecalc.records import (
    AdaptivePool,
    Chain,
    ChannelShuffle,
    Concat,
    Conv,
    Depthwise,
    Flatten,
    Gate,
    GlobalPool,
    Linear,
    Pool,
    Residual,
)
from mobilecalc.studies.formulas.closed_form import by_layer, chain, closed_form
from mobilecalc.studies.formulas.layer import layer_steps
from mobilecalc.studies.formulas.separable import layer_of

SYMBOLS = {name: sympy.Symbol(name, positive=True) for name in ("alpha", "rho")}


def expression(formula):
    """What sympy makes of a formula's terms."""
    total = sympy.Integer(0)
    for number, powers in formula.terms:
        total += number * sympy.prod(_base(base) ** power for base, power in powers)
    return sympy.expand(total)


def _base(base):
    if isinstance(base, Formula):
        return expression(base)
    return sympy.Symbol(base, positive=True) if isinstance(base, str) else sympy.Integer(base)


def forms(name, **at):
    table, rounding = closed_form(describe(name, settings(**at)))
    return {row["quantity"]: expression(row["formula"]) for row in table.rows}, rounding


def test_v1_is_rho2_times_a_alpha2_and_b_alpha_and_the_classifier():
    """a: the pointwise convolutions; b: the depthwise ones and the first; c: the classifier."""
    alpha, rho = SYMBOLS["alpha"], SYMBOLS["rho"]
    pairs = [(32, 64, 112), (64, 128, 56), (128, 128, 56), (128, 256, 28), (256, 256, 28)]
    pairs += [(256, 512, 14), *[(512, 512, 14)] * 5, (512, 1024, 7), (1024, 1024, 7)]
    a = sum(inputs * outputs * side**2 for inputs, outputs, side in pairs)
    b = 9 * 3 * 32 * 112**2 + sum(9 * inputs * side**2 for inputs, _, side in pairs)
    macs = forms("v1")[0]["MACs"]
    assert macs == sympy.expand(rho**2 * (a * alpha**2 + b * alpha) + 1024 * 1000 * alpha)


ROUNDED_AT_ALPHA_1 = (
    *(f"efficientnet_b{index}" for index in range(2, 7)),
    "ghostnet",
    "v3_large",
    "v3_small",
)
"""What begins so has widths that are rounded at alpha 1 too: its own, or those of its gates."""


@pytest.mark.parametrize("name", zoo())
def test_every_network_has_one_and_rounding_is_what_is_left(name):
    found, rounding = forms(name)
    at_one = {SYMBOLS["alpha"]: 1, SYMBOLS["rho"]: 1}
    profile = describe(name).profile()
    is_rounded = name.startswith(ROUNDED_AT_ALPHA_1) and "minimalistic" not in name
    assert (found["Params"].subs(at_one) != profile.parameters) == is_rounded
    more = {row["quantity"]: row["more"] for row in rounding.rows}
    assert profile.macs - round(Fraction(str(found["MACs"].subs(at_one)))) == more["MACs"]


@pytest.mark.parametrize("name", ["v1", "v1-standard", "vgg16", "resnet50"])
@pytest.mark.parametrize(("alpha", "resolution"), [(0.5, 224), (0.25, 448), (2, 64)])
def test_where_nothing_is_rounded_it_is_the_network(name, alpha, resolution):
    found, rounding = forms(name, alpha=alpha, resolution=resolution)
    at = {
        SYMBOLS["alpha"]: sympy.Rational(str(alpha)),
        SYMBOLS["rho"]: sympy.Rational(resolution, 224),
    }
    profile = describe(name, settings(alpha=alpha, resolution=resolution)).profile()
    assert found["Params"].subs(at) == profile.parameters
    assert [row["more"] for row in rounding.rows][1] == 0
    if name != "resnet50" or resolution % 32 == 0:
        assert found["MACs"].subs(at) == profile.macs


def test_rounding_says_by_how_much_the_network_differs():
    """V2 at 0.35: 11.2 channels become 16, 5.6 become 8, ..."""
    _, rounding = forms("v2", alpha=0.35)
    macs = rounding.rows[0]
    assert macs["network"] == 59_285_808
    assert macs["more"] == macs["network"] - macs["exact"] > 0
    assert macs["off"] == pytest.approx(macs["network"] / macs["exact"] - 1)


def test_the_last_convolution_of_v2_has_two_forms():
    alpha = SYMBOLS["alpha"]
    below, above = (forms("v2", alpha=a)[0]["Params"] for a in (0.5, 1.4))
    assert below.coeff(alpha, 0) == 1280 * 1000 + 1000 + 2 * 1280
    assert above.coeff(alpha, 0) == 1000
    assert below.subs(alpha, 1) == above.subs(alpha, 1)


def test_a_last_convolution_that_is_never_scaled_keeps_its_width_above_alpha_1_too():
    """GhostNet's classifier has 1280 features at every alpha: 1280 * 1000 MACs without alpha."""
    for alpha in (0.5, 1.4):
        assert forms("ghostnet", alpha=alpha)[0]["MACs"].coeff(SYMBOLS["alpha"], 0) == 1280 * 1000


def test_rules_that_are_equal_give_the_same_form_whichever_object_they_are():
    network = describe("v1", settings(alpha=0.5), V1_RULES._replace())
    assert network.rules is not V1_RULES
    assert closed_form(network)[0] == closed_form(describe("v1", settings(alpha=0.5)))[0]


def values(network, **at):
    """MACs and parameters by the closed form, at an alpha and a rho."""
    numbers = {SYMBOLS[name]: sympy.Rational(str(value)) for name, value in at.items()}
    rows = closed_form(network)[0].rows
    return tuple(expression(row["formula"]).subs(numbers) for row in rows)


def counts(network):
    return network.profile().macs, network.profile().parameters


def narrowed(network, path, width):
    return network.with_body(with_width(network.body, tuple(path.split(".")), width))


@pytest.mark.parametrize(("alpha", "resolution"), [(0.25, 224), (0.5, 448), (2, 64)])
def test_an_edited_width_stays_a_number_and_every_other_one_scales(alpha, resolution):
    """The first convolution has 24 channels at every alpha."""
    form = closed_form(narrowed(describe("v1"), "stem.conv", 24))[0]
    there = narrowed(describe("v1", settings(alpha=alpha, resolution=resolution)), "stem.conv", 24)
    at = {"alpha": alpha, "rho": Fraction(resolution, 224)}
    assert values(there, **at) == counts(there)
    assert closed_form(there)[0].rows == form.rows
    stem = expression(by_layer(there).rows[0]["macs"])
    assert stem == 9 * 3 * 24 * 112**2 * SYMBOLS["rho"] ** 2
    assert "one that was edited is a number" in str(form.footnotes[0])


def test_an_edited_kernel_leaves_the_width_as_it_was():
    network = describe("v2")
    steps = dict(network.body.steps)
    steps["stem"] = Chain.of(**{**dict(steps["stem"].steps), "conv": Conv(32, kernel=5, stride=2)})
    edited = network.with_body(Chain(tuple(steps.items())))
    stem = expression(by_layer(edited).rows[0]["macs"])
    assert stem == 25 * 3 * 32 * 112**2 * SYMBOLS["alpha"] * SYMBOLS["rho"] ** 2
    assert values(edited, alpha=1, rho=2) == counts(
        describe("v2", settings(resolution=448)).with_body(edited.body)
    )


def test_an_edited_last_convolution_has_no_note_on_its_width():
    v2 = describe("v2")
    of_v2, of_edited = closed_form(v2)[0], closed_form(narrowed(v2, "head.conv", 640))[0]
    assert "never made narrower" in " ".join(map(str, of_v2.footnotes))
    assert "never made narrower" not in " ".join(map(str, of_edited.footnotes))


@pytest.mark.parametrize("form", [closed_form, by_layer])
@pytest.mark.parametrize(
    ("body", "told"),
    [
        (Chain.of(conv=Conv(4, kernel=300, padding=0)), "A 3x224x224 map is too small"),
        (Chain.of(a=Conv(4, 3), b=Residual(Chain.of(c=Conv(5, 3)))), "takes 4x224x224"),
    ],
)
def test_what_does_not_fit_is_told_in_numbers(form, body, told):
    with pytest.raises(BadShape, match=told):
        form(mobilecalc.describe(body))


@pytest.mark.parametrize("form", [closed_form, by_layer])
def test_an_edited_width_that_another_one_is_added_to_is_refused(form):
    """Block 3 adds its input, of 20 channels, and 24 channels."""
    v2 = describe("v2")
    body = Chain(
        tuple(
            (name, with_width(step, ("project", "conv"), 20) if name == "block2" else step)
            for name, step in v2.body.steps
        )
    )
    with pytest.raises(BadShape, match="takes 20x56x56 and gives 24x56x56"):
        form(v2.with_body(body))


def own(body, **at):
    return mobilecalc.describe(body, **at)


OWN = {
    "vgg-like": Chain.of(
        conv1=Conv(8, kernel=3, bias=True),
        pool1=Pool("max", kernel=2, stride=2),
        conv2=Conv(16, kernel=3, bias=True),
        pool2=Pool("max", kernel=2, stride=2),
        flatten=Flatten(),
        classifier=Linear(10),
    ),
    "explicit padding": Chain.of(
        valid=Conv(4, kernel=3, padding=0),
        strided=Conv(6, kernel=5, stride=2, padding=1),
        even=Conv(6, kernel=4, stride=1, padding=1),
        dilated=Depthwise(kernel=3, padding=0, dilation=2),
        wide=Conv(4, kernel=11, stride=4, padding=2),
    ),
    "same padding behind a side that is not divided": Chain.of(
        valid=Conv(4, kernel=2, padding=0), same=Conv(4, kernel=3, stride=2)
    ),
    "pooling": Chain.of(
        conv=Conv(4, kernel=3, padding=0),
        pool1=Pool("max", kernel=3, stride=2, ceil=True),
        pool2=Pool("avg", kernel=3, stride=2, padding=1, ceil=True),
        pool3=AdaptivePool("avg", (7, 7)),
        conv2=Conv(4, kernel=3, stride=2),
    ),
    "groups and branches": Chain.of(
        conv=Conv(8, kernel=3, stride=2),
        grouped=Conv(16, kernel=3, groups=4),
        shuffle=ChannelShuffle(4),
        fork=Concat.of(split=True, kept=Chain(()), new=Chain.of(conv=Conv(8, kernel=1))),
        gate=Gate(Chain.of(pool=GlobalPool(), conv=Conv(16, kernel=1))),
        block=Residual(
            Chain.of(conv=Conv(24, kernel=3, stride=2, padding=1)),
            Chain.of(conv=Conv(24, kernel=1, stride=2)),
        ),
    ),
}


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("rho", [1, 2, Fraction(1, 2), Fraction(5, 4)])
def test_the_form_of_one_s_own_is_its_count_at_every_rho_that_the_strides_divide(name, rho):
    network = own(OWN[name], resolution=128)
    scaled = own(OWN[name], resolution=int(128 * rho))
    macs, params = values(network, rho=rho)
    assert macs == scaled.profile().macs
    assert params == scaled.profile().parameters
    assert [row["more"] for row in closed_form(network)[1].rows] == [0, 0]


def test_the_form_of_one_s_own_is_in_rho_alone_and_says_so():
    form, rounding = closed_form(own(OWN["vgg-like"], rho=0.5))
    rho = SYMBOLS["rho"]
    macs = 27 * 8 * 224**2 + 72 * 16 * 112**2 + 16 * 10 * 56**2
    assert expression(form.rows[0]["formula"]) == macs * rho**2
    assert form.title == "network in rho"
    assert "the widths are the description's own numbers" in str(form.footnotes[0])
    assert "rho = 1 is 224 pixels" in str(form.footnotes[0])
    assert (rounding.title, rounding.rows[0]["network"]) == ("network at 112 pixels", macs // 4)


def test_a_side_that_a_stride_does_not_divide_is_where_the_form_and_the_network_differ():
    rounding = closed_form(own(Chain.of(conv=Conv(4, kernel=3, stride=2)), resolution=7))[1]
    macs = rounding.rows[0]
    assert (macs["exact"], macs["network"]) == (9 * 3 * 49, 9 * 3 * 4 * 16)


def test_one_s_own_with_the_name_of_another_is_still_one_s_own():
    named_v1 = replace(own(describe("v1").body), name="v1", body=describe("v2").body)
    assert closed_form(named_v1)[0].title == "v1 in rho"
    assert values(named_v1, rho=1) == counts(describe("v2"))


def test_the_layers_of_one_s_own_sum_to_it():
    table = by_layer(own(OWN["explicit padding"]))
    total = sum(expression(row["macs"]) for row in table.rows)
    assert sympy.expand(total) == expression(table.total["macs"])
    assert table.title == "network in rho, layer by layer"


def test_the_layers_sum_to_the_network():
    table = by_layer(describe("v2"))
    total = expression(table.total["macs"])
    assert sympy.expand(sum(expression(row["macs"]) for row in table.rows)) == total
    assert total == forms("v2")[0]["MACs"]


def test_the_chain_has_the_paper_s_equations_with_alpha_and_rho():
    rows = {row["layer"]: row for row in chain().rows}
    alpha, rho = SYMBOLS["alpha"], SYMBOLS["rho"]
    kernel, inputs, outputs, side = (
        sympy.Symbol(name, positive=True) for name in ("D_K", "M", "N", "D_F")
    )
    macs = {name: expression(row["macs"]) for name, row in rows.items()}
    assert macs["standard"] == expression(STANDARD_MACS)
    assert macs["separable"] == expression(SEPARABLE_MACS)
    scaled = {inputs: alpha * inputs, outputs: alpha * outputs}
    thinner = expression(SEPARABLE_MACS).subs(scaled, simultaneous=True)
    assert macs["with alpha"] == sympy.expand(thinner)
    smaller = thinner.subs({side: rho * side}, simultaneous=True)
    assert macs["with alpha and rho"] == sympy.expand(smaller)
    assert expression(rows["separable"]["ratio"]) == expression(SEPARABLE_TO_STANDARD)
    ratio = alpha / outputs + alpha**2 / kernel**2
    assert expression(rows["with alpha"]["ratio"]) == sympy.expand(ratio)


def test_the_steps_of_a_layer_are_arithmetic():
    rows = layer_steps(layer_of(3, 512, 1024, 14), 0.5, 0.5).rows
    values = {row["step"]: row["value"] for row in rows}
    depthwise, pointwise = 9 * 512 * 14**2, 512 * 1024 * 14**2
    assert values == {
        "standard": 9 * pointwise,
        "depthwise": depthwise,
        "pointwise": pointwise,
        "separable": depthwise + pointwise,
        "over standard": pytest.approx(1 / 1024 + 1 / 9),
        "alpha = 0.5": 9 * 256 * 14**2 + 256 * 512 * 14**2,
        "rho = 0.5": 9 * 256 * 7**2 + 256 * 512 * 7**2,
    }
    assert str(rows[3]["numbers"]) == "3² · 512 · 14² + 512 · 1024 · 14²"


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (["torchvision:resnet18", "--symbols"], "has no alpha and no rho"),
        pytest.param(
            ["tests/data/nets.py:make_net", "--symbols"],
            "has no alpha and no rho",
            marks=pytest.mark.heavy,
        ),
        (["v1", "--symbols", "--kernel", "3"], "--kernel and --symbols were both given"),
        (["v1", "--symbols", "--steps"], "--symbols and --steps were both given"),
        (["v1", "--symbols", "--by", "kind"], "no grouping named 'kind'"),
        (["--steps"], "none is given"),
        (["v9", "--symbols"], "no model named 'v9'"),
    ],
)
def test_what_has_no_symbols_is_told(arguments, what):
    result = CliRunner().invoke(app, ["formula", *arguments])
    assert what in str(result.exception)


def test_a_description_in_a_file_has_a_form_in_rho():
    line = ["formula", "examples/my_net.py:NETWORK", "--symbols", "--format", "csv"]
    result = CliRunner().invoke(app, line)
    assert "19,769,344 · rho² + 640" in result.output
    result = CliRunner().invoke(app, [*line, "--by", "layer"])
    assert "10,838,016 · rho²" in result.output


@pytest.mark.parametrize("format", ["csv", "json", "console"])
def test_a_closed_form_is_readable_without_mathematics(format):
    result = CliRunner().invoke(app, ["formula", "v1", "--symbols", "--format", format])
    shown = json.loads(result.output)["rows"][0]["formula"] if format == "json" else result.output
    assert "rho² · (539,492,352 · alpha² + 28,224,000 · alpha) + 1,024,000 · alpha" in shown
