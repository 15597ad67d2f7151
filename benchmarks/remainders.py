"""What is left of each counter's number after its convention and its faults: 0, everywhere.

    python benchmarks/remainders.py [MODEL ...]

Runs every installed counter on each network of the zoo at every alpha and resolution of the
grid, and prints what differs. Exits 1 where anything does. It takes a quarter of an hour.
"""

import sys
from itertools import product

from mobilecalc import describe
from mobilecalc.counters import COUNTERS
from mobilecalc.networks import MOBILENETS
from mobilecalc.studies.crosscheck import cross_check

ALPHAS = (0.25, 0.35, 0.5, 0.75, 1, 1.3, 1.4)
RESOLUTIONS = (96, 128, 160, 192, 224, 97, 225)


def main(models: list[str]) -> int:
    """Print each difference, and the number of comparisons."""
    counters = [c for c in map(COUNTERS.__getitem__, COUNTERS) if c.installed]
    compared = wrong = 0
    for model, alpha, resolution in product(models, ALPHAS, RESOLUTIONS):
        network = describe(model, alpha=alpha, resolution=resolution)
        for check in cross_check(network, network.profile(), counters):
            compared += 1
            if check.difference != 0 or check.differing_layers():
                wrong += 1
                print(network, check.counter.name, check.verdict, check.differing_layers())
    print(f"{compared} readings of {len(counters)} counters: {wrong} with a remainder")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or list(MOBILENETS)))
