"""A module that came from elsewhere, with what it is called with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from mobilecalc.core.profile import Profile
from mobilecalc.modules.inputs import Inputs

if TYPE_CHECKING:
    from torch import nn


@dataclass(frozen=True, repr=False)
class Loaded:
    """A module under the name that a user gave for it, and the inputs of one forward pass."""

    name: str
    module: nn.Module
    inputs: Inputs
    train: bool = False
    device: str = "meta"
    title: str = ""
    source: str = ""
    notes: tuple[str, ...] = field(default=())

    @cached_property
    def _profile(self) -> Profile:
        from mobilecalc.modules.trace import trace

        profile = trace(
            self.module, self.inputs, name=self.name, train=self.train, device=self.device
        )
        return replace(profile, notes=(*profile.notes, *self.notes))

    def at_batch(self, samples: int) -> Loaded:
        """The same on a batch of so many samples: the first size of every input."""
        return replace(self, inputs=self.inputs.with_batch(samples))

    def profile(self) -> Profile:
        """Rows and totals, by a trace. Raises `Untraceable`."""
        return self._profile

    def __repr__(self) -> str:
        return f"<Loaded {self.name}: {self.inputs}>"
