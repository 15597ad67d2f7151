"""Bad input is one short message, whatever it is: never a traceback, never what it was in full."""

import json
import os
import subprocess
import sys

import pytest
from typer.testing import CliRunner

import mobilecalc as package
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.cli.main import app
from mobilecalc.core.errors import BadOption
from mobilecalc.core.profile import Profile
from mobilecalc.core.shape import Shape
from mobilecalc.counters import COUNTERS
from mobilecalc.networks import describe, settings
from mobilecalc.studies.compare import compare
from mobilecalc.studies.explain.facts import explain, ledger
from mobilecalc.views import VIEWS

NETS = """
import torch
from torch import nn


class Sorting(nn.Module):
    def __init__(self):
        super().__init__()
        self.depthwise = nn.Conv2d(3, 3, 3, padding=1, groups=3)
        self.pointwise = nn.Conv2d(3, 8, 1)

    def forward(self, x):
        return torch.linalg.svd(self.pointwise(self.depthwise(x)))[0]
"""


def run(line, **environment):
    """Run a line of the shell, in which $m is the command."""
    command = line.replace("$m", f'"{sys.executable}" -m mobilecalc')
    return subprocess.run(
        ["bash", "-c", command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def refused(*arguments):
    """The message of a wrong call, run as from the shell."""
    code = f"import sys; sys.argv[1:] = {list(arguments)!r}\n"
    code += "from mobilecalc.cli.main import run\nrun()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    assert "Something broke" not in done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("$m models >&-", 1, "The answer cannot be written"),
        ("$m value v1 macs >&-", 1, "The answer cannot be written"),
        ("$m --help >&-", 1, "The answer cannot be written"),
        ("$m models --format json > /dev/full", 1, "No space left on device"),
        ("$m explorer -o - > /dev/full", 1, "No space left on device"),
        ("$m models -o /dev/full --format json", 2, "/dev/full cannot be written"),
        ("$m nothing 2>&-", 2, ""),
        ("$m nothing 2> /dev/full", 2, ""),
        ("$m value v1 macs 2>&- <&-", 0, ""),
    ],
)
def test_a_stream_that_is_closed_or_full_is_told_in_a_line(line, code, said):
    done = run(line)
    assert done.returncode == code
    assert said in done.stderr
    assert len(done.stderr.splitlines()) <= 3
    assert "Exception ignored" not in done.stderr


def test_a_file_never_takes_the_place_of_a_closed_screen(tmp_path):
    file = tmp_path / "page.json"
    run(f'$m compare v1 --alpha 0.25 --counters thop --format json --output "{file}" >&- 2>&- <&-')
    assert json.loads(file.read_text())["rows"][0]["thop_verdict"] == "= M + 4N + Q"


@pytest.mark.parametrize("size", ["0", "-1", "abc", "9" * 30, "²", ""])
def test_a_size_of_the_terminal_that_is_none_is_forgotten(size):
    plain = dict.fromkeys(("COLUMNS", "LINES", "TERMINAL_WIDTH"), "")
    expected = run("$m conventions; $m scale --help", **plain)
    done = run("$m conventions; $m scale --help", **dict.fromkeys(plain, size))
    assert (done.stdout, done.stderr) == (expected.stdout, "")


def test_a_hyphen_is_the_standard_output_for_every_file():
    page = run("$m explorer -o - | head -c 15")
    assert page.stdout == "<!doctype html>"
    assert run("$m models -o - --format json").stdout == run("$m models --format json").stdout
    assert run("$m scale v1 --chart - -o /dev/null --format csv").stdout.startswith("<svg")
    assert "both be written to the standard output" in run("$m scale v1 --chart -").stderr


LONG = "x" * 100_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["count", LONG],
        ["count", "v1" + "-standard" * 9_000],
        ["count", f"{LONG}.py:make"],
        ["count", "v1", "--alpha", LONG],
        ["count", "v1", "--classes", "9" * 5_000],
        ["count", "v1", "--format", LONG],
        ["count", "v1", f"--{LONG}"],
        ["count", "v1", "--output", f"{LONG}.md"],
        ["count", "torch.nn:Linear(8, 8)", "--input", "9" * 5_000],
        ["scale", "v1", "--alphas", LONG],
        ["scale", "v1", "--resolutions", "9" * 5_000],
        ["value", "v1", LONG],
        ["value", "v1", f"macs of {LONG}"],
        ["value", "v1", f"channels at {'9' * 5_000}x7"],
        ["value", "v1", f"bytes at {'9' * 400}x7 of block7"],
        ["paper", LONG],
        ["compare", "v1", "--counters", LONG],
        ["compare", "v1", "--counters", "none", "--convention", LONG],
        ["compare", "v1", "--counters", "none", "--convention", f"macs + {LONG}"],
        [LONG],
    ],
    ids=lambda arguments: " ".join(argument[:12] for argument in arguments),
)
def test_a_long_value_is_cut(arguments):
    assert len(refused(*arguments)) < 1_200


@pytest.mark.parametrize("value", ["\x1b[31mred\x07", "a\rb", "a\u202eb", "a\nb", "a\udcffb"])
@pytest.mark.parametrize(
    "arguments",
    [
        ["count"],
        ["value", "v1"],
        ["scale", "v1", "--alphas"],
        ["count", "v1", "--format"],
        ["count", "v1", "--classes"],
        ["compare", "v1", "--counters", "none", "--convention"],
        ["models", "--output"],
        ["notes", "check"],
    ],
    ids=" ".join,
)
def test_what_a_terminal_obeys_is_never_echoed(arguments, value):
    said = refused(*arguments, value)
    assert all(letter.isprintable() for letter in said.replace("\n", ""))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--convention", "9" * 450 + "*macs"], "A coefficient is above 1000000000."),
        (["--convention", "0x" + "f" * 400 + "*macs"], "A coefficient is above 1000000000."),
        (["--convention", "mac + weights"], "Did you mean macs or product_macs?"),
        (["--convention", "mac + weights"], "List the facts: mobilecalc count v1."),
        (["--rho", "160"], "Did you mean --resolution 160?"),
        (["--rho", "1e300"], "at most 8."),
        (["--rho", "8.5"], "at most 8."),
        (["--alpha", "1", "--alpha", "2"], "--alpha was given twice."),
        (["--format", "csv", "--format", "json"], "--format was given twice."),
        (["--counters", "thop,thop"], "--counters has thop twice."),
        (["--counters", "thop,,fvcore"], "--counters names no counter."),
    ],
)
def test_the_way_out_is_said(arguments, said):
    assert said in refused("compare", "v1", *arguments)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["v1", "--alphas", "1,1.0"], "--alphas has 1.0 twice."),
        (["v1", "--resolutions", "96,224,96"], "--resolutions has 96 twice."),
        (["v1", "--alphas", ","], "A value between commas is empty."),
        (["v1", "--resolutions", "96,,224"], "A value between commas is empty."),
        (["v1", "--alphas", "1_0"], "--alphas 1_0 is not possible."),
        (["v1", "--resolutions", "٢٢٤"], "--resolutions ٢٢٤ is not possible."),
        (["v1", "--resolutions", ""], "--resolutions '' is not possible."),
        (["torchvision:resnet50"], "mobilecalc scale v1"),
        (["net.py:make"], "scale is for built-in networks"),
        (["net.py:NETWORK"], "Any other module or description has the widths"),
    ],
)
def test_a_grid_says_what_is_wrong_with_it(arguments, said):
    assert said in refused("scale", *arguments)


def test_python_says_the_same_of_rho():
    with pytest.raises(BadOption, match=r"at most 8\.\nDid you mean resolution=160\?"):
        describe("v1", settings(rho=160))
    with pytest.raises(BadOption, match="classes=an integer of more than 4300 digits"):
        package.profile("v1", classes=10**5000)


@pytest.mark.parametrize("kind", ["model", "counter", "convention"])
def test_an_error_suggests_three_names_at_most_and_says_where_all_are_listed(kind):
    line = {
        "model": ["count", "vvv"],
        "counter": ["compare", "v1", "--counters", "zzz"],
        "convention": ["compare", "v1", "--convention", "zzz"],
    }[kind]
    said = refused(*line)
    known = said.partition("Known: ")[2].partition(", ...")[0]
    assert len(known.split(", ")) == 3
    assert "List them: mobilecalc " in said


def test_debug_shows_no_traceback_of_a_call_that_names_no_command():
    assert "Missing command" in refused("--debug")


LARGE = ("--resolution", "35840")


@pytest.mark.parametrize("format", VIEWS)
def test_a_counter_that_would_take_too_much_memory_is_left_out_and_every_format_says_so(format):
    done = run(f"ulimit -v 8000000; $m compare v1 {' '.join(LARGE)} --format {format}")
    assert done.returncode == 0
    said = " ".join((done.stdout + done.stderr).replace("\\_", "_").split())
    assert "thop was not run on v1: its forward pass would take about 2" in said
    assert "counters are run up to 1 GiB" in said


def test_of_a_counter_that_was_left_out_there_is_no_number_and_no_failure():
    large = describe("v1", settings(resolution=35_840))
    (row,) = compare([large], [COUNTERS["thop"]]).rows
    assert (row["thop"], str(row["thop_verdict"])) == (None, "left out")
    table = ledger(explain(large, [COUNTERS["fvcore"]]))
    assert table.failures == ()
    assert not any("Run on the built module" in str(note) for note in table.footnotes)


@pytest.mark.parametrize(
    "arguments",
    [
        ["--alpha", "60"],
        ["--channels", "100000000"],
        ["--classes", "1000000000"],
        ["--resolution", "100000", "--batch", "1000000000", "--train"],
    ],
    ids=" ".join,
)
def test_no_setting_takes_the_memory_of_the_machine(arguments):
    done = run(f"ulimit -v 8000000; $m compare v1 {' '.join(arguments)} --format json")
    assert done.returncode == 0
    assert json.loads(done.stdout)["rows"][0]["fvcore_verdict"] == "left out"


def test_a_module_s_own_batch_counts_too(tmp_path):
    large = "torch.nn:Conv2d(3, 64, 3)"
    done = run(
        f"ulimit -v 8000000; $m compare '{large}' --input 4096x3x224x224 --counters thop"
        " --format json"
    )
    assert json.loads(done.stdout)["rows"][0]["thop_verdict"] == "left out"


@pytest.fixture
def sorting(tmp_path):
    (tmp_path / "nets.py").write_text(NETS)
    return f"{tmp_path / 'nets.py'}:Sorting"


MODEL_COMMANDS = {
    "compare": ["compare"],
    "breakdown": ["breakdown"],
    "breakdown by kind": ["breakdown", "--by", "kind"],
    "explain": ["explain", "--predict"],
    "explain by layer": ["explain", "--predict", "--by", "layer"],
    "formula": ["formula"],
    "count": ["count"],
    "memory": ["memory"],
    "memory by resolution": ["memory", "--by", "resolution"],
    "value": ["value", "macs"],
}


def asked(command, model, *options):
    name, *rest = MODEL_COMMANDS[command]
    return CliRunner().invoke(app, [name, model, *rest, "--input", "1x3x8x8", *options])


@pytest.mark.parametrize("format", VIEWS)
@pytest.mark.parametrize("command", MODEL_COMMANDS)
def test_what_is_not_counted_is_said_by_every_command_in_every_format(command, format, sorting):
    options = [] if command == "value" else ["--format", format]
    done = asked(command, sorting, *options)
    assert done.exit_code == 0
    said = done.stderr if format == "csv" or command == "value" else done.stdout
    assert "Not counted in" in said
    assert "svd x1" in said.replace("\n", " ")


@pytest.mark.parametrize("command", MODEL_COMMANDS)
def test_with_strict_what_is_not_counted_is_a_failed_check(command, sorting):
    done = asked(command, sorting, "--strict")
    assert done.exception.exit_code == 1
    assert "Not counted in" in str(done.exception)


def test_a_table_tells_what_its_models_must_tell_whatever_the_study_wrote():
    profile = Profile("net", Shape(3, 8, 8), (), notes=("One sample.",), warnings=("look out",))
    plain, own = footnote("remark", "plain"), footnote("setting", "One sample.")
    forgotten = Table("t", (), (), footnotes=(plain,), about=(profile,))
    assert list(map(str, forgotten.footnotes)) == ["One sample.", "look out", "plain"]
    placed = Table("t", (), (), footnotes=(plain, own), about=(profile,))
    assert list(map(str, placed.footnotes)) == ["look out", "plain", "One sample."]
    assert forgotten.warnings == placed.warnings == (footnote("warning", "look out"),)


def test_a_hundred_thousand_settings_take_seconds_and_little_memory():
    alphas = ",".join(str(i / 100) for i in range(1, 318))
    resolutions = ",".join(str(i) for i in range(32, 348))
    done = run(
        f"ulimit -t 60; ulimit -v 2000000; $m scale v1 --alphas {alphas}"
        f" --resolutions {resolutions} --format csv | wc -l"
    )
    assert (done.stdout.strip(), done.stderr) == (str(317 * 316 + 1), "")
