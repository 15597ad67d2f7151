"""Light commands load no heavy library, and the test can tell."""

import os
import subprocess
import sys

import pytest

HEAVY = {
    "torch",
    "fvcore",
    "thop",
    "numpy",
    "sympy",
    "altair",
    "vl_convert",
    "pydantic",
    "ptflops",
    "transformers",
    "torchvision",
    "timm",
    "onnx",
}

LIGHT = [
    ["--help"],
    ["compare", "--counters", "none"],
    ["compare", "v1", "v2", "--counters", "none"],
    ["breakdown", "v1", "--counters", "none"],
    ["breakdown", "v1", "--counters", "none", "--format", "latex"],
    ["scale", "v1"],
    ["formula"],
    ["formula", "v2"],
    ["formula", "--in", "512", "--out", "512", "--size", "14"],
    ["count", "v2"],
    ["explain", "v2", "--predict"],
    ["explain", "v2", "--predict", "--by", "layer"],
    ["conventions"],
    ["models"],
    ["memory", "v2", "--split"],
    ["paper"],
    ["paper", "v1:6"],
    ["paper", "--errata"],
]


def heavy_modules_after(arguments):
    code = f"""
import sys
sys.argv[1:] = {arguments!r}
from mobilecalc.cli.main import run
try:
    run()
except SystemExit as stop:
    assert not stop.code, stop.code
print("LOADED", *({HEAVY!r} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.rpartition("LOADED")[2].split())


@pytest.mark.parametrize("arguments", LIGHT, ids=" ".join)
def test_it_loads_nothing_heavy(arguments):
    assert heavy_modules_after(arguments) == set()


@pytest.mark.heavy
def test_the_explorer_loads_only_what_its_chart_is_made_with():
    assert heavy_modules_after(["explorer", "-o", os.devnull]) == {"vl_convert"}


@pytest.mark.heavy
def test_a_command_that_runs_a_counter_does_load_it():
    loaded = heavy_modules_after(["compare", "v1", "--alpha", "0.25", "--counters", "thop"])
    assert {"torch", "thop"} <= loaded
    assert "fvcore" not in loaded


def test_a_document_is_updated_and_checked_with_nothing_heavy(tmp_path):
    note = tmp_path / "note.md"
    note.write_text("It has <!-- mobilecalc: value v1 macs --><!-- /mobilecalc --> MACs.\n")
    assert heavy_modules_after(["notes", "update", str(note)]) == set()
    assert "568.7 M" in note.read_text()
    assert heavy_modules_after(["notes", "check", str(note)]) == set()


def test_importing_mobilecalc_and_profiling_loads_nothing_heavy():
    code = (
        "import sys, mobilecalc; mobilecalc.profile('v2').macs; mobilecalc.Table; "
        f"print(*({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


OWN_MODULES = {"value v1 macs": 77, "breakdown v1 --counters none": 81, "paper": 89}
"""A light command loads no more of our files than these: each costs it a fifth of a millisecond."""


@pytest.mark.parametrize("line", OWN_MODULES)
def test_a_light_command_loads_few_of_our_files(line):
    code = f"""
import sys
sys.argv[1:] = {line.split()!r}
from mobilecalc.cli.main import run
try:
    run()
except SystemExit as stop:
    assert not stop.code, stop.code
print("LOADED", *(name for name in sys.modules if name.split(".")[0] == "mobilecalc"))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = done.stdout.rpartition("LOADED")[2].split()
    assert 40 < len(loaded) <= OWN_MODULES[line], sorted(loaded)
    assert not [name for name in loaded if ".counters." in name and line == "paper"]
