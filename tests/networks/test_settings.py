"""Settings: what is allowed, and what is said of what is not."""

import math

import pytest

from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.core.shape import Shape
from mobilecalc.networks import describe, settings, standard_counterpart


def test_rho_is_turned_into_the_nearest_pixels_and_says_so():
    chosen = settings(rho=0.714).resolved(224, 1000)
    assert chosen.resolution == 160
    assert "rho 0.714 of 224 is 159.936 pixels" in chosen.notes[0]
    assert "160, was taken (rho = 0.714286)" in chosen.notes[0]


def test_rho_that_is_whole_needs_no_note():
    chosen = settings(rho=0.5).resolved(224, 1000)
    assert (chosen.resolution, chosen.notes) == (112, ())


def test_a_small_rho_is_at_least_one_pixel():
    assert settings(rho=0.001).resolved(224, 1000).resolution == 1


def test_the_input_has_the_channels_and_resolution():
    assert settings(resolution=97, channels=1).input == Shape(1, 97, 97)


@pytest.mark.parametrize("alpha", [0, -1, math.nan, math.inf, 1e-200, 1e308, "wide", None])
def test_alpha_is_above_0_and_within_reason(alpha):
    with pytest.raises(BadOption, match=r"alpha=.* is not possible(.|\n)*above 0(.|\n)*example"):
        settings(alpha=alpha)


@pytest.mark.parametrize("argument", ["resolution", "classes", "channels"])
@pytest.mark.parametrize("value", [0, -224, 1.5, math.nan, 1e12, "big"])
def test_sizes_are_whole_and_at_least_1(argument, value):
    with pytest.raises(BadOption, match=rf"^{argument}={value} is not possible"):
        settings(**{argument: value})


@pytest.mark.parametrize("rho", [0, -1, math.nan, math.inf, 1e308])
def test_rho_is_above_0_and_within_reason(rho):
    with pytest.raises(BadOption, match=r"rho=.* is not possible"):
        settings(rho=rho)


def test_resolution_and_rho_exclude_each_other():
    with pytest.raises(BadOption, match=r"^resolution and rho were both given"):
        settings(resolution=224, rho=1.0)


@pytest.mark.parametrize(
    ("name", "offer"), [("v1-standrd", "v1-standard"), ("V2", "v2"), ("mobilenet", "Known: v1, v2")]
)
def test_an_unknown_model_offers_the_nearest_names(name, offer):
    with pytest.raises(UnknownName, match=rf"no model named '{name}'(.|\n)*{offer}"):
        describe(name)


def test_without_a_resolution_it_is_the_one_of_the_network_s_authors():
    assert settings().resolved(380, 1000).input == Shape(3, 380, 380)
    assert describe("efficientnet_b4").input == Shape(3, 380, 380)
    assert describe("efficientnet_b4", settings(rho=0.5)).input == Shape(3, 190, 190)
    assert describe("efficientnet_b4", settings(resolution=224)).input == Shape(3, 224, 224)


def test_a_standard_network_is_its_own_counterpart():
    standard = describe("v1-standard")
    assert standard_counterpart(standard) is standard
    assert standard_counterpart(describe("v1")).body == standard.body
