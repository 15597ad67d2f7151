"""A training step's backward pass, as torch's autograd runs it, charged to the forward rows.

The forward pass runs with autograd, so which operand needs a gradient, what a view, a write in
place, `detach` or `no_grad` does to it, and what a custom function computes, is torch's answer
and no rule of ours. A tracer still sees each operator as it was called, since autograd is hidden
from the code that is traced, and brought back where an operator is run.

Imports torch: import it lazily.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch import _C, Tensor
from torch._ops import OpOverload

from mobilecalc.core.counts import Counts
from mobilecalc.modules.isolation.copy_on_write import storage_id
from mobilecalc.modules.tracing.provenance import storage_reference

_OPAQUE = frozenset({
    "_cudnn_rnn_backward",
    "_efficient_attention_backward",
    "_flash_attention_backward",
    "_scaled_dot_product_cudnn_attention_backward",
    "_scaled_dot_product_efficient_attention_backward",
    "_scaled_dot_product_flash_attention_backward",
    "_scaled_dot_product_flash_attention_for_cpu_backward",
    "_scaled_dot_product_fused_attention_overrideable_backward",
    "linear_backward",
    "miopen_rnn_backward",
    "mkldnn_linear_backward",
    "mkldnn_rnn_layer_backward",
})  # fmt: skip
"""torch's own backward kernels that multiply matrices and have no reader: they are listed."""


def is_opaque(operator: OpOverload) -> bool:
    """Whether a backward pass's operator may multiply matrices that are not seen."""
    return operator.namespace != "aten" or operator._schema.name.split("::")[-1] in _OPAQUE


class Autograd:
    """Hides autograd from the code that runs inside of `hidden`, and brings it back in `shown`."""

    def __init__(self) -> None:
        before = _C._dispatch_tls_local_exclude_set()
        with _C._AutoDispatchBelowADInplaceOrView():
            self._keys = _C._dispatch_tls_local_exclude_set() - before

    @contextmanager
    def hidden(self) -> Iterator[None]:
        """Operators reach a dispatch mode as they were called, before autograd takes them apart."""
        with _C._AutoDispatchBelowADInplaceOrView():
            yield

    def shown(self) -> Any:
        """A guard: what runs inside of it builds autograd's graph."""
        include, exclude = (
            _C._dispatch_tls_local_include_set(),
            _C._dispatch_tls_local_exclude_set(),
        )
        return _C._ForceDispatchKeyGuard(include, exclude - self._keys)


class Gradients:
    """The multiply-accumulates of a backward pass, by the row whose operation it differentiates.

    Autograd numbers its nodes as it makes them: a row's nodes are those that were made while its
    operator ran. A custom function's node is made before the rows that its forward pass adds, and
    belongs to the first of them.
    """

    def __init__(self) -> None:
        self._earlier = set[Any]()
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._rows: list[int] = []
        self._macs: dict[int, tuple[int, int]] = {}
        self._weights: dict[int, dict[int, Any]] = {}
        self._of_weights_alone = set[int]()

    @staticmethod
    def now() -> int:
        """The number of the node that autograd makes next."""
        number: int = _C._autograd._get_sequence_nr()
        return number

    def leave_out(self, tensors: Iterable[Tensor]) -> None:
        """Charge nothing of the graphs of these, which were computed before the pass."""
        self._earlier = set(_nodes([t for t in tensors if t.grad_fn is not None]))

    def span(self, row: int, start: int) -> None:
        """Autograd made the nodes from `start` on for this row."""
        self._starts.append(start)
        self._ends.append(self.now())
        self._rows.append(row)

    def weigh(self, row: int, weights: Sequence[Tensor], alone: bool) -> None:
        """The row's operation multiplies with these weights, or only weights with each other."""
        if weights:
            self._weights[row] = {
                storage_id(weight): storage_reference(weight) for weight in weights
            }
        if alone:
            self._of_weights_alone.add(row)

    def charge(self, macs: int, operands: Sequence[Tensor], of_weight: bool | None = None) -> None:
        """Add a product of the backward pass that runs now: of a weight's gradient, or another's.

        Where `of_weight` does not say it: a weight's gradient is a product without the weight.
        What was computed before the pass has its own backward pass, and is not charged.
        """
        node = _C._current_autograd_node()
        if node in self._earlier:
            return
        row = self._row_of(self.now() if node is None else node._sequence_nr())
        if of_weight is None:
            weights = self._weights.get(row, {})
            with_weight = any(storage_id(operand) in weights for operand in operands)
            of_weight = row in self._of_weights_alone or (bool(weights) and not with_weight)
        inputs, learned = self._macs.get(row, (0, 0))
        self._macs[row] = (inputs, learned + macs) if of_weight else (inputs + macs, learned)

    def added(self, row: int, counts: Counts) -> Counts:
        """A row's facts with those of its backward pass."""
        if row not in self._macs:
            return counts
        inputs, weights = self._macs[row]
        return counts._replace(input_gradient_macs=inputs, weight_gradient_macs=weights)

    def _row_of(self, number: int) -> int:
        """The row of the node of that number; the last row for one that is made later."""
        place = bisect_right(self._starts, number) - 1
        if place < 0 or number >= self._ends[place]:
            place = min(place + 1, len(self._rows) - 1)
        return self._rows[place] if self._rows else 0


def differentiable(result: Any) -> list[Tensor]:
    """The tensors of a module's result that a loss can be made of, each once."""
    found: dict[int, Tensor] = {}
    seen, left = set[int](), [result]
    while left:
        value = left.pop()
        if isinstance(value, Tensor):
            if value.requires_grad:
                found[id(value)] = value
            continue
        if id(value) in seen or isinstance(value, str | bytes | int | float | torch.nn.Module):
            continue
        seen.add(id(value))
        if isinstance(value, dict):
            left += value.values()
        elif isinstance(value, list | tuple | set | frozenset | deque):
            left += value
        elif type(value).__module__ != "builtins":
            left += _attributes(value)
    return list(found.values())


def _attributes(value: Any) -> Iterator[Any]:
    """The values of an object's attributes, of those with a slot too."""
    yield from getattr(value, "__dict__", {}).values()
    for cls in type(value).__mro__:
        slots = vars(cls).get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            yield getattr(value, name, None)


@contextmanager
def gradients_kept(results: Sequence[Tensor]) -> Iterator[None]:
    """Put back the gradients of all that a backward pass of the results adds to."""
    before = [(leaf, leaf.grad) for leaf in _leaves(results)]
    for leaf, _ in before:
        leaf.grad = None
    try:
        yield
    finally:
        for leaf, gradient in before:
            leaf.grad = gradient


def _leaves(results: Sequence[Tensor]) -> Iterator[Tensor]:
    """The tensors in which autograd's graph of the results ends."""
    yield from (result for result in results if result.is_leaf)
    for node in _nodes(results):
        if isinstance(leaf := getattr(node, "variable", None), Tensor):
            yield leaf


def _nodes(results: Sequence[Tensor]) -> Iterator[Any]:
    """The nodes of autograd's graph of the results, each once."""
    seen = set[Any]()
    left = [result.grad_fn for result in results]
    while left:
        node = left.pop()
        if node is None or node in seen:
            continue
        seen.add(node)
        yield node
        left += [following for following, _ in node.next_functions]
