"""The commands on modules that mobilecalc did not describe."""

import csv
import io
import json
from typing import Annotated, NamedTuple

import pytest
import typer
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.cli.signatures import flat
from mobilecalc.core.errors import BadOption, CheckFailed
from mobilecalc.views import VIEWS

NET = "tests/data/nets.py:make_net"
INPUT = ["--input", "1x3x16x16"]
MACS = 9 * 3 * 256 + 3 * 8 * 256 + 8 * 10


def run(*arguments):
    return CliRunner().invoke(app, list(arguments))


def rows(*arguments):
    """A command's answer by column, and what it was stopped by."""
    result = run(*arguments, "--format", "json")
    return json.loads(result.stdout), result.exception


def test_what_csv_has_no_room_for_is_said_on_the_other_screen(tmp_path):
    file = tmp_path / "net.py"
    file.write_text("from torch import nn\nnet = nn.Bilinear(4, 6, 5)\n")
    given = ["compare", f"{file}:net", "--input", "1x4", "--input", "1x6", "--format", "csv"]
    result = run(*given)
    assert result.stdout.count("\n") == 2
    assert "Not counted in" in result.stderr
    assert "trilinear x1 (5 elements)" in result.stderr


def test_without_a_network_of_the_zoo_no_counter_s_column_is_shown():
    table, _ = rows("compare", NET, *INPUT)
    assert table["title"].endswith(": cost")
    assert "fvcore" not in table["rows"][0]


COMMANDS = {
    "breakdown": ["breakdown", NET, *INPUT],
    "compare": ["compare", "v2", NET, *INPUT, "--counters", "none"],
    "count": ["count", NET, *INPUT],
    "explain": ["explain", NET, *INPUT, "--predict"],
    "explain by layer": ["explain", NET, *INPUT, "--predict", "--by", "layer"],
    "formula": ["formula", NET, *INPUT],
}


@pytest.mark.parametrize("format", list(VIEWS))
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers_in_every_format(command, format):
    result = run(*COMMANDS[command], "--format", format)
    assert result.exit_code == 0, result.output
    assert result.stdout.strip()


def test_the_breakdown_has_the_module_s_layers_and_adds_up():
    table, stopped = rows("breakdown", NET, *INPUT)
    assert stopped is None
    assert [row["layer"] for row in table["rows"]] == [
        "depthwise", "norm", "pointwise", "sort", "head"
    ]  # fmt: skip
    assert sum(row["macs"] for row in table["rows"]) == table["total"]["macs"] == MACS
    assert table["rows"][0]["input"] == [3, 16, 16]
    assert "fvcore" not in table["total"]


def test_what_is_not_counted_is_listed_and_with_strict_it_is_an_error():
    listed = f"Not counted in {NET}, as no formula covers it: sort x1 (2048 elements)."
    table, stopped = rows("breakdown", NET, *INPUT)
    assert listed in table["notes"]
    table, stopped = rows("breakdown", NET, *INPUT, "--strict")
    assert isinstance(stopped, CheckFailed)
    assert stopped.exit_code == 1
    assert listed in str(stopped)
    assert table["total"]["macs"] == MACS  # the answer is printed all the same
    for command in COMMANDS.values():
        assert isinstance(run(*command, "--strict").exception, CheckFailed)


def test_compare_puts_it_beside_the_zoo_with_its_ratio_to_standard():
    table, _ = rows("compare", "v1", NET, *INPUT, "--counters", "none")
    mine = table["rows"][1]
    assert mine["macs"] == MACS
    standard = 9 * 3 * 8 * 256 + 80
    assert mine["ratio"] == MACS / standard


def test_counters_run_on_the_zoo_unless_they_are_asked_for():
    table, _ = rows("compare", "v2", NET, *INPUT, "--alpha", "0.25", "--resolution", "64")
    assert table["rows"][0]["fvcore_verdict"] == "= M + 2N + Pi"
    assert table["rows"][1]["fvcore"] is None
    assert any("on every model: --counters fvcore,thop" in note for note in table["notes"])
    table, stopped = rows("compare", NET, *INPUT, "--counters", "fvcore,thop")
    assert stopped is None
    assert table["rows"][0]["fvcore_verdict"] == "= M + 2N"
    assert table["rows"][0]["thop"] == MACS + 4 * 3 * 256


def test_a_difference_on_a_loaded_module_is_told_and_is_no_failure():
    table, stopped = rows("explain", "torch.nn:TransformerEncoderLayer(16, 2)", "--input", "4x1x16",
                          "--counter", "thop")  # fmt: skip
    remainder = next(row for row in table["rows"] if row["fact"] == "remainder")
    assert remainder["thop"] < 0
    assert stopped is None
    assert any(note.startswith("thop differs on torch.nn:") for note in table["notes"])


def test_a_batch_stands_beside_the_sample():
    table, _ = rows("breakdown", NET, *INPUT, "--batch", "8")
    assert (table["total"]["macs"], table["total"]["batch_macs"]) == (MACS, 8 * MACS)
    assert sum(row["batch_macs"] for row in table["rows"]) == 8 * MACS
    table, _ = rows("compare", "v1", NET, *INPUT, "--batch", "3", "--counters", "none")
    assert [r["batch_macs"] for r in table["rows"]] == [3 * 568_740_352, 3 * MACS]
    table, _ = rows("count", "v1", "--batch", "4")
    facts = {row["name"]: row for row in table["rows"]}
    assert facts["macs"]["batch_value"] == 4 * facts["macs"]["value"]
    assert facts["weights"]["batch_value"] == facts["weights"]["value"]


def test_with_a_batch_the_module_itself_is_counted_on_one_sample():
    table, _ = rows("breakdown", NET, "--input", "2x3x16x16", "--batch", "8")
    assert (table["total"]["macs"], table["total"]["batch_macs"]) == (MACS, 8 * MACS)


def test_a_training_step_has_its_parts():
    table, _ = rows("breakdown", NET, *INPUT, "--train")
    total = table["total"]
    assert total["weight_gradient_macs"] == MACS
    assert total["input_gradient_macs"] == MACS - 9 * 3 * 256  # the first layer needs none
    assert total["training_macs"] == 3 * MACS - 9 * 3 * 256
    table, _ = rows("compare", "v1", "v2", "--train", "--counters", "none")
    stem = 9 * 3 * 32 * 112**2
    assert [r["training_macs"] for r in table["rows"]] == [
        3 * 568_740_352 - stem,
        3 * 300_774_272 - stem,
    ]


def test_the_formulas_are_those_of_the_pairs_in_the_trace():
    table, _ = rows("formula", NET, *INPUT)
    assert [(row["layer"], row["formula"]) for row in table["rows"]] == [
        ("pointwise", "3² · 3 · 16² + 3 · 8 · 16²")
    ]


def test_a_convention_holds_for_it_too():
    table, _ = rows("breakdown", NET, *INPUT, "--convention", "folded-norm")
    assert table["total"]["macs"] == MACS + 8 * 256 + 10 + 3 * 256


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["breakdown", NET, "--alpha", "0.5"], "--alpha sizes a network of the zoo"),
        (["count", NET, "--rho", "0.5", "--classes", "3"], "--rho and --classes sizes?"),
        (["breakdown", "v1", "--input", "1x3x8x8"], "are for modules that are loaded"),
        (["breakdown", "v1", "--device", "cpu"], "are for modules that are loaded"),
        (["breakdown", "tests/data/nets.py"], "does not say what to count"),
        (["count", "torch.nn.Linear(8, 8)", "--input", "1x8"], "does not say what to count"),
        (["count", "tests"], "does not say what to count"),
        (["breakdown", NET, "--batch", "0"], "--batch 0 is not possible"),
        (["breakdown", NET, "--input", "3by3"], "--input '3by3' cannot be read"),
        (["breakdown", NET, "--device", "cuda"], "--device cuda is not possible"),
        (["formula", "torch.nn:Linear(3, 3)", "--input", "1x3"], "has no separable layer"),
        (["formula", "--kernel", "3", "--input", "1x3"], "--input and a layer were both given"),
    ],
)
def test_a_wrong_call_is_told(arguments, said, monkeypatch):
    import torch

    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    result = run(*arguments)
    assert isinstance(result.exception, BadOption)
    assert result.exception.exit_code == 2
    import re

    assert re.search(said, str(result.exception)), result.exception
    assert result.exception.fix


def test_csv_has_the_rows_alone():
    result = run("breakdown", NET, *INPUT, "--format", "csv")
    read = list(csv.DictReader(io.StringIO(result.stdout)))
    assert sum(int(row["macs"]) for row in read) == MACS


# Options that are shared.


class Point(NamedTuple):
    x: Annotated[int, typer.Option(help="Across.")] = 1
    y: Annotated[int, typer.Option(help="Up.")] = 2


def test_a_group_of_options_is_spread_and_gathered():
    got = []

    def command(name: str, at: Point = Point(), loud: bool = False) -> None:  # noqa: B008
        """Its help."""
        got.append((name, at, loud))

    one = typer.Typer(add_completion=False)
    one.command()(flat(command))
    assert CliRunner().invoke(one, ["n", "--y", "5", "--loud"]).exit_code == 0
    assert got == [("n", Point(1, 5), True)]
    shown = CliRunner().invoke(one, ["--help"], env={"COLUMNS": "100"}).output
    assert "Across." in shown
    assert "Its help." in shown
