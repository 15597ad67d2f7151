"""Moving a module between devices for counting: values do not matter, memory does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mobilecalc.modules.isolation.parts import Parts

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@contextmanager
def placed(parts: Parts, device: str) -> Iterator[None]:
    """As `place`, and back: each parameter and buffer is put where it was, also in TorchScript."""
    replaced = place(parts, device)
    try:
        yield
    finally:
        for table, name, tensor in replaced:
            table[name] = tensor


def place(parts: Parts, device: str) -> list[tuple[Any, str, Tensor]]:
    """Replace what is not on the device: on meta by tensors without memory, elsewhere by zeros.

    The zeros of all parameters of a type share one piece of memory. Buffers on the device are
    copied, so that a forward pass changes the copies. Returns what was replaced: a module's table,
    the name in it, the tensor.

    Not `Module.to_empty`: it imports torch's compiler, and memory that holds chance values is slow.
    """
    import torch
    from torch import nn

    parameters = [p for _, part in parts for p in part._parameters.values() if p is not None]
    zeros = _Zeros(device, [p for p in parameters if p.device.type != device])
    made: dict[int, nn.Parameter] = {}
    replaced: list[tuple[Any, str, Tensor]] = []
    for _, owner in parts:
        for name, parameter in owner._parameters.items():
            if parameter is None or parameter.device.type == device:
                continue
            if id(parameter) not in made:
                made[id(parameter)] = nn.Parameter(zeros(parameter), parameter.requires_grad)
            owner._parameters[name] = made[id(parameter)]
            replaced.append((owner._parameters, name, parameter))
        for name, buffer in owner._buffers.items():
            if buffer is None or (device == "meta" and buffer.is_meta):
                continue
            replaced.append((owner._buffers, name, buffer))
            if device == "meta":
                made_here = zeros(buffer)
            elif buffer.is_meta:
                made_here = torch.zeros(buffer.shape, dtype=buffer.dtype, device=device)
            else:
                made_here = buffer.detach().to(device, copy=True)
            owner._buffers[name] = made_here.requires_grad_(buffer.requires_grad)
    return replaced


class _Zeros:
    """Tensors of zeros on a device: views of one block for each type, as long as the largest."""

    def __init__(self, device: str, tensors: Iterable[Tensor]) -> None:
        import torch

        self.device = device
        sizes: dict[torch.dtype, int] = {}
        for tensor in tensors:
            sizes[tensor.dtype] = max(sizes.get(tensor.dtype, 0), tensor.numel())
        on_meta = device == "meta"
        self._blocks = {
            dtype: torch.zeros(0 if on_meta else size, dtype=dtype, device=device)
            for dtype, size in sizes.items()
        }

    def __call__(self, like: Tensor) -> Tensor:
        """A tensor of the shape and type of another."""
        import torch

        if self.device == "meta":
            is_plain = type(like) in (torch.Tensor, torch.nn.Parameter)
            if is_plain and like.layout is torch.strided and not like.is_quantized:
                return torch.empty_like(like, device="meta")  # in half the time of torch.empty
            return torch.empty(like.shape, dtype=like.dtype, device="meta")
        return self._blocks[like.dtype][: like.numel()].view(like.shape)


_OF_META = ("meta", "data-dependent", "fake impl", "data pointer", "storage", "device", "cpu")
"""What errors speak of that only tensors without values raise."""


def asks_for_values(error: BaseException) -> bool:
    """Whether it may come from a tensor on the meta device: it has no values there."""
    if isinstance(error, NotImplementedError):
        return True
    text = f"{type(error).__name__} {error}".lower()
    return any(word in text for word in _OF_META) or (
        isinstance(error, AssertionError) and not str(error)  # `assert x.is_cpu` says no more
    )
