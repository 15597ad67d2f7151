"""The command line as a user meets it, in processes of its own where that matters."""

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.counters import CONVENTIONS
from mobilecalc.views import VIEWS

COMMANDS = {
    "compare": ["compare", "--counters", "none"],
    "breakdown": ["breakdown", "v1", "--counters", "none"],
    "scale": ["scale", "v2"],
    "formula": ["formula"],
    "one layer": ["formula", "--kernel", "3", "--in", "512", "--out", "512", "--size", "14"],
    "explain": ["explain", "v1", "--predict"],
    "explain by layer": ["explain", "v2", "--predict", "--by", "layer"],
    "count": ["count", "v1"],
    "memory": ["memory", "v2"],
    "paper": ["paper"],
    "one paper table": ["paper", "v1:12"],
    "errata": ["paper", "v2", "--errata"],
    "conventions": ["conventions"],
    "models": ["models"],
}


def mobilecalc(*arguments, **options):
    """Run the command line in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "mobilecalc", *arguments],
        capture_output=True,
        text=True,
        check=False,
        **options,
    )


def answer(*arguments):
    """What a command prints, from within this process."""
    result = CliRunner().invoke(app, list(arguments), catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize("format", list(VIEWS))
@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_answers_in_every_format_on_screen_and_in_a_file(command, format, tmp_path):
    printed = answer(*COMMANDS[command], "--format", format)
    assert printed.strip()
    file = tmp_path / f"answer{VIEWS[format].extensions[0]}"
    assert answer(*COMMANDS[command], "--output", str(file)) == ""
    written = file.read_text(encoding="utf-8")
    if format == "console":
        assert written.split() != []
    else:
        assert written == printed


@pytest.mark.parametrize("command", COMMANDS)
def test_json_keys_are_those_of_its_columns(command):
    content = json.loads(answer(*COMMANDS[command], "--format", "json"))
    keys = [column["key"] for column in content["columns"]]
    assert all(list(row) == keys for row in content["rows"])


def test_compare_by_default_compares_the_zoo_and_both_counters():
    content = json.loads(answer("compare", "--alpha", "0.25", "--format", "json"))
    assert [row["model"] for row in content["rows"]] == ["v1", "v2", "v1-standard", "v2-standard"]
    v1 = content["rows"][0]
    assert v1["macs"] == 41_030_272
    assert (v1["fvcore_verdict"], v1["thop_verdict"]) == ("= M + 2N + Pi", "= M + 4N + Q")


def test_breakdown_shows_both_tables_on_the_console_and_one_elsewhere():
    console = answer("breakdown", "v1", "--counters", "none")
    assert "v1, layer by layer" in console
    assert "v1, by kind of layer" in console
    layers = answer("breakdown", "v1", "--counters", "none", "--format", "csv")
    kinds = answer("breakdown", "v1", "--counters", "none", "--format", "csv", "--by", "kind")
    assert next(csv.DictReader(io.StringIO(layers)))["layer"] == "stem.conv"
    assert next(csv.DictReader(io.StringIO(kinds)))["kind"] == "pointwise"


def test_a_convention_of_one_s_own_re_expresses_the_cost():
    content = json.loads(
        answer(
            *("breakdown", "v1", "--counters", "none", "--format", "json"),
            *("--convention", "macs + bias_adds + 2*norm_elements"),
        )
    )
    assert content["total"]["operations"] == 568_740_352 + 1_000 + 2 * 5_042_688


def test_every_command_with_a_cost_takes_every_convention():
    for name in CONVENTIONS:
        for command in (["compare", "--counters", "none"], ["scale", "v1"]):
            assert answer(*command, "--convention", name, "--format", "csv")


CHARTS = {
    "breakdown": ["breakdown", "v1", "--counters", "none"],
    "breakdown by kind": ["breakdown", "v1", "--by", "kind", "--counters", "none"],
    "compare": ["compare", "--counters", "none"],
    "explain": ["explain", "v1", "--predict", "--counter", "thop,fvcore"],
    "scale": ["scale", "v2"],
    "paper": ["paper"],
    "one paper table": ["paper", "v1:6", "--errata"],
}
ENDINGS = {
    ".svg": b"<svg",
    ".png": b"\x89PNG",
    ".pdf": b"%PDF-",
    ".html": b"<!DOCTYPE html>",
    ".json": b"{",
}


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("command", CHARTS)
def test_every_command_with_a_chart_draws_it_in_every_format(command, ending, tmp_path):
    file = tmp_path / f"figure{ending}"
    assert answer(*CHARTS[command], "--chart", str(file)).strip()
    assert file.read_bytes().lstrip().startswith(ENDINGS[ending])
    assert list(tmp_path.iterdir()) == [file]


def test_a_chart_comes_beside_the_answer_and_changes_nothing_of_it(tmp_path):
    for command in ("compare", "scale"):
        drawn = answer(*CHARTS[command], "--chart", str(tmp_path / "figure.svg"))
        assert drawn == answer(*CHARTS[command])


@pytest.mark.parametrize(
    ("command", "convention", "words"),
    [
        (
            "breakdown",
            "folded-norm",
            "v1, alpha 0.5, input 3x192x192, 1000 classes. MACs = M + b + N: as deployed",
        ),
        (
            "compare",
            "paper",
            "v1, v2, v1-standard, v2-standard, alpha 0.5, input 3x192x192, 1000 classes. MACs = M:",
        ),
    ],
)
def test_a_chart_says_model_input_and_convention(command, convention, words, tmp_path):
    file = tmp_path / "figure.json"
    options = ["--alpha", "0.5", "--resolution", "192", "--convention", convention]
    answer(*CHARTS[command], *options, "--chart", str(file))
    assert words in json.loads(file.read_text())["description"]


def test_a_chart_of_a_training_step_shows_what_the_table_does(tmp_path):
    file = tmp_path / "figure.json"
    step = ["--train", "--batch", "8", "--chart", str(file), "--format", "json"]
    table = json.loads(answer(*CHARTS["breakdown"], *step))
    drawn = [row for rows in json.loads(file.read_text())["datasets"].values() for row in rows]
    amounts = {row["name"]: row["amount"] for row in reversed(drawn) if "amount" in row}
    assert amounts == {r["layer"]: r["batch_macs"] for r in table["rows"] if r["batch_macs"]}


def test_the_explorer_is_a_page_in_a_file_and_never_on_the_screen(tmp_path):
    file = tmp_path / "explorer.html"
    assert answer("explorer", "-o", str(file)) == ""
    assert file.read_text(encoding="utf-8").startswith("<!doctype html>")
    refused = mobilecalc("explorer")
    assert refused.returncode == 2
    assert refused.stderr.splitlines() == [
        "mobilecalc: explorer was given no file.",
        "It makes a page of a megabyte, for a browser and not for the screen.",
        "For example: mobilecalc explorer -o explorer.html",
    ]
    nowhere = mobilecalc("explorer", "-o", str(tmp_path / "no" / "explorer.html"))
    assert nowhere.returncode == 2
    assert f"There is no folder {tmp_path / 'no'}." in nowhere.stderr


def test_rho_is_said_to_mean_whole_pixels():
    content = json.loads(answer("count", "v1", "--rho", "0.714", "--format", "json"))
    assert any("the nearest whole number, 160" in note for note in content["notes"])


def test_the_fifth_sevenths_of_the_v1_paper_are_160_pixels():
    by_rho = answer("count", "v1", "--rho", "0.714", "--format", "csv")
    assert by_rho == answer("count", "v1", "--resolution", "160", "--format", "csv")


def test_scale_draws_its_curves_on_the_console():
    console = answer("scale", "v1", "--alphas", "1,0.5", "--resolutions", "224,112")
    assert "v1 over alpha, at 224" in console
    assert "v1 over resolution, at alpha 1" in console


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["compare", "v3"], "There is no model named 'v3'."),
        (["breakdown", "v1-standrd"], "Did you mean v1-standard"),
        (["compare", "--alpha", "0"], "--alpha 0.0 is not possible."),
        (["compare", "--alpha", "-1"], "--alpha -1.0 is not possible."),
        (["compare", "--alpha", "nan"], "--alpha nan is not possible."),
        (["compare", "--alpha", "wide"], "--alpha"),
        (["compare", "--resolution", "0"], "--resolution 0 is not possible."),
        (["compare", "--resolution", "22.5"], "--resolution"),
        (["compare", "--rho", "0"], "--rho 0.0 is not possible."),
        (
            ["compare", "--rho", "1", "--resolution", "224"],
            "--resolution and --rho were both given.",
        ),
        (["compare", "--classes", "0"], "--classes 0 is not possible."),
        (["compare", "--channels", "0"], "--channels 0 is not possible."),
        (["compare", "--format", "jsn"], "There is no format named 'jsn'."),
        (["compare", "--convention", "papre"], "Did you mean paper"),
        (["compare", "--counters", "fvcor"], "Did you mean fvcore"),
        (["compare", "--counters", ","], "--counters names no counter."),
        (["breakdown", "v1", "--by", "color"], "There is no grouping named 'color'."),
        (["scale", "v1", "--alphas", "1,,2"], "A value between commas is empty."),
        (["scale", "v1", "--resolutions", "1.5"], "--resolutions 1.5 is not possible."),
        (["compare", "--convention", "macs*macs"], "A product of facts"),
        (["explain", "v1", "--counter", "thopp"], "Did you mean thop"),
        (["explain", "v1", "--counter", "deepspeed"], "deepspeed is not run."),
        (["explain", "v1", "--counter", "none"], "There is no counter named 'none'."),
        (["explain", "v1", "--counter", ""], "--counter names no counter."),
        (["explain", "v1", "--by", "color"], "There is no grouping named 'color'."),
        (["explain", "v1", "--predict", "--chart", "x.doc"], "with the ending '.doc'"),
        (["compare", "--chart", "figure"], "The file of --chart has no ending."),
        (["breakdown", "v1", "--chart", "no/x.svg"], "no/x.svg cannot be written."),
        (["scale", "v1", "--chart", "x.gif"], "with the ending '.gif'"),
        (["scale", "v1", "--convention", "residual_adds", "--chart", "x.svg"], "nothing to draw"),
        (["paper", "v1:3", "--chart", "x.svg"], "There is no accuracy over MACs in v1:3."),
        (["compare", "--output", "x.html", "--chart", "x.html"], "both name x.html."),
        (["explain", "v1", "--predict", "--chart", "no/x.svg"], "no/x.svg cannot be written."),
        (["formula", "--in", "3"], "--out and --size are missing."),
        (["formula", "v1", "--in", "3"], "MODEL and a layer were both given."),
        (["formula", "--kernel", "5"], "--in and --out and --size are missing."),
        (["formula", "--in", "3", "--classes", "7"], "--classes and a layer were both given."),
        (["scale", "v1", "--alphas", "1e-200"], "--alphas 1e-200 is not possible."),
        (["count", "v1", "--alpha", "1e308"], "--alpha 1e+308 is not possible."),
        (["formula", "v1-standard"], "v1-standard has no separable layer."),
        (["compare", "--output", "no/such/folder.md"], "no/such/folder.md cannot be written."),
        (["compare", "--output", "table.doc"], "No format has the extension '.doc'."),
        (["compare", "--output", "."], "cannot be written."),
        (["compare", "--output", ""], "The file name of --output is empty."),
        (["compare", "--chart", ""], "The file name of --chart is empty."),
        (["explorer", "-o", ""], "The file name of --output is empty."),
        (["formula", ""], "''"),
        (["compare", "--output", "/dev/null"], "or choose one with --format: console, markdown"),
    ],
)
def test_a_wrong_call_says_what_why_and_how_to_mend_and_writes_nothing(
    arguments, message, tmp_path
):
    if "--counters" not in arguments and arguments[0] in ("compare", "breakdown"):
        arguments = [*arguments, "--counters", "none"]
    done = mobilecalc(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.strip().splitlines()) >= 2
    assert "Traceback" not in done.stderr
    assert (done.stdout, list(tmp_path.iterdir())) == ("", [])


def test_a_failed_check_is_printed_and_exits_1(monkeypatch):
    import mobilecalc.counters.counter as counters

    thop = counters.COUNTERS["thop"]
    broken = thop._replace(run=lambda module, batch: counters.Reading(1))
    monkeypatch.setitem(counters.COUNTERS._items, "thop", broken)
    result = CliRunner().invoke(app, ["compare", "v1", "--alpha", "0.25", "--counters", "thop"])
    assert "on M + 4N + Q" in result.output
    assert result.exception.exit_code == 1
    assert "thop differs on v1" in str(result.exception)


def test_a_pipe_in_a_folder_that_is_not_ours_is_written_to(tmp_path):
    pipe = tmp_path / "pipe.json"
    os.mkfifo(pipe)
    process = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    answer("models", "--output", str(pipe))
    assert "ghostnet" in process.communicate(timeout=20)[0]
    assert pipe.is_fifo()


def test_json_is_valid_on_a_screen_that_lacks_characters():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = mobilecalc("formula", "--format", "json", env=environment)
    assert "3² · 32 · 112²" in json.loads(done.stdout)["rows"][0]["formula"]


def test_a_closed_screen_is_no_matter_where_a_file_is_written(tmp_path):
    file = tmp_path / "models.md"
    command = f'exec "{sys.executable}" -m mobilecalc models --output "{file}" >&-'
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert "ghostnet" in file.read_text()


def test_an_existing_file_stays_whole_when_it_cannot_be_replaced(tmp_path, monkeypatch):
    from pathlib import Path

    file = tmp_path / "table.md"
    file.write_text("precious")

    def full(self, target):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    result = CliRunner().invoke(app, ["models", "--output", str(file)])
    assert "cannot be written" in str(result.exception)
    assert "No space left on device" in str(result.exception)
    assert file.read_text() == "precious"
    assert list(tmp_path.iterdir()) == [file]


def test_a_written_file_keeps_its_permissions_and_its_link(tmp_path):
    file, link = tmp_path / "table.md", tmp_path / "link.md"
    file.write_text("old")
    file.chmod(0o640)
    link.symlink_to(file)
    answer("models", "--output", str(link))
    assert link.is_symlink()
    assert file.read_text() != "old"
    assert file.stat().st_mode & 0o777 == 0o640


def test_a_device_is_written_to_not_replaced():
    answer("models", "--format", "json", "--output", os.devnull)
    assert not os.path.isfile(os.devnull)  # noqa: PTH113


def test_a_closed_pipe_is_no_error_to_speak_of():
    process = subprocess.Popen(
        [sys.executable, "-m", "mobilecalc", "breakdown", "v2", "--counters", "none"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    error = process.stderr.read()
    process.stderr.close()
    process.wait()
    assert error == b""


@pytest.mark.parametrize("after", [0.3, 0.8, 1.5])
def test_ctrl_c_ends_it_at_once_without_a_traceback(after):
    process = subprocess.Popen(
        [sys.executable, "-m", "mobilecalc", "compare", "--resolution", "448"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    output, error = process.communicate(timeout=60)
    assert (process.returncode, output, error) == (-signal.SIGINT, "", "")


BREAKING = """
import sys
import mobilecalc.studies.models as study
from mobilecalc.cli import main
study.models = lambda: 1 / 0
sys.argv[1:] = {arguments}
main.run()
"""


def breaking(*arguments):
    code = BREAKING.format(arguments=list(arguments))
    command = [sys.executable, "-c", code]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_error_of_ours_is_one_message():
    done = breaking("models")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "Something broke: ZeroDivisionError" in done.stderr
    assert "mobilecalc --debug models" in done.stderr


def test_debug_shows_where():
    assert "Traceback" in breaking("--debug", "models").stderr


@pytest.mark.parametrize(
    ("environment", "coloured"),
    [({"FORCE_COLOR": "1"}, True), ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, False), ({}, False)],
)
def test_colour_is_for_terminals_and_no_color_is_honoured(environment, coloured):
    clean = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "FORCE_COLOR")}
    output = mobilecalc(
        "compare", "v1", "--alpha", "0.25", env={**clean, "TERM": "xterm", **environment}
    ).stdout
    assert ("\x1b[32m" in output) == coloured


def test_a_screen_that_lacks_a_character_gets_a_question_mark():
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = mobilecalc("formula", env=environment)
    assert (done.returncode, done.stderr) == (0, "")


def test_help_lists_every_command():
    output = answer("--help")
    assert all(name in output for name in ("compare", "breakdown", "scale", "formula", "count"))


def test_the_version():
    import mobilecalc as package

    assert answer("--version") == f"mobilecalc {package.__version__}\n"
