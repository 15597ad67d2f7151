"""What an adapter is, what it reports, and how it is run so that it disturbs nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.core.conventions import Convention
from mobilecalc.core.errors import MissingPackage
from mobilecalc.core.ops import Shape
from mobilecalc.core.registry import Registry
from mobilecalc.counters.isolation import preserved, silenced

if TYPE_CHECKING:
    from torch import Tensor, nn


_NOTHING: Mapping[str, int] = MappingProxyType({})


class Reading(NamedTuple):
    """What a library said of one module: the total, each submodule's number, what it left out.

    `layers` is keyed by submodule name; `uncounted` says how often the library met an operation
    that it has no rule for. `failure` is why there is no total, where it broke.
    """

    total: int | None
    layers: Mapping[str, int] = _NOTHING
    uncounted: Mapping[str, int] = _NOTHING
    version: str = ""
    failure: str = ""


CountFunction = Callable[["nn.Module", "Tensor"], Reading]


class Counter(NamedTuple):
    """One library: its name, the convention it follows, the packages to install, what runs it."""

    name: str
    convention: Convention
    packages: tuple[str, ...]
    run: CountFunction

    @property
    def version(self) -> str:
        """The installed library's version."""
        from importlib.metadata import version

        return version(self.packages[0])


COUNTERS: Registry[Counter] = Registry("counter")


def counter(
    name: str, convention: Convention, packages: tuple[str, ...]
) -> Callable[[CountFunction], CountFunction]:
    """Register a function (module in evaluation mode, input batch) -> `Reading` as a counter."""

    def register(count: CountFunction) -> CountFunction:
        COUNTERS.add(name, Counter(name, convention, packages, count))
        return count

    return register


def read(counter: Counter, module: nn.Module, shape: Shape) -> Reading:
    """Run a counter on one sample of zeros, in evaluation mode, silently.

    The module is left as it was. A library that breaks gives a reading without a total that
    says why. Raises `MissingPackage` where the library is not installed.
    """
    try:
        import torch

        with preserved(module), silenced(), torch.no_grad():
            device = next(module.parameters()).device
            reading = counter.run(module.eval(), torch.zeros(1, *shape, device=device))
    except ImportError as error:
        raise MissingPackage(
            " ".join(counter.packages), f"The counter {counter.name}", error
        ) from error
    except Exception as error:
        return Reading(None, version=counter.version, failure=f"{type(error).__name__}: {error}")
    return reading._replace(version=counter.version)
