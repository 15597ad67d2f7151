"""Command lines: valid ones, nearly valid ones and hostile ones."""

import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from support.child import contents, run
from support.properties import ends_well

from mobilecalc.cli.main import COMMANDS, command
from mobilecalc.networks import zoo

FILES = {
    "net.py": b"from torch import nn\n\ndef make():\n    return nn.Linear(8, 4)\n\nnumber = 3\n",
    "exits.py": b"raise SystemExit('no')\n",
    "breaks.py": b"def make(:\n",
    "text.pth": b"these are no weights\n",
    "text.pt2": b"this is no archive\n",
    "text.onnx": b"this is no graph\n",
    "empty.onnx": b"",
    "empty.pt": b"",
    "note.md": b"<!-- mobilecalc: value v1 macs --><!-- /mobilecalc -->\n",
}
ANSWERS = ["a.csv", "a.json", "a.tex", "a.md", "a.svg", "a.html", "a.txt", "a.xyz", "no/a.csv", ""]

LONG = "9" * 450
models = st.one_of(
    st.sampled_from(list(zoo())),
    st.sampled_from(["v1(alpha=0.5)", "v2 (alpha=0.5)", "v1(alpha=)", "V1", "v9", "", "-", "."]),
    st.sampled_from([*FILES, "net.py:make", "net.py:none", "net.py:number", "exits.py:make"]),
    st.sampled_from(["breaks.py:make", "gone.onnx", "gone.py:make", "json:loads", "timm:", ":"]),
    st.text(max_size=8),
)
numbers = st.sampled_from(
    f"1 0.5 224 160 1000 3 0 -1 1e300 1e-300 nan inf x {LONG} 35840 100000000000 1,0.5 , 224,x"
    " 1e3 0x10 ²".split(" ")
)
words = st.sampled_from(
    "layer|kind|fact|network|none|fvcore|thop,none|paper|int8|json|csv|latex|M|%|macs + bias_adds"
    f"|macs*macs|{LONG}*macs|(|1x3x32x32|1x3x99999999999x9|1x0|x=1x8:int64|cpu|meta||🦊|\udcff".split(
        "|"
    )
)
quantities = st.sampled_from(
    [
        "macs",
        "params",
        "share of macs of stem",
        "channels at 7x7",
        "macs of",
        "flops",
        "steps (",
        "",
    ]
)
UNCOUNTED = ("compare", "breakdown")
"""Commands that run counters unless they are told not to: that is for other tests to try."""


def parameters(name):
    """The options and arguments of a command; of `notes`, those of the commands below it."""
    built = command(name)
    below = built.commands.values() if hasattr(built, "commands") else [built]
    return [parameter for one in below for parameter in one.params]


@st.composite
def options(draw, name):
    """Some options of a command, each with a value where it takes one."""
    drawn = []
    known = [one for one in parameters(name) if one.param_type_name == "option"]
    for option in draw(st.lists(st.sampled_from(known), max_size=4)):
        drawn.append(draw(st.sampled_from(option.opts)))
        if not option.is_flag:
            answer = st.sampled_from(ANSWERS)
            drawn.append(draw(answer if "path" in str(option.type).lower() else numbers | words))
    return drawn


@st.composite
def command_lines(draw):
    """A command, what it is asked of, and options in any place."""
    name = draw(st.sampled_from(COMMANDS))
    if name == "notes":
        line = [draw(st.sampled_from(["check", "update", "nothing"]))]
        line += draw(st.lists(st.sampled_from(["note.md", "net.py", "gone.md", "."]), max_size=2))
    elif name == "value":
        line = [draw(models), draw(quantities)]
    elif name in ("explorer", "conventions", "models"):
        line = draw(st.lists(models, max_size=1))
    else:
        line = draw(st.lists(models, min_size=1, max_size=2))
    line += draw(options(name))
    if name in UNCOUNTED:
        line += ["--counters", "none"]
    if name == "explain":
        line.append("--predict")
    return [name, *line]


FUZZ = settings.get_profile("fuzz")


@settings(FUZZ, max_examples=3 * FUZZ.max_examples)
@given(command_lines())
def test_a_command_ends_well_and_writes_only_what_it_is_asked_to(line):
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        for name, content in FILES.items():
            (folder / name).write_bytes(content)
        outcome = run(*line, folder=folder)
        ends_well(outcome, folder)
        asked = set(ANSWERS) & set(line)
        after = contents(folder)
        changed = {name for name in after if after[name] != FILES.get(name, b"\0")}
        gone = FILES.keys() - after.keys()
        allowed = asked | ({"note.md"} if "update" in line else set())
        allowed |= {"__pycache__"} | {name for name in after if name.startswith("__pycache__/")}
        assert changed <= allowed, line
        assert not gone, line
