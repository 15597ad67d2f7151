"""The dispatch mode that turns torch's operators into rows. Imports torch: import it lazily.

Under inference mode a dispatch mode sees torch's operators as they were called (`linear`, and
not what it becomes). That is also why little of torch has to run: most results are made from
the formula's output shape alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest.mock import patch

import torch
from torch import Tensor
from torch._ops import OpOverload
from torch.utils._python_dispatch import TorchDispatchMode

from mobilecalc.core.counts import Counts
from mobilecalc.core.ops import (
    Add,
    Elementwise,
    Flatten,
    Layer,
    Move,
    Reduction,
    Uncounted,
)
from mobilecalc.modules.isolation.copy_on_write import CopyOnWrite
from mobilecalc.modules.isolation.parts import Parts
from mobilecalc.modules.operators import Seen
from mobilecalc.modules.operators.classification import How, Plan, plan_for
from mobilecalc.modules.operators.products import attention
from mobilecalc.modules.operators.reading import unbatched
from mobilecalc.modules.tracing.backward import (
    differentiable,
    gradients_kept,
    is_opaque,
)
from mobilecalc.modules.tracing.execution import Execution
from mobilecalc.modules.tracing.provenance import INPUT, Provenance
from mobilecalc.modules.tracing.recorder import Counted, Recorder
from mobilecalc.modules.tracing.rows import joined
from mobilecalc.modules.tracing.tensors import broadcast, check_kinds, tensors_in


class Tracer(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records the operations of what is run inside of it.

    device: where the module is. run: whether each operator is run, or only those whose result no
    formula tells. autograd: whether it runs under torch's autograd.
    """

    def __init__(self, device: str, *, run: bool, autograd: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._recorder = Recorder(autograd=autograd)
        self.calls, self.traced = self._recorder.calls, self._recorder.traced
        self._marks, self._gradients = self._recorder.marks, self._recorder.gradients
        self._execution = Execution(device, run=run, autograd=autograd)
        self._run, self.hidden = self._execution.run, self._execution.hidden
        self._autograd = autograd
        self._is_backward = False
        self._writes = CopyOnWrite(())
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
            check_kinds(types)
        if not isinstance(func, OpOverload):
            return self._higher_order(func, args)
        plan, kwargs = plan_for(func), kwargs or {}
        for place in plan.writes:
            written = args[place] if isinstance(place, int) else kwargs.get(place)
            self._writes.before_writing(written)
        if not self._autograd:
            return self._handlers[plan.how](plan, func, args, kwargs)
        if self._is_backward and not torch.is_grad_enabled():  # with it: something is run again
            return self._differentiate(plan, func, args, kwargs)
        with nullcontext() if plan.how == "decompose" else self._recorder.nodes_of_rows():
            return self._handlers[plan.how](plan, func, args, kwargs)

    @contextmanager
    def watching(
        self, parts: Parts, tensors: Iterable[Tensor], inputs: Iterable[Tensor]
    ) -> Iterator[None]:
        """Know which module is running, the parameters and the inputs; put written values back.

        tensors: those that were there before. Put `snapshot.restored` around it.
        """
        self.calls.watch(parts)
        self._writes = CopyOnWrite(tensors)
        if self._autograd:
            self._gradients.leave_out(tensors)
        for _, part in parts:
            for parameter in part._parameters.values():
                if parameter is not None:
                    self._marks.mark(parameter, Provenance(None, (parameter,)))
        for tensor in inputs:
            self._marks.mark(tensor, INPUT)
        try:
            with self._subclasses(), self.hidden(), self:
                yield
        finally:
            self._writes.restore()

    @contextmanager
    def _subclasses(self) -> Iterator[None]:
        """Let a tensor that gets another class keep its graph and its provenance.

        `as_subclass` is seen by no dispatch mode, and every function of such a tensor ends in it.
        """
        original = Tensor.as_subclass

        def as_subclass(tensor: Tensor, cls: Any) -> Tensor:
            with self._execution.shown():
                result: Tensor = original(tensor, cls)
            self._marks.mark(result, self._marks.of(tensor))
            return result

        with patch.object(Tensor, "as_subclass", as_subclass):
            yield

    def differentiate(self, result: Any) -> None:
        """Run the backward pass of what the module returned, inside of `watching`."""
        results = differentiable(result)
        if not results:
            return
        with torch.utils._python_dispatch._disable_current_modes():
            ones = [torch.ones(t.shape, dtype=t.dtype, device=t.device) for t in results]
        self._is_backward = True
        with gradients_kept(results):  # a graph from before the trace is not ours to free
            torch.autograd.backward(results, ones, retain_graph=True)
        rows = self.traced.rows
        rows[:] = (
            row._replace(counts=self._gradients.added(index, row.counts))
            for index, row in enumerate(rows)
        )

    def _higher_order(self, func: Any, args: Any) -> Any:
        """An operator that takes functions: a branch, a loop, attention by a score function."""
        match func.name():
            case "cond":
                condition, chosen, other, operands = args[:4]
                with self:
                    return (chosen if condition else other)(*operands)
            case "while_loop":
                goes_on, body, values, others = args[:4]
                with self:
                    while goes_on(*values, *others):
                        values = body(*values, *others)
                return values
            case "flex_attention":
                return self._flexible_attention(*args[:3])
            case name:
                raise NotImplementedError(f"torch's operator '{name}' of functions is not traced")

    def _flexible_attention(self, query: Tensor, key: Tensor, value: Tensor) -> Any:
        """Run as plain attention, whose products it has: the score function is left out."""
        with self._recorder.nodes_of_rows(), self._execution.shown():
            out = torch.nn.functional.scaled_dot_product_attention(
                query, key, value, enable_gqa=query.shape[-3] != key.shape[-3]
            )
            largest = query.new_empty(query.shape[:-1], dtype=torch.float32)
            seen = attention(query, key, value, enable_gqa=True)
            assert seen is not None
            mark = self._recorder.record("flex_attention", seen)
        return self._recorder.marked((out, largest, largest.clone()), mark)

    def _differentiate(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        """An operator of the backward pass: products are counted, what else there is costs none."""
        seen = plan.reader(*args, **kwargs) if plan.reader and "out" not in kwargs else None
        if seen is None and "decompose" in (plan.how, plan.reader and plan.otherwise):
            return self._decompose(plan, func, args, kwargs)
        is_declined = plan.how == "read" and plan.otherwise == "unknown"
        if seen is None and (is_declined or (plan.how == "unknown" and is_opaque(func))):
            return self._unknown(plan, func, args, kwargs)
        every = () if seen is None else (seen,) if isinstance(seen, Seen) else seen
        for one in every:
            if macs := self._recorder.counted(one).counts.macs:
                self._gradients.charge(macs, tensors_in(args), one.of_weight)
        return self._run(func, args, kwargs)

    def _read(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        assert plan.reader is not None
        given = {k: v for k, v in kwargs.items() if k != "out"} if "out" in kwargs else kwargs
        seen = plan.reader(*args, **given)
        if not seen:
            return self._handlers[plan.otherwise](plan, func, args, kwargs)
        before: Sequence[Seen] = ()
        if isinstance(seen, Seen):
            seen = self._recorder.as_linear(seen)
        else:
            *before, seen = seen  # the last one makes the result
        counted = self._recorder.counted(seen)
        result = self._execution.result(plan, func, args, kwargs, seen, counted.sizes)
        for one in before:
            self._recorder.record(plan.name, one)
        mark = self._recorder.append(plan.name, seen, counted)
        return self._recorder.marked(result, mark, written=bool(plan.writes))

    def _ignore(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        result = self._run(func, args, kwargs)
        if plan.name in ("detach", "alias") and isinstance(result, Tensor):
            self._marks.mark(result, self._marks.of(args[0]))
            self._marks.share(result)
        return result

    def _move(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        operands = tensors_in(args, kwargs)
        result = self._run(func, args, kwargs)
        first = result if isinstance(result, Tensor) else next(iter(tensors_in(result)), None)
        if first is None or not operands:
            return result
        if not plan.writes:
            self._marks.share(first)
        marks = [self._marks.of(operand) for operand in operands]
        if all(mark.row is None for mark in marks):
            return self._recorder.marked(result, joined(marks, None))
        x, shape = operands[0], unbatched(first.shape)
        op: Layer = Move(plan.name, shape)
        if first.dim() == 2 < x.dim() and first.shape[0] == x.shape[0]:
            op = Flatten()
        counted = Counted(op, unbatched(x.shape), shape, Counts(), first.shape)
        mark = self._recorder.append(plan.name, Seen(op, tuple(operands)), counted)
        return self._recorder.marked(result, mark, written=bool(plan.writes))

    def _elementwise(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        operands = tensors_in(args, kwargs)
        if self._recorder.only_counts(operands):
            return self._run(func, args, kwargs)
        x = operands[0]
        sizes: tuple[int, ...] = x.shape
        if any(operand.shape != sizes for operand in operands):
            sizes = broadcast([operand.shape for operand in operands])
        live = [o for o in operands if self._marks.of(o).row is not None]
        if plan.name == "add" and len(live) == 2 and live[0].shape == live[1].shape:
            seen = Seen(Add(), tuple(operands))
        else:
            seen = Seen(Elementwise(plan.name, unbatched(sizes)), tuple(operands))
        result = self._execution.elementwise(plan, func, args, kwargs, operands, sizes)
        mark = self._recorder.record(plan.name, seen)
        return self._recorder.marked(result, mark, written=bool(plan.writes))

    def _reduce(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        return self._after_running(plan, func, args, kwargs, Reduction)

    def _unknown(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        return self._after_running(plan, func, args, kwargs, Uncounted)

    def _after_running(
        self, plan: Plan, func: OpOverload, args: Any, kwargs: Any, record: Any
    ) -> Any:
        """Its result's shape is known from running it alone."""
        operands = tensors_in(args, kwargs)
        result = self._run(func, args, kwargs)
        results = tensors_in((result,))
        is_free = self._recorder.only_counts(operands) or not (results or plan.writes)
        if (is_free and not plan.foreign) or not (results or operands):
            return result
        sizes = (results or operands)[0].shape
        op = record(plan.name, unbatched(sizes))
        seen = Seen(op, tuple(operands), sizes=None if operands else sizes)
        mark = self._recorder.record(plan.name, seen)
        return self._recorder.marked(result, mark, written=bool(plan.writes))

    def _decompose(self, plan: Plan, func: OpOverload, args: Any, kwargs: Any) -> Any:
        with self:
            result = func.decompose(*args, **kwargs)
        return self._unknown(plan, func, args, kwargs) if result is NotImplemented else result
