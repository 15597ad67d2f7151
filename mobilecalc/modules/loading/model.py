"""The model that a study asks about: a network of the zoo, or one that was loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, TypeAlias

from mobilecalc.core.counts import Counts
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.networks import Network

if TYPE_CHECKING:
    from torch import nn

    from mobilecalc.core.profile import Profile


@dataclass(frozen=True, repr=False)
class LoadedModel:
    """A model under the name that a user gave for it, and the inputs of one forward pass."""

    name: str
    definition: Definition
    inputs: Inputs
    train: bool = False
    device: str = "meta"

    @property
    def module(self) -> nn.Module:
        """The module. Raises `RuntimeError` where there is none, as of an ONNX graph."""
        if self.definition.module is None:
            raise RuntimeError(f"{self.name} has no module to run")
        return self.definition.module

    @cached_property
    def _profile(self) -> Profile:
        from mobilecalc.modules.isolation.foreign_code import contained, raised_as
        from mobilecalc.modules.tracing.trace import trace

        name, train, device = self.name, self.train, self.device
        with raised_as(f"{name} cannot be counted"), contained():
            if self.definition.profile is not None:
                return self.definition.profile(name, self.inputs, train, device)
            return trace(self.module, self.inputs, name=name, train=train, device=device)

    def at_batch(self, samples: int) -> LoadedModel:
        """The same on a batch of so many samples: the first size of every input."""
        return replace(self, inputs=self.inputs.with_batch(samples))

    def profile(self) -> Profile:
        """Rows and totals, by a trace. Raises `Untraceable`."""
        return self._profile

    def __repr__(self) -> str:
        return f"<LoadedModel {self.name}: {self.inputs}>"


Model: TypeAlias = Network | LoadedModel


def batch_counts(model: Model, samples: int) -> tuple[Counts, ...]:
    """The facts of each row for a batch of so many samples, row by row as in its profile.

    A loaded model is traced at that batch; where its rows are not the same then, as where it
    branches on the batch, each row's facts are multiplied.
    """
    rows = model.profile().rows
    if isinstance(model, LoadedModel):
        at_batch = model.at_batch(samples).profile().rows
        if [row.path for row in at_batch] == [row.path for row in rows]:
            return tuple(row.counts for row in at_batch)
    return tuple(row.counts.times(samples) for row in rows)


@contextmanager
def runnable(model: Model) -> Iterator[tuple[nn.Module, Inputs]]:
    """The module on the CPU in evaluation mode, and its inputs: zeros, without memory for weights.

    A loaded module is given back as it was. Raises `RuntimeError` or `MemoryError` where it
    cannot be built here.
    """
    from mobilecalc.modules.build import build
    from mobilecalc.modules.isolation.foreign_code import contained
    from mobilecalc.modules.isolation.parts import parts_of
    from mobilecalc.modules.isolation.placement import placed
    from mobilecalc.modules.isolation.snapshot import restored

    if isinstance(model, LoadedModel):
        parts = parts_of(model.module)
        with contained(), restored(parts), placed(parts, "cpu"):
            yield model.module.eval(), model.inputs.on("cpu")
    else:
        inputs = Inputs.of((TensorSpec((1, *model.input)),))
        yield build(model, weights=False).eval(), inputs.on("cpu")
