"""Bring the generated parts of the documents up to date, or check that they are.

A document says what it shows between two comments:

    <!-- mobilecalc: compare --alpha 0.5 -->
    ...the answer, replaced by `update` and compared by `check`...
    <!-- /mobilecalc -->

An answer in Markdown is put in as it is; any other becomes a screen, with the command above it.
"""

import difflib
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DOCUMENTS = ("README.md", "CONTRIBUTING.md", "examples/lecture.md", "examples/common-mistakes.md")
SCREEN_WIDTH = "92"

QUESTION = re.compile(
    r"(<!-- mobilecalc: (?P<command>[^\n]*?) -->\n).*?(<!-- /mobilecalc -->)", re.DOTALL
)


def answer(command: str) -> str:
    """What `mobilecalc COMMAND` prints, as a part of a Markdown document."""
    environment = {**os.environ, "COLUMNS": SCREEN_WIDTH, "NO_COLOR": "1"}
    printed = subprocess.run(
        [sys.executable, "-m", "mobilecalc", *shlex.split(command)],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
    ).stdout
    if "--format markdown" in command:
        return f"\n{printed}\n"
    screen = "\n".join(line.rstrip() for line in printed.splitlines())
    return f"\n```console\n$ mobilecalc {command}\n{screen}\n```\n\n"


def refreshed(text: str) -> str:
    """The document with every answer as it is today."""
    return QUESTION.sub(lambda q: q[1] + answer(q["command"]) + q[3], text)


def main(mode: str) -> int:
    """`update` rewrites the documents; `check` prints what differs and returns 1 if any does."""
    stale = 0
    for name in DOCUMENTS:
        path = ROOT / name
        before = path.read_text(encoding="utf-8")
        after = refreshed(before)
        if mode == "update":
            path.write_text(after, encoding="utf-8")
        elif after != before:
            stale = 1
            lines = (before.splitlines(), after.splitlines())
            print("\n".join(difflib.unified_diff(*lines, name, "as it is today", lineterm="")))
            print(f"{name} is out of date. Mend it: python .ci/documents.py update")
    return stale


if __name__ == "__main__":
    if sys.argv[1:] not in (["update"], ["check"]):
        sys.exit("usage: python .ci/documents.py update|check")
    sys.exit(main(sys.argv[1]))
