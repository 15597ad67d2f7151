"""The dispatch mode that turns torch's operators into rows. Imports torch: import it lazily.

Under inference mode a dispatch mode sees torch's operators as they were called (`linear`, and
not what it becomes). That is also why little of torch has to run: most results are made from
the formula's output shape alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache, partial
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves

from mobilecalc.core.cost import cost, gradients
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Add,
    Elementwise,
    Flatten,
    GlobalPool,
    Layer,
    Move,
    Norm,
    Reduction,
    Softmax,
    Uncounted,
)
from mobilecalc.core.profile import Row
from mobilecalc.core.rules import TRACED
from mobilecalc.core.shape import Shape
from mobilecalc.modules import provenance
from mobilecalc.modules.aten import Seen
from mobilecalc.modules.aten.plans import FLOATING, How, Plan, plan_for
from mobilecalc.modules.aten.products import attention
from mobilecalc.modules.aten.reading import unbatched
from mobilecalc.modules.calls import Calls
from mobilecalc.modules.isolation import Parts
from mobilecalc.modules.ledger import Ledger
from mobilecalc.modules.originals import Originals, storage_of
from mobilecalc.modules.provenance import Provenance

_cost = lru_cache(maxsize=4096)(partial(cost, rules=TRACED))
"""A network meets the same operation on the same shape many times."""

_ADAPTIVE = (GlobalPool, AdaptivePool)
_KEEPS_SHAPE = (Norm, Activation, Softmax, Add)


class Tracer(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records the operations of what is run inside of it.

    device: where the module is. run: whether each operator is run, or only those whose result no
    formula tells. gradients: whether the cost of the backward pass is recorded too.
    """

    def __init__(self, device: str, *, run: bool, gradients: bool) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.device = device
        self.calls, self.ledger = Calls(), Ledger(gradients=gradients)
        self._run_all, self._gradients = run, gradients
        self._originals = Originals(())
        self._viewed = set[int]()
        self._handlers: dict[How, Callable[..., Any]] = {
            "read": self._read,
            "ignore": self._ignore,
            "move": self._move,
            "elementwise": self._elementwise,
            "reduce": self._reduce,
            "decompose": self._decompose,
            "unknown": self._unknown,
        }

    supports_higher_order_operators = True

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Not: torch would import its compiler (a second), and wrap each call in it."""
        return False

    def __torch_dispatch__(
        self, func: OpOverload, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        if types:
            _check_kinds(types)
        if not isinstance(func, OpOverload):
            return self._higher_order(func, args)
        plan = plan_for(func)
        for place in plan.writes:
            written = args[place] if isinstance(place, int) else (kwargs or {}).get(place)
            self._originals.before_writing(written)
        return self._handlers[plan.how](plan, func, args, kwargs or {})

    @contextmanager
    def watching(self, parts: Parts, tensors: Iterable[Tensor]) -> Iterator[None]:
        """Know which module is running, and the parameters; put written values back.

        tensors: those that were there before. Put `kept.preserved` around it.
        """
        parameters = [p for _, part in parts for p in part._parameters.values() if p is not None]
        self.calls.watch(parts)
        self._originals = Originals(tensors)
        for parameter in parameters:
            mark = Provenance(None, (parameter,), parameter.requires_grad)
            provenance.mark(parameter, mark)
        try:
            yield
        finally:
            self._originals.put_back()
            for parameter in parameters:
                provenance.unmark(parameter)

    def _higher_order(self, func: Any, args: Any) -> Any:
        """An operator that takes functions: attention by a score function is read, no other."""
        name = func.name()
        if name != "flex_attention":
            raise NotImplementedError(f"torch's higher-order operator '{name}' is not traced")
        query, key, value = args[:3]
        seen = attention(query, key, value, enable_gqa=True)
        assert seen is not None
        _, mark = self._record(name, seen)
        out = query.new_empty((*query.shape[:-1], value.shape[-1]))
        largest = query.new_empty(query.shape[:-1], dtype=torch.float32)
        return self._marked((out, largest, largest.clone()), mark)

    def returned(self, result: Any) -> None:
        """What the module returns: of a training step, what the loss depends on."""
        tensors = _tensors((result,)) or [t for t in tree_leaves(result) if isinstance(t, Tensor)]
        if self._gradients and tensors:
            for tensor in tensors:
                self.ledger.end(provenance.of(tensor))
            self.ledger.cut()

    def _read(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        assert plan.reader is not None
        seen = plan.reader(*args, **kwargs)
        if seen is None:
            return self._handlers[plan.otherwise](plan, func, args, kwargs)
        if not isinstance(seen, Seen):
            first = len(self.ledger.rows)
            *others, seen = seen  # the last one makes the result
            for other in others:
                self._record(plan.name, other)
            sizes, mark = self._record(plan.name, seen)
            self.ledger.is_one_call(first)
        else:
            sizes, mark = self._record(plan.name, seen)
        return self._marked(self._result(plan, func, args, kwargs, seen, sizes), mark)

    def _ignore(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        result = self._run(func, args, kwargs)
        if plan.name in ("detach", "alias") and isinstance(result, Tensor):
            mark = provenance.of(args[0])
            provenance.mark(result, mark._replace(gradient=False) if self._gradients else mark)
        return result

    def _move(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        operands = _tensors(args, kwargs)
        result = self._run(func, args, kwargs)
        first = result if isinstance(result, Tensor) else next(iter(_tensors(result)), None)
        if self._gradients and func.is_view and first is not None:
            self._viewed.add(storage_of(first))
        if first is None or not operands:
            return result
        marks = [provenance.of(operand) for operand in operands]
        if all(mark.row is None for mark in marks):
            return self._marked(result, self.ledger.joined(marks, None))
        x, shape = operands[0], unbatched(first.shape)
        op: Layer = Move(plan.name, shape)
        if first.dim() == 2 < x.dim() and first.shape[0] == x.shape[0]:
            op = Flatten()
        path = self.calls.innermost.place(plan.name)
        mark = self.ledger.append(Row(path, op, unbatched(x.shape), shape, Counts()), marks)
        if plan.in_place:
            self.ledger.end(mark)  # what is read later may be another view of it
        return self._marked(result, mark)

    def _elementwise(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        operands = _tensors(args, kwargs)
        if _only_counts(operands):
            return self._run(func, args, kwargs)
        x = operands[0]
        sizes: tuple[int, ...] = x.shape
        if any(operand.shape != sizes for operand in operands):
            sizes = _broadcast([operand.shape for operand in operands])
        marks = [provenance.of(operand) for operand in operands]
        live = [
            operand for operand, mark in zip(operands, marks, strict=True) if mark.row is not None
        ]
        if plan.name == "add" and len(live) == 2 and live[0].shape == live[1].shape:
            seen = Seen(Add(), tuple(operands))
        else:
            seen = Seen(Elementwise(plan.name, unbatched(sizes)), tuple(operands))
        _, mark = self._record(plan.name, seen)
        if self._gradients and plan.in_place and storage_of(x) in self._viewed:
            self.ledger.end(mark)
        if plan.in_place and not self._run_all and x.is_meta:
            return self._marked(x, mark)
        known = (
            not self._run_all
            and plan.name in FLOATING
            and x.is_meta
            and x.is_floating_point()
            and all(o.dtype == x.dtype and o.is_meta for o in operands)
            and "out" not in kwargs
        )
        if not known:
            return self._marked(self._run(func, args, kwargs), mark)
        whole = next((o for o in operands if o.shape == sizes), None)
        result = (
            torch.empty(sizes, dtype=x.dtype, device="meta") if whole is None else whole.clone()
        )
        return self._marked(result, mark)

    def _reduce(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        return self._after_running(plan, func, args, kwargs, Reduction)

    def _unknown(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        return self._after_running(plan, func, args, kwargs, Uncounted)

    def _after_running(
        self, plan: Plan, func: OpOverload, args: Any, kwargs: Any, record: Any
    ) -> Any:
        """Its result's shape is known from running it alone."""
        operands = _tensors(args, kwargs)
        result = self._run(func, args, kwargs)
        results = _tensors((result,))
        free = not plan.foreign and (_only_counts(operands) or not (results or plan.writes))
        if free or not (results or operands):
            return result
        sizes = (results or operands)[0].shape
        op = record(plan.name, unbatched(sizes))
        given = None if operands else sizes
        _, mark = self._record(plan.name, Seen(op, tuple(operands), sizes=given))
        return self._marked(result, mark)

    def _decompose(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        with self:
            result = func.decompose(*args, **kwargs)
        return self._unknown(plan, func, args, kwargs) if result is NotImplemented else result

    def _run(self, func: OpOverload, args: Any, kwargs: Any) -> Any:
        """Run it; tensors on another device than the module's are moved to it where they must."""
        try:
            return func(*args, **kwargs)
        except (RuntimeError, NotImplementedError):
            if len({tensor.device.type for tensor in _tensors(args, kwargs)}) < 2:
                raise
            args, kwargs = torch.utils._pytree.tree_map_only(Tensor, self._moved, (args, kwargs))
            return func(*args, **kwargs)

    def _moved(self, tensor: Tensor) -> Tensor:
        if tensor.device.type == self.device:
            return tensor
        if tensor.is_meta:
            return torch.zeros(tensor.shape, dtype=tensor.dtype, device=self.device)
        return tensor.to(self.device)

    def _result(
        self, plan: Plan, func: OpOverload, args: Any, kwargs: Any, seen: Seen, sizes: Sequence[int]
    ) -> Any:
        x = seen.operands[0]
        if self._run_all or not x.is_meta or seen.result is NotImplemented:
            result = self._run(func, args, kwargs)
            if (
                isinstance(result, Tensor)
                and seen.result is None
                and list(result.shape) != list(sizes)
            ):
                raise RuntimeError(f"{func} gives {tuple(result.shape)}, and not {tuple(sizes)}")
            return result
        if plan.in_place:
            return x
        if seen.result is not None:
            return seen.result
        if isinstance(seen.op, _KEEPS_SHAPE):
            return x.clone()
        return torch.empty(sizes, dtype=x.dtype, device="meta")

    def _record(self, name: str, seen: Seen) -> tuple[Sequence[int], Provenance]:
        """Add the row. Returns the sizes of the result, with the batch, and its provenance."""
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
        marks = [provenance.of(operand) for operand in operands]
        if self._gradients and provenance.learns():
            needs = [m.gradient or o.requires_grad for m, o in zip(marks, operands, strict=True)]
            if len(needs) == 1:
                weights = (w for w, role in seen.weights if role == "weights" and w is not None)
                needs.append(any(provenance.of(weight).gradient for weight in weights))
            counts = gradients(op, shape, counts, needs, [bool(m.parameters) for m in marks])
        if seen.batched and sizes[0] != 1:
            counts = counts.times(sizes[0])
            shape, output = Shape(*sizes), Shape(*result_sizes)
        row = Row(self.calls.innermost.place(name), op, shape, output, counts)
        return result_sizes, self.ledger.append(row, marks, seen.weights)

    def _marked(self, result: Any, mark: Provenance) -> Any:
        for tensor in (result,) if isinstance(result, Tensor) else _tensors((result,)):
            learns = mark.gradient and (tensor.is_floating_point() or tensor.is_complex())
            fitting = mark if learns == mark.gradient else mark._replace(gradient=False)
            provenance.mark(tensor, fitting)
        return result


def _check_kinds(types: Any) -> None:
    """Raises `BadShape` for nested tensors: their sizes are no numbers."""
    if any(kind.__name__ == "NestedTensor" for kind in types):
        raise BadShape(
            "A nested tensor has no sizes that could be counted with.",
            mend="Pad it, or count one of its sequences.",
        )


def _broadcast(shapes: Sequence[Sequence[int]]) -> tuple[int, ...]:
    """The sizes that all of these are broadcast to; torch's own function takes 100 times longer."""
    longest = max(map(len, shapes))
    padded = [(1,) * (longest - len(shape)) + tuple(shape) for shape in shapes]
    return tuple(next((s for s in axis if s != 1), 1) for axis in zip(*padded, strict=True))


def _only_counts(operands: Sequence[Tensor]) -> bool:
    """Whether all are whole numbers that depend on no input: indices, steps, batches so far."""
    return all(
        not operand.is_floating_point() and provenance.of(operand).row is None
        for operand in operands
    )


def _tensors(*nested: Any) -> list[Tensor]:
    """The tensors in arguments, and in lists and mappings of them, in order."""
    found: list[Tensor] = []
    for value in nested:
        if isinstance(value, Tensor):
            found.append(value)
        elif isinstance(value, list | tuple):
            found += _tensors(*value)
        elif isinstance(value, dict):
            found += _tensors(*value.values())
    return found
