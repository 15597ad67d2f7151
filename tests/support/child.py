"""Runs the command line in a process of its own that can do no harm, and tells what it did.

The processes are forked from one that has imported torch, so that each takes a few milliseconds.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import tempfile
from collections.abc import Callable, Mapping
from functools import cache
from io import TextIOWrapper
from multiprocessing import forkserver
from pathlib import Path
from typing import Any, NamedTuple

from support import namespaces

SECONDS = 20
"""Of processor time, so that it is the same on a busy machine."""
_WAIT = 6 * SECONDS
"""Seconds on the clock, after which a command waits for something that never comes."""
MEMORY = 2 * 10**9
"""Bytes that it may hold."""
_PRELOADED = ["support.operator_schemas", "onnx", "altair", "mobilecalc.api", "mobilecalc.cli.main"]

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty")
_REACHES = (
    "socket.connect",
    "socket.bind",
    "socket.getaddrinfo",
    "socket.sendto",
    "urllib.Request",
)
_CHANGES = (
    "os.remove",
    "os.rename",
    "os.mkdir",
    "os.rmdir",
    "os.link",
    "os.symlink",
    "os.truncate",
)
_HARMLESS = ("/dev/null", "/dev/tty")


class Outcome(NamedTuple):
    """How a command ended: exit_code is None when it was ended for taking too long.

    started: the processes that it started and the addresses it reached. written: what it wrote,
    made or removed, but for temporary files. sandboxed: whether the system took network and file
    system away from it.
    """

    exit_code: int | None
    output: str
    errors: str
    seconds: float
    peak_bytes: int
    started: list[str]
    written: list[str]
    sandboxed: bool


def run(
    *arguments: str,
    folder: Path,
    environment: Mapping[str, str] | None = None,
    writable: bool = True,
    sandboxed: bool = False,
) -> Outcome:
    """What `mobilecalc ARGUMENTS` does in that folder."""
    context = _server()
    with tempfile.TemporaryDirectory() as beside:
        kept = [str(Path(beside, name)) for name in ("output", "errors", "report")]
        Path(beside, "input").write_text("y\n" * 99)  # yes to whatever is asked
        variables = {"TMPDIR": beside, "TORCHINDUCTOR_CACHE_DIR": beside, **(environment or {})}
        settings = (str(folder), variables, writable, sandboxed)
        process = context.Process(target=_child, args=(arguments, kept, *settings))
        process.start()
        process.join(_WAIT)
        if late := process.is_alive():
            process.kill()
            process.join()
        output, errors, report = (_text(Path(file)) for file in kept)
        temporary = os.path.realpath(beside)
    told = json.loads(report or "{}")
    written = [path for path in told.get("written", []) if not path.startswith(temporary)]
    return Outcome(
        None if late else process.exitcode,
        output,
        errors,
        told.get("seconds", SECONDS),
        told.get("peak_bytes", 0),
        told.get("started", []),
        written,
        told.get("sandboxed", False),
    )


@cache
def _server() -> Any:
    """Where the processes come from: it imports once what a command may import."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([*_PRELOADED, __name__])
    before = os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(sys.path)
    forkserver.ensure_running()
    del os.environ["PYTHONPATH"]
    if before is not None:
        os.environ["PYTHONPATH"] = before
    return context


def contents(folder: Path) -> dict[str, bytes | None]:
    """Every file of a folder, and what is in it; a folder or a link to nowhere has None."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }


def _text(file: Path) -> str:
    return file.read_text(errors="replace") if file.exists() else ""


def _child(
    arguments: tuple[str, ...],
    kept: list[str],
    folder: str,
    environment: dict[str, str],
    writable: bool,
    sandboxed: bool,
) -> None:
    os.dup2(os.open(Path(kept[0]).with_name("input"), os.O_RDONLY), 0)
    sys.stdin = open(0, closefd=False)  # noqa: SIM115
    output, errors, report = (Path(file).open("w") for file in kept)  # noqa: SIM115
    seen: dict[str, list[str]] = {"started": [], "written": []}
    os.environ.update(environment)
    tempfile.tempdir = None
    os.chdir(folder)
    is_sandboxed = sandboxed and namespaces.enter(
        Path(folder), Path(kept[0]).parent, writable=writable
    )
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_DATA, (2 * MEMORY, 2 * MEMORY))
    for file, number in ((output, 1), (errors, 2)):
        os.dup2(file.fileno(), number)
    sys.stdout, sys.stderr = (TextIOWrapper(open(n, "wb", closefd=False)) for n in (1, 2))  # noqa: SIM115
    sys.argv = ["mobilecalc", *arguments]
    sys.addaudithook(_watch(seen))
    try:
        from mobilecalc.cli.main import run as mobilecalc

        mobilecalc()
    finally:
        used = resource.getrusage(resource.RUSAGE_SELF)
        told = {"seconds": used.ru_utime + used.ru_stime, "peak_bytes": used.ru_maxrss * 1024}
        json.dump({**told, "sandboxed": is_sandboxed, **seen}, report)
        for file in (sys.stdout, sys.stderr, report):
            file.flush()


def _watch(seen: dict[str, list[str]]) -> Callable[[str, tuple[Any, ...]], None]:
    """Hears of each process, address and file before Python uses it."""

    def hook(event: str, details: tuple[Any, ...]) -> None:
        if event in _STARTS + _REACHES:
            seen["started"].append(f"{event} {details}")
        elif event in _CHANGES:
            seen["written"].append(_changed(event, details))
        elif event == "open" and isinstance(details[0], str | bytes) and _is_write(*details[1:]):
            path = os.path.realpath(os.fsdecode(details[0]))
            if path not in _HARMLESS:
                seen["written"].append(path)

    return hook


def _changed(event: str, details: tuple[Any, ...]) -> str:
    """The path, which may be below an open folder."""
    folder = details[-1] if event in ("os.remove", "os.rmdir", "os.mkdir") else -1
    base = os.readlink(f"/proc/self/fd/{folder}") if folder >= 0 else ""  # noqa: PTH115
    return os.path.realpath(os.path.join(base, os.fsdecode(details[0])))  # noqa: PTH118


def _is_write(mode: str | None, flags: int) -> bool:
    return bool(set(mode or "") & set("wxa+")) or bool((flags or 0) & _WRITES)
