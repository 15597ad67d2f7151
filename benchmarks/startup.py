"""How much of a command's time is ours? Ratios of whole processes, measured side by side.

    python benchmarks/startup.py [RUNS]

Measure what is installed from a wheel, with its byte code. Each pair runs in turn, A B A B ...;
the ratio is the median over the pairs, of processor time, which other processes disturb less than
the clock's. Exits 1 where a ratio is above its limit.
"""

import os
import statistics
import sys
import time
import timeit
from pathlib import Path
from typing import NamedTuple

from rich.console import Console
from rich.table import Table

PYTHON = sys.executable
MOBILECALC = str(Path(PYTHON).with_name("mobilecalc"))
LIBRARIES = [PYTHON, "-c", "import typer, rich.table"]
COUNTERS = [PYTHON, "-c", "import torch, fvcore.nn, thop"]
PAIRS = (
    ([MOBILECALC, "breakdown", "v1", "--counters", "none"], LIBRARIES, 1.35),
    ([MOBILECALC, "value", "v1", "macs"], LIBRARIES, 1.2),
    ([MOBILECALC, "paper"], LIBRARIES, 2.5),
    ([MOBILECALC, "compare"], COUNTERS, 1.5),
)
LONGEST_PROFILE = 1.0
"""Milliseconds."""


class Seconds(NamedTuple):
    """Of one whole process: of the processor (user and system), and of the clock."""

    processor: float
    clock: float


def seconds(command: list[str]) -> Seconds:
    """Run it without a screen. Raises `RuntimeError` where it fails."""
    start = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, usage = os.wait4(process, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} exits {os.waitstatus_to_exitcode(status)}")
    return Seconds(usage.ru_utime + usage.ru_stime, time.perf_counter() - start)


def median_ratios(command: list[str], against: list[str], runs: int) -> Seconds:
    """The medians over pairs of runs, after one pair that warms the disk cache."""
    seconds(command), seconds(against)
    pairs = [(seconds(command), seconds(against)) for _ in range(runs)]
    return Seconds(
        statistics.median(one.processor / other.processor for one, other in pairs),
        statistics.median(one.clock / other.clock for one, other in pairs),
    )


def profile_milliseconds() -> float:
    """An analytic profile of v1, from its description to its totals; the median over widths.

    Each width is met once: what is kept of one setting serves another little.
    """
    import mobilecalc

    def seconds_at(alpha: float) -> float:
        return timeit.timeit(lambda: mobilecalc.profile("v1", alpha=alpha).macs, number=1)

    return statistics.median(seconds_at(0.5 + step / 200) for step in range(200)) * 1e3


def _text(command: list[str]) -> str:
    return f"mobilecalc {' '.join(command[1:])}" if command[0] == MOBILECALC else command[-1]


def main(runs: int) -> int:
    """Print the table; 1 where a limit is broken."""
    table = Table("What", "Against", "Processor", "Clock", "Limit")
    slow = False
    for command, against, limit in PAIRS:
        ratios = median_ratios(command, against, runs)
        slow |= ratios.processor > limit
        measured = [f"{ratio:.2f} times" for ratio in ratios]
        table.add_row(_text(command), _text(against), *measured, f"{limit} times")
    milliseconds = profile_milliseconds()
    slow |= milliseconds > LONGEST_PROFILE
    measured = [f"{milliseconds:.2f} ms", "", f"{LONGEST_PROFILE:g} ms"]
    table.add_row('mobilecalc.profile("v1").macs', "", *measured)
    Console().print(table)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 15))
