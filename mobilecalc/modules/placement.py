"""Moving a module between devices for counting: values do not matter, memory does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from mobilecalc.modules.isolation import Parts

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn


@contextmanager
def placed(parts: Parts, device: str) -> Iterator[None]:
    """As `place`, and back: each parameter and buffer is put where it was, also in TorchScript."""
    before = [
        (table, name, tensor)
        for _, part in parts
        for table in (part._parameters, part._buffers)
        for name, tensor in table.items()
    ]
    place(parts, device)
    try:
        yield
    finally:
        for table, name, tensor in before:
            table[name] = tensor  # type: ignore[assignment]


def place(parts: Parts, device: str) -> None:
    """Replace what is not on the device: on meta by tensors without memory, elsewhere by zeros.

    The zeros of all parameters of a type share one piece of memory. Buffers on the device are
    copied, so that a forward pass changes the copies.

    Not `Module.to_empty`: it imports torch's compiler, and memory that holds chance values is slow.
    """
    import torch
    from torch import nn

    parameters = [p for _, part in parts for p in part._parameters.values() if p is not None]
    zeros = _Zeros(device, [p for p in parameters if p.device.type != device])
    made: dict[int, nn.Parameter] = {}
    for _, owner in parts:
        for name, parameter in owner._parameters.items():
            if parameter is None or parameter.device.type == device:
                continue
            if id(parameter) not in made:
                made[id(parameter)] = nn.Parameter(zeros(parameter), parameter.requires_grad)
            owner._parameters[name] = made[id(parameter)]
        for name, buffer in owner._buffers.items():
            if buffer is None or (device == "meta" and buffer.is_meta):
                continue
            if device == "meta":
                owner._buffers[name] = zeros(buffer)
            elif buffer.is_meta:
                owner._buffers[name] = torch.zeros(buffer.shape, dtype=buffer.dtype, device=device)
            else:
                owner._buffers[name] = buffer.detach().to(device, copy=True)


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
            return torch.empty(like.shape, dtype=like.dtype, device="meta")
        return self._blocks[like.dtype][: like.numel()].view(like.shape)
