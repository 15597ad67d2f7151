"""What is written down of a traced call: its operation, its facts, its row, and where it leads.

Imports torch: import it lazily.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any, NamedTuple

from torch import Tensor

from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.ops import AdaptivePool, GlobalPool, Layer, Linear, Product
from mobilecalc.core.profile import Row
from mobilecalc.core.rounding import TRACED
from mobilecalc.core.shape import Shape
from mobilecalc.modules.operators import Seen
from mobilecalc.modules.operators.reading import unbatched
from mobilecalc.modules.tracing.backward import Gradients
from mobilecalc.modules.tracing.calls import Calls
from mobilecalc.modules.tracing.provenance import Marks, Provenance
from mobilecalc.modules.tracing.rows import TracedRows
from mobilecalc.modules.tracing.tensors import tensors_in

_cost = lru_cache(maxsize=4096)(partial(cost, rules=TRACED))
"""A network meets the same operation on the same shape many times."""

_ADAPTIVE = (GlobalPool, AdaptivePool)


class Counted(NamedTuple):
    """What the formula says of a call: `sizes` are the result's, with the batch."""

    op: Layer
    input: Shape
    output: Shape
    counts: Counts
    sizes: Sequence[int]


class Recorder:
    """Rows of calls, the modules that run, and the provenance of what the calls take and give.

    autograd: whether the pass is differentiated, so that weights must be known again later.
    """

    def __init__(self, *, autograd: bool) -> None:
        self._autograd = autograd
        self.calls, self.marks, self.gradients = Calls(), Marks(), Gradients()
        self.traced = TracedRows(self.marks)

    def record(self, name: str, seen: Seen) -> Provenance:
        """Add the row. Returns where its result comes from."""
        return self.append(name, seen, self.counted(seen))

    def counted(self, seen: Seen) -> Counted:
        """The operation's facts, by its formula."""
        op, operands = seen.op, seen.operands
        sizes = operands[0].shape if seen.sizes is None else seen.sizes
        if seen.batched:
            lead: tuple[int, ...] = (sizes[0],)
            shape = Shape(*sizes[1:])
        else:
            shape = unbatched(sizes)
            lead = (1,) if len(shape) < len(sizes) else ()
        if isinstance(op, _ADAPTIVE) and not self.calls.innermost.pools:
            op = op._replace(module=False)
        output, counts = _cost(op, shape)
        result_sizes = (*lead, *output)
        if seen.batched and sizes[0] != 1:
            counts = counts.times(sizes[0])
            shape, output = Shape(*sizes), Shape(*result_sizes)
        return Counted(op, shape, output, counts, result_sizes)

    def append(self, name: str, seen: Seen, counted: Counted) -> Provenance:
        """Add the row of a call whose facts are known. Returns where its result comes from."""
        row = Row(
            self.calls.innermost.place(name),
            counted.op,
            counted.input,
            counted.output,
            counted.counts,
        )
        marks = [self.marks.of(operand) for operand in seen.operands]
        mark = self.traced.append(row, marks, seen.weights)
        if self._autograd and seen.weights:
            self.gradients.weigh(len(self.traced.rows) - 1, *self._matrices(seen))
        return mark

    @contextmanager
    def nodes_of_rows(self) -> Iterator[None]:
        """What autograd does meanwhile, it does for the row that is added meanwhile, if one is."""
        rows, start = len(self.traced.rows), self.gradients.now()
        yield
        if len(self.traced.rows) > rows:
            self.gradients.span(len(self.traced.rows) - 1, start)

    def as_linear(self, seen: Seen) -> Seen:
        """A product with a matrix that is made of parameters alone is a linear layer."""
        if not isinstance(seen.op, Product) or len(seen.operands) < 2:
            return seen
        x, matrix, *added = seen.operands
        if matrix.dim() != 2 or not self.marks.of(matrix).parameters:
            return seen
        bias = added if added and added[0].dim() == 1 else []
        return Seen(
            Linear(seen.op.columns, bias=bool(bias)),
            (x,) if bias else (x, *added),
            ((matrix, "weights"), *((b, "biases") for b in bias)),
            result=seen.result,
        )

    def _matrices(self, seen: Seen) -> tuple[list[Tensor], bool]:
        """The weights that an operation multiplies with, and whether nothing else is multiplied."""
        matrices = [w for w, role in seen.weights if role == "weights" and w is not None]
        if not isinstance(seen.op, Product):
            return matrices, False
        learned = [w for w in matrices if self.marks.of(w).parameters]
        return learned, 0 < len(learned) == len(matrices)

    def marked(self, result: Any, mark: Provenance, *, written: bool = False) -> Any:
        """The result, known to come from there; `written`: into memory that others may share."""
        for tensor in (result,) if isinstance(result, Tensor) else tensors_in((result,)):
            self.marks.mark(tensor, mark)
            if written:
                self.marks.write(tensor, mark)
        return result

    def only_counts(self, operands: Sequence[Tensor]) -> bool:
        """Whether all are whole numbers that depend on no input: indices, steps, batches so far."""
        return all(
            not operand.is_floating_point() and self.marks.of(operand).row is None
            for operand in operands
        )
