"""What the shell completes, and that it waits for no heavy library."""

import os
import subprocess
import sys

import pytest
from test_light import HEAVY

from mobilecalc.cli.main import COMMANDS
from mobilecalc.counters import CONVENTIONS
from mobilecalc.views import VIEWS

CODE = f"""
import sys
sys.argv = ["mobilecalc"]
from mobilecalc.cli.main import run
try:
    run()
except SystemExit:
    pass
print("LOADED", *({HEAVY!r} & set(sys.modules)))
"""


def completed(line):
    """What bash would offer for the last word of a line; nothing heavy is imported for it."""
    environment = {
        **os.environ,
        "_MOBILECALC_COMPLETE": "complete_bash",
        "COMP_WORDS": f"mobilecalc {line}",
        "COMP_CWORD": str(len(line.split(" "))),
    }
    done = subprocess.run(
        [sys.executable, "-c", CODE],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    offered, _, loaded = done.stdout.partition("LOADED")
    assert loaded.split() == []
    assert done.stderr == ""
    return offered.split()


def test_commands_are_completed():
    assert completed("br") == ["breakdown"]
    assert completed("") == list(COMMANDS)


def test_options_are_completed_behind_any_others():
    assert completed("breakdown v1 --alpha 1_0 --alpha 0.5 --conv") == ["--convention"]


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("breakdown v2", {"v2", "v2-standard", "v2_ssd", "v2_ssdlite"}),
        ("compare v1 resnet5", {"resnet50", "resnet50_paper"}),
        ("formula v1-", {"v1-standard"}),
        ("value v1 macs --over alex", {"alexnet", "alexnet_paper"}),
        ("scale v3_small_s", {"v3_small_ssdlite"}),
        ("models --format ", set(VIEWS)),
        ("count v1 --format ma", {"markdown"}),
        ("compare --convention ", set(CONVENTIONS)),
        ("compare --counters fv", {"fvcore"}),
        ("compare --counters fvcore,th", {"fvcore,thop"}),
        ("compare --counters fvcore,fv", set()),
        ("explain v1 --counter tho", {"thop"}),
        ("paper v1:1", {"v1:1", *(f"v1:{table}" for table in range(10, 15))}),
        ("notes u", {"update"}),
    ],
)
def test_values_are_completed(line, offered):
    assert set(completed(line)) == offered


def test_the_shell_s_script_is_shown():
    done = subprocess.run(
        [sys.executable, "-m", "mobilecalc", "--show-completion", "bash"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "complete" in done.stdout
