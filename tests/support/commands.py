"""Command lines, run one after the other in a process of their own.

    python -m support.commands CASES RESULTS

CASES is a JSON file, a list of lists of arguments; RESULTS is written, a list of objects with the
exit code, what was printed, and the files that appeared. The folder is the current one. What a
command writes past Python, to the file descriptor 1, is left on this process's standard output.
"""

import contextlib
import io
import json
import subprocess
import sys
from pathlib import Path

import support.operator_schemas  # noqa: F401  (before anything imports torchvision)

ROOT = Path(__file__).parents[2]


def run_all(folder: Path, cases: list[list[str]]) -> list[dict]:
    """Run them in that folder, with an endless "yes" as their standard input."""
    given, results = folder / ".cases.json", folder / ".results.json"
    given.write_text(json.dumps(cases))
    results.write_text("")
    finished = subprocess.run(
        [sys.executable, "-B", "-m", "support.commands", given.name, results.name],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": f"{ROOT}:{ROOT}/tests", "HOME": str(folder)},
        input="yes\n" * 1000,
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    assert finished.stdout == ""
    return json.loads(results.read_text())


def _run(arguments: list[str]) -> dict:
    from mobilecalc.cli.main import run

    before, code = _files(), 0
    sys.argv = ["mobilecalc", *arguments]
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            run()
        except SystemExit as error:
            code = int(error.code or 0)
    appeared = sorted(_files() - before)
    for name in appeared:
        Path(name).unlink()
    return {"code": code, "out": out.getvalue(), "err": err.getvalue(), "appeared": appeared}


def _files() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file()}


if __name__ == "__main__":
    cases = json.loads(Path(sys.argv[1]).read_text())
    target = Path(sys.argv[2])
    target.write_text(json.dumps([_run(case) for case in cases]))
