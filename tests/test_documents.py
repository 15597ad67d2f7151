"""The README, the notes and the examples: what they show is what the tool says today."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import mobilecalc
from mobilecalc.cli.document import REPORTING
from mobilecalc.cli.main import COMMANDS, app

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_documents_show_what_the_commands_print_today():
    examples = (path for path in ROOT.glob("examples/*") if path.suffix in (".md", ".qmd", ".tex"))
    documents = ["README.md", "CONTRIBUTING.md", *sorted(map(str, examples))]
    done = subprocess.run(
        [sys.executable, "-m", "mobilecalc", "notes", "check", "--allow-code", *documents],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_readme_shows_every_command():
    shown = set(re.findall(r"<!-- mobilecalc: (\w+)", README))
    assert set(REPORTING) == shown
    assert all(f"mobilecalc {command}" in README for command in COMMANDS)


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


MISTAKES = (ROOT / "examples" / "common-mistakes.md").read_text(encoding="utf-8")


def numbers(pattern):
    """The whole numbers of the groups of a pattern that the document has once."""
    (found,) = re.findall(pattern, MISTAKES)
    return [int(number.replace(",", "")) for number in found]


def test_the_wrong_ratio_of_the_common_mistakes_is_made_as_the_document_explains():
    made = CliRunner().invoke(
        app,
        [
            "formula",
            "--kernel",
            "3",
            "--in",
            "512",
            "--out",
            "1024",
            "--size",
            "14",
            "--format",
            "json",
        ],
    )
    macs = {row["layer"]: row["macs"] for row in json.loads(made.stdout)["rows"]}
    inputs, outputs, size = numbers(r"layer from (\d+) to (\d+) channels at (\d+) x \3")
    wrong, right = numbers(r'notes divide "([\d,]+)" by "([\d,]+)"')
    channels, side = numbers(
        r"it is 3² · (\d+) · (\d+)², the \*output\* channels at twice the side"
    )
    assert right == macs["standard"]
    depthwise = macs["separable"] - inputs * outputs * size**2
    assert depthwise == 3**2 * inputs * size**2
    assert wrong == macs["separable"] - depthwise + 3**2 * channels * side**2
    assert (channels, side) == (outputs, 2 * size)
    assert f'"{wrong / right:.4f}" as the cost ratio' in MISTAKES


def test_what_the_common_mistakes_say_of_the_wrong_figures():
    profile = mobilecalc.profile("v1")
    assert (round(profile.macs / 1e6), round(2 * profile.macs / 1e9, 2)) == (569, 1.14)
    stored = profile.parameters + profile.counts.norm_buffers
    assert (f"{profile.parameters / 1e6:.1f}", f"{stored / 1e6:.2f}") == ("4.2", "4.25")
    for name in ("alexnet", "vgg16", "googlenet_paper"):
        assert "depthwise" not in {row.kind for row in mobilecalc.profile(name).rows}


def test_the_guide_names_files_that_are_there():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    listed = guide.partition("## Where is ...?")[2].partition("\n## ")[0]
    files = re.findall(r"`([\w./]+\.(?:py|js))`", listed)
    assert len(files) > 30
    assert [file for file in files if not (ROOT / "mobilecalc" / file).is_file()] == []
