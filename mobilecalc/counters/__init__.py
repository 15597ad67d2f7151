"""The other counters: the real libraries, each behind one thin adapter, a file each."""

# ruff: isort: skip_file
from mobilecalc.core.conventions import CONVENTIONS

# Each registers itself, in the order in which they are shown.
from mobilecalc.counters import fvcore  # noqa: F401
from mobilecalc.counters import thop  # noqa: F401
from mobilecalc.counters import ptflops  # noqa: F401
from mobilecalc.counters import torchinfo  # noqa: F401
from mobilecalc.counters import torchprofile  # noqa: F401
from mobilecalc.counters import calflops  # noqa: F401
from mobilecalc.counters import torch  # noqa: F401
from mobilecalc.counters import deepspeed  # noqa: F401
from mobilecalc.counters.counter import COUNTERS, Counter, Fault, Reading
from mobilecalc.counters.memory_limit import LARGEST_PASS, bytes_of_pass
from mobilecalc.counters.running import read

__all__ = [
    "CONVENTIONS",
    "COUNTERS",
    "LARGEST_PASS",
    "Counter",
    "Fault",
    "Reading",
    "bytes_of_pass",
    "read",
]
