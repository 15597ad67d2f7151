"""How much of a command's time is ours? Ratios of whole processes, measured side by side.

    python benchmarks/startup.py [RUNS]

Each pair runs in turn, A B A B ...; the ratio is the median over the pairs. Exits 1 where a
ratio is above its limit.
"""

import statistics
import subprocess
import sys
import time
import timeit
from pathlib import Path

from rich.console import Console
from rich.table import Table

PYTHON = sys.executable
MOBILECALC = str(Path(PYTHON).with_name("mobilecalc"))
PAIRS = (
    (
        [MOBILECALC, "breakdown", "v1", "--counters", "none"],
        [PYTHON, "-c", "import typer, rich.table"],
        1.6,
    ),
    (
        [MOBILECALC, "explain", "v1", "--predict"],
        [MOBILECALC, "breakdown", "v1", "--counters", "none"],
        1.0,
    ),
    (
        [MOBILECALC, "compare"],
        [PYTHON, "-c", "import torch, fvcore.nn, thop"],
        1.5,
    ),
)


def seconds(command: list[str]) -> float:
    """The wall time of one whole process."""
    start = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - start


def median_ratio(command: list[str], against: list[str], runs: int) -> float:
    """The median over pairs of runs, after one pair that warms the disk cache."""
    seconds(command), seconds(against)
    return statistics.median(seconds(command) / seconds(against) for _ in range(runs))


def profile_milliseconds() -> float:
    """An analytic profile of v1, its description and its totals included; the median."""
    import mobilecalc
    from mobilecalc.networks import describe

    def anew() -> int:
        describe.cache_clear()
        return mobilecalc.profile("v1").macs

    times = timeit.repeat(anew, number=10, repeat=50)
    return statistics.median(times) / 10 * 1e3


def _text(command: list[str]) -> str:
    return f"mobilecalc {' '.join(command[1:])}" if command[0] == MOBILECALC else command[-1]


def main(runs: int) -> int:
    """Print the table; 1 where a limit is broken."""
    table = Table("What", "Against", "Measured", "Limit")
    slow = False
    for command, against, limit in PAIRS:
        ratio = median_ratio(command, against, runs)
        slow |= ratio > limit
        shown = _text(command), _text(against)
        table.add_row(*shown, f"{ratio:.2f} times", f"{limit} times")
    milliseconds = profile_milliseconds()
    slow |= milliseconds > 1
    table.add_row('mobilecalc.profile("v1").macs', "", f"{milliseconds:.2f} ms", "1 ms")
    Console().print(table)
    return int(slow)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 15))
