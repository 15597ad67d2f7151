"""What an adapter is, and what it reports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.core.conventions import Convention
from mobilecalc.core.counts import total
from mobilecalc.core.profile import Row
from mobilecalc.core.registry import Registry

if TYPE_CHECKING:
    from torch import Tensor, nn


_NOTHING: Mapping[str, int] = MappingProxyType({})


class Reading(NamedTuple):
    """What a library said of one module: the total, each submodule's number, what it left out.

    `layers` is keyed by submodule name, and lacks those that it gives no number for;
    `uncounted` says how often the library met an operation that it has no rule for. `failure`
    is why there is no total, where it broke; `left_out` why it was not run.
    """

    total: int | None
    layers: Mapping[str, int] = _NOTHING
    uncounted: Mapping[str, int] = _NOTHING
    version: str = ""
    failure: str = ""
    left_out: str = ""


CountFunction = Callable[["nn.Module", "Tensor"], Reading]


class Fault(NamedTuple):
    """Where a library does not do what its own convention says, and by how much.

    `size` is what it counts too much for a row, negative where it counts too little; `why`
    tells what goes wrong. `outside` says that it is charged to no layer, only to the total.
    """

    name: str
    why: str
    size: Callable[[Row], int]
    outside: bool = False


class Counter(NamedTuple):
    """One library: its convention and faults, the packages to install, what runs it.

    `tested` is the version whose numbers the convention and the faults predict exactly. Without
    `run`, a counter can only be predicted.
    """

    name: str
    convention: Convention
    packages: tuple[str, ...]
    tested: str
    faults: tuple[Fault, ...] = ()
    run: CountFunction | None = None

    @property
    def version(self) -> str:
        """The installed library's version, without what a build adds after a plus sign."""
        from importlib.metadata import version

        return version(self.packages[0]).partition("+")[0]

    @property
    def installed(self) -> bool:
        """Whether the library is there to be run. Does not import it."""
        from importlib.util import find_spec

        return self.run is not None and find_spec(self.packages[0]) is not None

    def predict(self, rows: Iterable[Row]) -> int:
        """What the library will say in all: its convention's sum over the rows, and its faults."""
        rows = list(rows)
        facts = total(row.counts for row in rows)
        return self.convention.total(facts) + sum(self.faults_in(rows).values())

    def predict_layer(self, row: Row) -> int:
        """What the library will say of one layer: without the faults that no layer is charged."""
        inside = (fault for fault in self.faults if not fault.outside)
        return self.convention.total(row.counts) + sum(fault.size(row) for fault in inside)

    def faults_in(self, rows: Iterable[Row]) -> dict[Fault, int]:
        """The faults that change a number over these rows, and by how much."""
        rows = list(rows)
        sizes = {fault: sum(map(fault.size, rows)) for fault in self.faults}
        return {fault: size for fault, size in sizes.items() if size}


COUNTERS: Registry[Counter] = Registry("counter")


def counter(
    name: str,
    convention: Convention,
    packages: tuple[str, ...],
    tested: str,
    faults: tuple[Fault, ...] = (),
) -> Callable[[CountFunction], CountFunction]:
    """Register a function (module in evaluation mode, input batch) -> `Reading` as a counter."""

    def register(run: CountFunction) -> CountFunction:
        COUNTERS.add(name, Counter(name, convention, packages, tested, faults, run))
        return run

    return register
