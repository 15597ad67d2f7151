"""The other counters: the real libraries, each behind one thin adapter, a file each."""

from mobilecalc.counters import fvcore, thop  # noqa: F401  (each registers itself)
from mobilecalc.counters.counter import COUNTERS, Counter, Reading, read

__all__ = ["COUNTERS", "Counter", "Reading", "read"]
