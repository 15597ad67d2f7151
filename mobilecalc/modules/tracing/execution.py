"""What a traced operator gives: by running it, or made from the sizes that its formula tells.

Imports torch: import it lazily.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor
from torch._ops import OpOverload

from mobilecalc.core.ops import Activation, Add, Norm, Softmax
from mobilecalc.modules.operators import Seen
from mobilecalc.modules.operators.classification import Plan, is_known
from mobilecalc.modules.tracing.backward import Autograd
from mobilecalc.modules.tracing.tensors import tensors_in

_UNGUARDED = nullcontext()
_KEEPS_SHAPE = (Norm, Activation, Softmax, Add)
"""Their result has the sizes and strides of the first operand."""


class Execution:
    """How the operators of one pass are run.

    device: where the module is. run: whether each operator is run, or only those whose result no
    formula tells. autograd: whether they run under torch's autograd.
    """

    def __init__(self, device: str, *, run: bool, autograd: bool) -> None:
        self._device, self._run_all = device, run or autograd
        self._autograd = Autograd() if autograd else None

    def hidden(self) -> AbstractContextManager[None]:
        """Inside of it, operators are seen as they were called, with autograd as without."""
        return self._autograd.hidden() if self._autograd else nullcontext()

    def result(
        self, plan: Plan, func: OpOverload, args: Any, kwargs: Any, seen: Seen, sizes: Sequence[int]
    ) -> Any:
        """What an operator gives whose formula says the sizes of its result."""
        x = seen.operands[0]
        if self._run_all or not x.is_meta or seen.result is NotImplemented or "out" in kwargs:
            result = self.run(func, args, kwargs)
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

    def elementwise(
        self,
        plan: Plan,
        func: OpOverload,
        args: Any,
        kwargs: Any,
        operands: Sequence[Tensor],
        sizes: Sequence[int],
    ) -> Any:
        """What element-wise arithmetic gives, by operands that are broadcast to these sizes."""
        if self._run_all or not is_known(plan, operands, kwargs):
            return self.run(func, args, kwargs)
        x = operands[0]
        if plan.in_place:
            return x
        whole = next((o for o in operands if o.shape == sizes), None)
        return torch.empty(sizes, dtype=x.dtype, device="meta") if whole is None else whole.clone()

    def run(self, func: OpOverload, args: Any, kwargs: Any) -> Any:
        """Run it; tensors on another device than the module's are moved to it where they must."""
        try:
            with self.shown():
                return func(*args, **kwargs)
        except (RuntimeError, NotImplementedError):
            if len({tensor.device.type for tensor in tensors_in(args, kwargs)}) < 2:
                raise
            if func._schema.is_mutable and self._is_differentiated(args, kwargs):
                raise NotImplementedError(
                    "what needs a gradient is written into a tensor without a meta device"
                ) from None
        with self.shown():
            args, kwargs = torch.utils._pytree.tree_map_only(Tensor, self._moved, (args, kwargs))
            return func(*args, **kwargs)

    def _is_differentiated(self, args: Any, kwargs: Any) -> bool:
        needs = any(tensor.requires_grad for tensor in tensors_in(args, kwargs))
        return needs and torch.is_grad_enabled()

    def shown(self) -> Any:
        """A guard inside of which operators are run: under autograd, if the pass is."""
        return self._autograd.shown() if self._autograd else _UNGUARDED

    def _moved(self, tensor: Tensor) -> Tensor:
        if tensor.device.type == self._device:
            return tensor
        if tensor.is_meta:
            return torch.zeros(tensor.shape, dtype=tensor.dtype, device=self._device)
        return tensor.to(self._device)
