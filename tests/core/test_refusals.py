"""What is checked of the values users give, and what an error says."""

import math

import pytest

from mobilecalc.core.checks import LARGEST, positive, whole
from mobilecalc.core.errors import (
    BadOption,
    CheckFailed,
    MissingPackage,
    MobilecalcError,
    UnknownName,
    Untraceable,
)


@pytest.mark.parametrize("value", [0.5, "0.5", 1, 1e-6, 4])
def test_a_number_above_0_is_taken(value):
    assert positive("alpha", value, "a width", 0.5, at_most=4) == float(value)


@pytest.mark.parametrize(
    "value", [0, -1, 9e-7, 4.000001, math.nan, math.inf, "", "x", None, 10**400, [1]]
)
def test_any_other_is_refused_with_the_argument_and_an_example(value):
    with pytest.raises(BadOption) as refusal:
        positive("alpha", value, "a width", 0.75, at_most=4)
    assert refusal.value.what.startswith("alpha=")
    assert refusal.value.arguments == ("alpha",)
    assert "a width" in refusal.value.why
    assert "at most 4" in refusal.value.why
    assert "alpha=0.75" in refusal.value.fix


def test_a_number_has_no_upper_limit_unless_one_is_set():
    assert positive("rho", 1e300, "a scale", 1) == 1e300
    with pytest.raises(BadOption) as refusal:
        positive("rho", math.inf, "a scale", 1)
    assert "at most" not in str(refusal.value)


@pytest.mark.parametrize("value", [1, 7, "7", 7.0, LARGEST])
def test_a_whole_number_is_taken(value):
    number = whole("classes", value, "how many", 10)
    assert (number, type(number)) == (int(value), int)


@pytest.mark.parametrize("value", [0, -1, 1.5, LARGEST + 1, "x", " ", None, math.nan])
def test_any_other_than_a_whole_number_is_refused(value):
    with pytest.raises(BadOption) as refusal:
        whole("classes", value, "how many", 10)
    assert "how many" in refusal.value.why
    assert f"at most {LARGEST}" in refusal.value.why
    assert "classes=10" in refusal.value.fix


def test_the_largest_whole_number_is_a_thousand_millions():
    assert LARGEST == 1_000_000_000
    assert whole("side", 5, "a side", 3, at_most=5) == 5
    with pytest.raises(BadOption):
        whole("side", 6, "a side", 3, at_most=5)


@pytest.mark.parametrize("value", ["", "  "])
def test_an_empty_value_is_shown_as_empty(value):
    with pytest.raises(BadOption, match="alpha='' is"):
        positive("alpha", value, "a width", 0.5)
    with pytest.raises(BadOption, match="alpha=x is"):
        positive("alpha", "x", "a width", 0.5)


def test_an_error_is_what_why_and_the_way_out_without_empty_lines():
    assert str(MobilecalcError("what", why="why", fix="fix")) == "what\nwhy\nfix"
    assert str(MobilecalcError("what", fix="fix")) == "what\nfix"
    assert str(MobilecalcError("what")) == "what"


def test_a_wrong_call_exits_2_and_a_failed_check_1():
    assert BadOption("what").exit_code == 2
    failed = CheckFailed(["one", "two"])
    assert (failed.exit_code, failed.why) == (1, "one\ntwo")


def test_an_unknown_name_offers_three_at_most():
    names = ["alexnet", "alexnet1", "alexnet2", "alexnet3", "zzz"]
    error = UnknownName("model", "ALEXNET9", names)
    assert error.why.count("alexnet") == 3
    assert "zzz" not in error.why
    assert UnknownName("model", "qqq", names).why == ""
    assert "ALEXNET9" in error.what


def test_a_long_list_of_names_is_cut_and_says_how_many_there_are():
    def listed(count):
        error = UnknownName("model", "?", [f"n{i:03}" for i in range(count)])
        assert error.see == "model"
        return error.fix

    assert "n007" in listed(8)
    assert "..." not in listed(8)
    assert listed(9) == "Known: n000, n001, n002, ... (9 in total)."
    assert UnknownName("model", "?", []).fix == ""


def missing(name, *packages):
    cause = ModuleNotFoundError(f"No module named {name!r}", name=name)
    return MissingPackage(packages, "A chart", cause)


@pytest.mark.parametrize(
    ("module", "package"),
    [("altair", "altair"), ("vl_convert", "vl-convert-python"), ("onnx.helper", "onnx")],
)
def test_a_package_that_is_missing_is_to_be_installed(module, package):
    error = missing(module, "other", package)
    assert f"pip install other {package}" in error.fix
    assert f"other and {package}" in error.what
    assert error.why.startswith("ModuleNotFoundError: ")


@pytest.mark.parametrize("cause", [missing("numpy", "altair"), None])
def test_a_package_that_breaks_is_not_said_to_be_missing(cause):
    error = cause or MissingPackage(["altair"], "A chart", ImportError("broken"))
    assert "pip install altair" not in error.fix
    assert "altair" in error.fix


def test_a_module_without_a_name_is_not_said_to_be_missing():
    error = MissingPackage(["altair"], "A chart", ModuleNotFoundError("?"))
    assert "pip install altair" not in error.fix


def test_a_forward_pass_that_raises_is_told_by_its_first_line():
    error = Untraceable("Net", "1x3", ValueError("first\nsecond"))
    assert error.why == "ValueError: first"
    assert "Net" in error.what
    assert "1x3" in error.what
    assert Untraceable("Net", "", ValueError("")).why == "ValueError: "
    assert "no input" in Untraceable("Net", "", ValueError("")).what
    assert "no input" not in error.what


def test_a_long_reason_of_another_library_is_cut():
    assert len(Untraceable("Net", "", ValueError("x" * 999)).why) == len("ValueError: ") + 240


def test_a_reason_of_ours_is_given_whole():
    cause = MobilecalcError("what", why="why")
    assert Untraceable("Net", "", cause).why == "what why"
