"""Runs the tests that need no torch, under every Python from 3.10 to 3.14 that the machine has.

Each Python gets an environment of its own with the packages of a light command, and mobilecalc
as it is installed from a wheel, so that nothing of the working tree is imported.
"""

import os
import re
import subprocess
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MINORS = range(10, 15)
PACKAGES = ["rich", "typer", "sympy", "typing-extensions", "pytest", "hypothesis"]
TESTS = [
    "tests/core",
    "tests/answers",
    *(f"tests/networks/test_{name}.py" for name in ("mobilenets", "rewrites", "settings")),
    "tests/literature",
    *(
        f"tests/studies/test_{name}.py"
        for name in ("paper", "closed_form", "value", "explorer_data")
    ),
    "tests/views/test_views.py",
    "tests/test_api.py",
    "tests/test_light.py",
]
LEAST_TESTS = 700
"""So many of them must pass: fewer were collected by mistake, or skipped."""


def main() -> int:
    """Print what each Python made of the tests; 1 when any failed."""
    pythons = [python for python in map(find, MINORS) if python]
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(os.cpu_count()) as pool:
        wheel = build(Path(folder))
        passed = list(pool.map(lambda python: test(python, wheel, Path(folder)), pythons))
    return int(not passed or not all(passed))


def find(minor: int) -> str | None:
    """A Python of that version that runs: of the PATH, or of pyenv, whose shims may not run."""
    name = f"python3.{minor}"
    roots = [*os.get_exec_path(), *Path("~/.pyenv/versions").expanduser().glob(f"3.{minor}.*/bin")]
    for path in (Path(root, name) for root in roots):
        if path.exists() and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0:
            return str(path)
    print(f"{name} is not on this machine", flush=True)
    return None


def build(folder: Path) -> Path:
    """The wheel of the working tree."""
    pip("wheel", "--no-deps", "--wheel-dir", folder, ROOT)
    (wheel,) = folder.glob("mobilecalc-*.whl")
    return wheel


def test(python: str, wheel: Path, folder: Path) -> bool:
    """Install the wheel and run the tests; whether enough ran and all passed."""
    environment = folder / Path(python).name
    own = environment / "bin/python"
    subprocess.run([python, "-m", "venv", "--without-pip", environment], check=True)
    pip("--python", own, "install", "--constraint", ROOT / "constraints.txt", *PACKAGES)
    pip("--python", own, "install", "--no-deps", wheel)
    arguments = ["-m", "not heavy", "-p", "no:cacheprovider", *TESTS]
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [environment / "bin/pytest", *arguments],
        cwd=ROOT,
        env=variables,
        capture_output=True,
        text=True,
    )
    found = re.search(r"(\d+) passed", done.stdout)
    passed = done.returncode == 0 and found is not None and int(found[1]) >= LEAST_TESTS
    shown = done.stdout.splitlines()[-1:] if passed else [done.stdout, done.stderr]
    print(f"{Path(python).name}:", *shown, flush=True)
    return passed


def pip(*arguments: object) -> None:
    """Run this Python's pip, quietly."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*command, *map(str, arguments)], check=True)


if __name__ == "__main__":
    sys.exit(main())
