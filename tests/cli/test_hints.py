"""Errors speak of arguments in Python, and of options and commands on the command line."""

import ast
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mobilecalc
from mobilecalc.cli.hints import _HELPS, for_the_command_line
from mobilecalc.cli.main import COMMANDS, app
from mobilecalc.core.errors import BadOption, MobilecalcError, Untraceable

PACKAGE = Path(mobilecalc.__file__).parent


def said(error):
    for_the_command_line(error)
    return str(error)


@pytest.mark.parametrize(
    ("options", "in_python", "on_the_command_line"),
    [
        ({"alpha": 0}, "alpha=0 is not possible", "--alpha 0 is not possible"),
        ({"alpha": "alpha"}, "For example: alpha=0.5", "For example: --alpha 0.5"),
        ({"rho": 224}, "mean resolution=224?", "mean --resolution 224?"),
        (
            {"rho": 1, "resolution": 224},
            "resolution and rho were both given",
            "--resolution and --rho were both given",
        ),
    ],
)
def test_an_argument_is_an_option_on_the_command_line(options, in_python, on_the_command_line):
    with pytest.raises(BadOption) as refusal:
        mobilecalc.profile("v1", **options)
    assert in_python in str(refusal.value)
    assert "--" not in str(refusal.value)
    assert on_the_command_line in said(refusal.value)


def test_only_the_first_mention_of_an_argument_is_an_option():
    error = BadOption("alpha=alpha is not possible.", arguments=["alpha"])
    assert said(error) == "--alpha alpha is not possible."


def test_an_argument_in_a_call_stays_one():
    error = BadOption("x", fix="Give it: net.py:make(alpha=0.5)", arguments=["alpha"])
    assert said(error) == "x\nGive it: net.py:make(alpha=0.5)"


@pytest.mark.parametrize(
    ("command", "help"),
    [
        ("breakdown v9", "mobilecalc models"),
        ("breakdown v1 --convention nothing", "mobilecalc conventions"),
        ("breakdown v1 --convention macs/2", "mobilecalc conventions"),
        ("compare v1 --counters nothing", "mobilecalc explain --help"),
        ("paper v9", "mobilecalc paper"),
        ("value v1 nothing", "mobilecalc count v1"),
        ("value v1 share of transposed of pointwise", "mobilecalc count v1"),
        ("value v2 macs of block99", "mobilecalc breakdown v2"),
        ("value v2 channels of pool", "mobilecalc breakdown v2"),
        ("value v2 channels at 3x3", "mobilecalc memory v2 --by resolution"),
    ],
)
def test_an_error_names_the_command_that_helps(command, help):
    result = CliRunner().invoke(app, command.split())
    assert isinstance(result.exception, MobilecalcError)
    assert str(result.exception).endswith(f": {help}")


def test_each_command_that_helps_is_one():
    for text in _HELPS.values():
        for command in re.findall(r"mobilecalc (\w+)", text):
            assert command in COMMANDS


def test_all_that_an_error_would_have_seen_has_its_command():
    kinds = {
        kind
        for path in PACKAGE.rglob("*.py")
        for kind in re.findall(r'\bsee="([^"]+)"', path.read_text())
    }
    assert kinds <= set(_HELPS)
    assert kinds


def test_a_forward_pass_that_raises_says_how_to_give_an_input():
    error = Untraceable("Net", "1x3", ValueError("no"))
    assert "--" not in str(error)
    assert "--input 1x3x224x224" in said(error)


def test_no_text_in_core_is_a_command_line():
    for path in (PACKAGE / "core").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not re.search(r"--[a-z]|\bmobilecalc [a-z]+ [a-z]|: mobilecalc ", node.value)
