"""A module that came from elsewhere, with what it is called with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import nn

    from mobilecalc.core.profile import Profile
    from mobilecalc.modules.inputs import Inputs
    from mobilecalc.modules.loading.found import Found


@dataclass(frozen=True, repr=False)
class Loaded:
    """A module under the name that a user gave for it, and the inputs of one forward pass."""

    name: str
    found: Found
    inputs: Inputs
    train: bool = False
    device: str = "meta"

    @property
    def module(self) -> nn.Module:
        """The module. Raises `RuntimeError` where there is none, as of an ONNX graph."""
        if self.found.module is None:
            raise RuntimeError(f"{self.name} has no module to run")
        return self.found.module

    @cached_property
    def _profile(self) -> Profile:
        from mobilecalc.modules.isolation.contained import contained, told
        from mobilecalc.modules.tracing.trace import trace

        name, train, device = self.name, self.train, self.device
        with told(f"{name} cannot be counted"), contained():
            if self.found.profile is not None:
                return self.found.profile(name, self.inputs, train, device)
            return trace(self.module, self.inputs, name=name, train=train, device=device)

    def at_batch(self, samples: int) -> Loaded:
        """The same on a batch of so many samples: the first size of every input."""
        return replace(self, inputs=self.inputs.with_batch(samples))

    def profile(self) -> Profile:
        """Rows and totals, by a trace. Raises `Untraceable`."""
        return self._profile

    def __repr__(self) -> str:
        return f"<Loaded {self.name}: {self.inputs}>"
