"""What a study asks about: a network of the zoo, or a module that was loaded."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeAlias

from mobilecalc.core.counts import Counts
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.loaded import Loaded
from mobilecalc.networks import Network

if TYPE_CHECKING:
    from torch import nn

Model: TypeAlias = Network | Loaded


def batch_counts(model: Model, samples: int) -> tuple[Counts, ...]:
    """The facts of each row for a batch of so many samples, row by row as in its profile.

    A loaded module is traced at that batch; where its rows are not the same then, as where it
    branches on the batch, each row's facts are multiplied.
    """
    rows = model.profile().rows
    if isinstance(model, Loaded):
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
    from mobilecalc.modules.isolation.contained import contained
    from mobilecalc.modules.isolation.kept import preserved
    from mobilecalc.modules.isolation.placement import placed
    from mobilecalc.modules.isolation.running import parts_of

    if isinstance(model, Loaded):
        parts = parts_of(model.module)
        with contained(), preserved(parts), placed(parts, "cpu"):
            yield model.module.eval(), model.inputs.on("cpu")
    else:
        inputs = Inputs.of((TensorSpec((1, *model.input)),))
        yield build(model, weights=False).eval(), inputs.on("cpu")
