"""Do the tests notice a fault in `mobilecalc/core/`? A sample of mutants, each tested in turn.

    pip install cosmic-ray
    python benchmarks/mutants.py [--sample 200] [--seed 1] [--results mutants.jsonl]

A mutant is one change to one expression: another operator, a number one higher or lower, a
condition negated. It is killed when a test fails, and survives when all pass. The mutants are
written in a copy of the working tree. Results are appended to the file, and mutants that it
already holds are not run again. Exits 1 when fewer than 95 % are killed, leaving out those
listed as `EQUIVALENT`. The default sample takes about an hour.
"""

import argparse
import ast
import json
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

PACKAGE = "mobilecalc/core"
TESTS = [
    "tests/core",
    *(f"tests/studies/test_{study}.py" for study in ("memory", "closed_form", "value", "paper")),
    "tests/literature",
    "tests/networks",
    "tests/modules/tracing/test_trace.py",
    "tests/modules/test_build.py",
]
"""Those that concern it, the quickest first."""

LEAST_KILLED = 0.95
SECONDS = 400
"""After that many a mutant loops; it counts as killed."""

EQUIVALENT = {
    (
        "if sys.version_info >= (3, 11):",
        "if sys.version_info == (3, 11):",
    ): "typing_extensions has the same assert_never",
}
"""Why a mutant behaves as the original does, by its line before and after."""


def main() -> int:
    """Test a sample of the mutants, and print the survivors."""
    options = _options()
    results = options.results.resolve()
    done = _results(results)
    with tempfile.TemporaryDirectory() as folder:
        tree = _copy(Path(folder, "tree"))
        os.environ["PYTHONPATH"] = str(tree)
        os.chdir(tree)
        mutants = _mutants(Path(PACKAGE))
        random.Random(options.seed).shuffle(mutants)
        sample = list(islice(filter(_is_python, mutants), options.sample))
        print(f"{len(sample)} of {len(mutants)} mutants, seed {options.seed}", flush=True)
        _test_the_original()
        for mutant in sample:
            if _name(mutant) not in done:
                done[_name(mutant)] = result = _test(mutant)
                with results.open("a") as file:
                    print(json.dumps(result), file=file)
    return _report([done[_name(mutant)] for mutant in sample])


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--results", type=lambda name: Path(name).resolve(), default="mutants.jsonl"
    )
    return parser.parse_args()


def _results(file: Path) -> dict[str, dict]:
    lines = file.read_text().splitlines() if file.exists() else []
    return {result["mutant"]: result for result in map(json.loads, lines)}


def _copy(tree: Path) -> Path:
    """The working tree as it is, without what git ignores."""
    root = Path(__file__).resolve().parents[1]
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.check_output(listed, cwd=root, text=True).split("\0")
    for name in filter(None, names):
        if (root / name).is_file():
            (tree / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, tree / name)
    return tree


def _mutants(package: Path) -> list:
    """All of them, but those of annotations that nothing evaluates, in one order."""
    from cosmic_ray.commands import init
    from cosmic_ray.work_db import WorkDB, use_db

    with use_db("mutants.sqlite", WorkDB.Mode.create) as database:
        init(sorted(package.rglob("*.py")), database, {})
        mutants = [item.mutations[0] for item in database.work_items]
    annotated = {path: _annotations(path) for path in {mutant.module_path for mutant in mutants}}
    return sorted(
        (m for m in mutants if not any(a <= m.start_pos < b for a, b in annotated[m.module_path])),
        key=_name,
    )


def _annotations(path: Path) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """From where to where they go, in a file whose annotations are not evaluated."""
    source = path.read_text()
    if "from __future__ import annotations" not in source:
        return []
    nodes = list(ast.walk(ast.parse(source)))
    found = [getattr(node, "annotation", None) for node in nodes]
    found += [getattr(node, "returns", None) for node in nodes]
    return [
        ((node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset))
        for node in found
        if isinstance(node, ast.expr)
    ]


def _is_python(mutant) -> bool:
    """Whether it compiles: one that does not is no test of the tests."""
    from cosmic_ray.mutating import mutate_code
    from cosmic_ray.plugins import get_operator

    operator = get_operator(mutant.operator_name)(**mutant.operator_args)
    try:
        compile(
            mutate_code(mutant.module_path.read_text(), operator, mutant.occurrence), "", "exec"
        )
    except SyntaxError:
        return False
    return True


def _name(mutant) -> str:
    line, column = mutant.start_pos
    operator = mutant.operator_name.removeprefix("core/")
    return f"{mutant.module_path}:{line}:{column} {operator} #{mutant.occurrence}"


def _command() -> str:
    return shlex.join(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    )


def _test_the_original() -> None:
    done = subprocess.run(shlex.split(_command()), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"The tests fail without any mutant:\n{done.stdout[-3000:]}")


def _test(mutant) -> dict:
    from cosmic_ray.mutating import mutate_and_test

    result = mutate_and_test([mutant], _command(), SECONDS)
    diff = [line for line in (result.diff or "").splitlines() if line[:3] not in ("---", "+++")]
    before, after = (
        " ".join(line[1:].strip() for line in diff if line.startswith(sign)) for sign in "-+"
    )
    outcome = "timeout" if result.output == "timeout" else result.test_outcome.value
    print(f"{outcome:9} {_name(mutant)}", flush=True)
    return {"mutant": _name(mutant), "outcome": outcome, "before": before, "after": after}


def _report(results: list[dict]) -> int:
    survivors = [result for result in results if result["outcome"] == "survived"]
    equivalent = [s for s in survivors if (s["before"], s["after"]) in EQUIVALENT]
    for survivor in survivors:
        why = EQUIVALENT.get((survivor["before"], survivor["after"]), "no test fails")
        print(f"\n{survivor['mutant']}: {why}\n  {survivor['before']}\n  {survivor['after']}")
    judged = len(results) - len(equivalent)
    killed = len(results) - len(survivors)
    looped = sum(result["outcome"] == "timeout" for result in results)
    print(f"\n{killed} of {judged} mutants killed ({looped} by the time limit):")
    print(f"{killed / judged:.1%}, and {len(equivalent)} more are equivalent")
    return int(killed < LEAST_KILLED * judged)


if __name__ == "__main__":
    sys.exit(main())
