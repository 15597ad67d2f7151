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
from mobilecalc.core.errors import BadOption
from mobilecalc.core.formula import Formula
from mobilecalc.core.rules import V1_RULES
from mobilecalc.literature.models import network as network_of
from mobilecalc.networks import describe, settings, zoo
from mobilecalc.studies.formulas.layers import layer_of, layer_steps
from mobilecalc.studies.formulas.symbols import by_layer, chain, closed_form

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


@pytest.mark.parametrize("form", [closed_form, by_layer])
def test_an_edited_network_never_gets_the_form_of_the_one_it_was_made_of(form):
    wider = network_of("v1 --alpha 0.25 stem.conv=16")
    own = mobilecalc.describe(describe("v1").body)
    named_v1 = replace(own, name="v1", body=describe("v2").body)
    for network in (wider, own, named_v1):
        with pytest.raises(BadOption, match="has no closed form in alpha and rho"):
            form(network)


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
        (["net.py:make", "--symbols"], "has no alpha and no rho"),
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


@pytest.mark.parametrize("format", ["csv", "json", "console"])
def test_a_closed_form_is_readable_without_mathematics(format):
    result = CliRunner().invoke(app, ["formula", "v1", "--symbols", "--format", format])
    shown = json.loads(result.output)["rows"][0]["formula"] if format == "json" else result.output
    assert "rho² · (539,492,352 · alpha² + 28,224,000 · alpha) + 1,024,000 · alpha" in shown
