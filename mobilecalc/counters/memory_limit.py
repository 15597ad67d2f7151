"""What a counter's forward pass would take of memory: known before it is run."""

from __future__ import annotations

from mobilecalc.core.memory import uses
from mobilecalc.core.profile import Profile
from mobilecalc.core.units import BYTES

LARGEST_PASS = 2**30
"""In bytes: no counter is run on a module whose forward pass takes more."""


def bytes_of_pass(profile: Profile) -> int:
    """An estimate of the memory that one forward pass on the CPU takes, from above.

    Twice what is alive at its peak, as nothing is written in place and kernels copy what they
    read; the two matrices of a softmax; and the largest layer's weights, as the weights of a module
    for counting share one piece of memory.
    """
    rows = profile.rows
    alive = max((use.alive for use in uses(profile)), default=0)
    softmax = max((row.counts.softmax_elements for row in rows), default=0)
    weights = max((row.counts.parameters for row in rows), default=0)
    return BYTES["fp32"] * (2 * (alive + softmax) + weights)
