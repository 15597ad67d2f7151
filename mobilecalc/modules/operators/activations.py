"""Activations and softmax."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.ops import Activation, Softmax
from mobilecalc.modules.operators.reading import Reader, Seen, reads

if TYPE_CHECKING:
    from torch import Tensor


ACTIVATIONS = {
    "relu",
    "relu6",
    "hardswish",
    "hardsigmoid",
    "silu",
    "gelu",
    "mish",
    "elu",
    "celu",
    "selu",
    "leaky_relu",
    "rrelu",
    "softplus",
    "sigmoid",
    "log_sigmoid",
    "tanh",
    "threshold",
    "hardshrink",
    "softshrink",
    "prelu",
    "_prelu_kernel",
}


def _activation(name: str) -> Reader:
    op = Activation(name.strip("_").removesuffix("_kernel"))

    def read(x: Tensor, *options: Any, **more: Any) -> Seen:
        slopes = options[:1] if op.name == "prelu" else ()
        return Seen(op, (x, *slopes))

    return read


for _name in sorted(ACTIVATIONS):
    reads(_name)(_activation(_name))


@reads("hardtanh")
def hardtanh(x: Tensor, low: float = -1, high: float = 1) -> Seen:
    """ReLU6 is the one from 0 to 6."""
    return Seen(Activation("relu6" if (low, high) == (0, 6) else "hardtanh"), (x,))


@reads("glu")
def glu(x: Tensor, axis: int = -1) -> Seen:
    """One half of the channels, gated by the other."""
    half = list(x.shape)
    half[axis] //= 2
    return Seen(Activation("glu"), (x,), result=x.new_empty(half), sizes=half)


@reads("softmax", "_softmax", "log_softmax", "_log_softmax", "_safe_softmax")
def softmax(x: Tensor, axis: int, dtype: Any = None, **more: Any) -> Seen:
    """Over one axis."""
    other_type = dtype not in (None, False, x.dtype)
    return Seen(Softmax(), (x,), result=NotImplemented if other_type else None)
