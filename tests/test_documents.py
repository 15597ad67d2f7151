"""The README, the notes and the examples: what they show is what the tool says today."""

import os
import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import mobilecalc
from mobilecalc.cli.main import COMMANDS

ROOT = Path(__file__).parents[1]
DOCUMENTS = runpy.run_path(str(ROOT / ".ci" / "documents.py"))
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", DOCUMENTS["DOCUMENTS"])
def test_a_document_shows_what_the_commands_print_today(name):
    text = (ROOT / name).read_text(encoding="utf-8")
    assert DOCUMENTS["refreshed"](text) == text, "mend it: python .ci/documents.py update"


def test_a_document_that_is_out_of_date_is_noticed():
    stale = "<!-- mobilecalc: models -->\nyesterday\n<!-- /mobilecalc -->"
    assert "568.7 M" in DOCUMENTS["refreshed"](stale)


def test_the_readme_shows_every_command():
    shown = set(re.findall(r"<!-- mobilecalc: (\w+)", README))
    page = {"explorer"}  # its answer is no screen
    assert set(COMMANDS) == shown | page
    assert "`mobilecalc explorer -o explorer.html`" in README


def test_the_readme_documents_every_public_name_it_uses():
    used = set(re.findall(r"mobilecalc\.([A-Za-z]+)\(", README))
    assert used <= set(mobilecalc.__all__)


def test_the_python_of_the_readme_runs(capsys):
    for code in re.findall(r"```python\n(.*?)```", README, re.DOTALL):
        exec(code, {})
    assert capsys.readouterr().out.startswith("**v2: cost**")


def test_the_two_commands_are_one_line_each_and_install_with_the_constraints():
    commands = [line for line in README.splitlines() if line.startswith("python3 -m venv")]
    assert len(commands) == 2
    assert all("pip install -c constraints.txt" in command for command in commands)
    assert commands[0].endswith("mobilecalc compare --alpha 0.5")
    assert commands[1].endswith("pytest")


def example(name, *arguments):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name), *arguments],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.stdout


@pytest.mark.parametrize("model", ["v1", "v2"])
def test_pick_backbone_picks_the_widest_within_the_budget(model):
    line = next(s for s in example("pick_backbone.py", "100", "160").splitlines() if model in s)
    alpha = float(re.search(r"alpha ([\d.]+)", line)[1])
    assert mobilecalc.profile(model, alpha=alpha, resolution=160).macs <= 100e6
    assert mobilecalc.profile(model, alpha=alpha + 0.05, resolution=160).macs > 100e6


def test_pick_backbone_takes_the_budget_alone():
    assert "192x192" in example("pick_backbone.py", "300")
    assert example("pick_backbone.py", "300") != example("pick_backbone.py")


def test_pick_backbone_says_when_none_fits():
    assert example("pick_backbone.py", "1", "224").splitlines()[0] == (
        "v1: none within 1 M MACs at 224 pixels"
    )


def test_the_versions_that_were_tested_are_pinned_exactly():
    lines = (ROOT / "constraints.txt").read_text().splitlines()[1:]
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+(; python_version .*)?", line) for line in lines)
    assert "torch==2.13.0" in lines


def test_the_network_in_the_readme_is_the_one_of_the_example():
    lines = (ROOT / "examples" / "my_net.py").read_text().splitlines()
    code = "\n".join(line for line in lines if line and '"""' not in line)
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.search(r"```python\n(from mobilecalc\.records.*?)```", text, re.DOTALL)[1]
    assert "\n".join(line for line in shown.splitlines() if line) == code


def test_what_the_common_mistakes_say_of_the_wrong_figures():
    pointwise = 512 * 1024 * 14**2
    assert 3**2 * 1024 * 28**2 + pointwise == 109_985_792
    assert 924_844_032 == 3**2 * 512 * 1024 * 14**2
    assert f"{109_985_792 / 924_844_032:.4f}" == "0.1189"
    profile = mobilecalc.profile("v1")
    assert (round(profile.macs / 1e6), round(2 * profile.macs / 1e9, 2)) == (569, 1.14)
    stored = profile.parameters + profile.counts.norm_buffers
    assert (f"{profile.parameters / 1e6:.1f}", f"{stored / 1e6:.2f}") == ("4.2", "4.25")
    for name in ("alexnet", "vgg16", "googlenet_paper"):
        assert "depthwise" not in {row.kind for row in mobilecalc.profile(name).rows}
