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
VALID = {
    "alpha": "0.5",
    "alphas": "1,0.5",
    "batch": "4",
    "by": "layer",
    "channels": "1",
    "classes": "10",
    "convention": "macs + 2*bias_adds",
    "counters": "none",
    "device": "cpu",
    "digits": "2",
    "dtype": "int8",
    "format": "csv",
    "in": "8",
    "input": "1x3x32x32",
    "kernel": "3",
    "out": "16",
    "over": "v2",
    "resolution": "96",
    "resolutions": "96,97",
    "rho": "0.714",
    "size": "14",
    "unit": "M",
}
MODELS = list(zoo())
NEARLY_MODELS = [
    *("v1(alpha=0.5)", "v2 (alpha=0.5)", "v1(alpha=)", "V1", "v9", "", "-", ".", "timm:", ":"),
    *(*FILES, "net.py:make", "net.py:none", "net.py:number", "exits.py:make", "breaks.py:make"),
    *("gone.onnx", "gone.py:make", "json:loads", LONG, "\udcff", "🦊"),
]
HOSTILE = [
    *("1", "0", "-1", "1e300", "1e-300", "nan", "inf", "x", "", LONG, "35840", "100000000000"),
    *(",", "224,x", "1e3", "0x10", "²", "none", "fvcore", "macs*macs", f"{LONG}*macs", "("),
    *("1x3x99999999999x9", "1x0", "x=1x8:int64", "meta", "🦊", "\udcff", "layer", "paper"),
]
QUANTITIES = ["macs", "share of macs of linear", "channels at 7x7", "macs of", "flops", "steps ("]
UNCOUNTED = ("compare", "breakdown")
"""Commands that run counters unless they are told not to: that is for other tests to try."""


def parameters(name):
    """The options and arguments of a command; of `notes`, those of the commands below it."""
    built = command(name)
    below = built.commands.values() if hasattr(built, "commands") else [built]
    return [parameter for one in below for parameter in one.params]


@st.composite
def command_lines(draw):
    """A command, what it is asked of, and options: in every second line all of it is usual."""
    name, is_usual = draw(st.sampled_from(COMMANDS)), draw(st.booleans())
    models = st.sampled_from(MODELS if is_usual else MODELS[:8] + NEARLY_MODELS)
    if name == "notes":
        line = [draw(st.sampled_from(["check", "update", "nothing"][: 3 - is_usual]))]
        line.append(
            draw(st.sampled_from(["note.md", "net.py", "gone.md", "."][: 4 - 3 * is_usual]))
        )
    elif name in ("explorer", "conventions", "models", "paper", "scale"):
        line = draw(st.lists(models, max_size=0 if is_usual else 1))
    else:
        line = [draw(models)]
    if name == "value":
        line.append(draw(st.sampled_from(QUANTITIES[: 2 if is_usual else None])))
    known = [one for one in parameters(name) if one.param_type_name == "option"]
    for option in draw(st.lists(st.sampled_from(known), max_size=2 if is_usual else 4)):
        spelling = draw(st.sampled_from(option.opts))
        line += [spelling, *draw(values(option, is_usual))]
    if name in UNCOUNTED:
        line += ["--counters", "none"]
    if name == "explain":
        line.append("--predict")
    return [name, *line]


def values(option, is_usual):
    """What may follow the option's name."""
    if option.is_flag:
        return st.just([])
    if "path" in str(option.type).lower():
        return st.sampled_from([[file] for file in ANSWERS[: 6 if is_usual else None]])
    usual = st.just([VALID[option.name]] if option.name in VALID else ["1"])
    return usual if is_usual else usual | st.sampled_from([[value] for value in HOSTILE])


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
