"""The operations a network is described with: records, without shapes of their own.

No record stores its input channels; the walk over the description supplies them, so a
mismatch between two layers cannot be written.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Dimension: TypeAlias = int
"""An `int`, or a sympy expression where a closed form is wanted (sympy is untyped)."""

Kind: TypeAlias = Literal[
    "pointwise",
    "depthwise",
    "standard",
    "grouped",
    "linear",
    "norm",
    "activation",
    "pool",
    "add",
    "reshape",
]


class Shape(NamedTuple):
    """One sample's feature map, without the batch: channels, height, width."""

    channels: Dimension
    height: Dimension = 1
    width: Dimension = 1

    @property
    def area(self) -> Dimension:
        """D_F² of a square map: the number of positions."""
        return self.height * self.width

    @property
    def elements(self) -> Dimension:
        """The number of values in the map."""
        return self.channels * self.height * self.width

    def __str__(self) -> str:
        return f"{self.channels}x{self.height}x{self.width}"


@dataclass(frozen=True)
class Conv:
    """A convolution to `channels` with a square kernel and "same" padding, (kernel - 1) / 2."""

    channels: Dimension
    kernel: int
    stride: int = 1
    groups: int = 1
    bias: bool = False


@dataclass(frozen=True)
class Depthwise:
    """A convolution of each channel by itself: as many filters as channels."""

    kernel: int
    stride: int = 1
    bias: bool = False


@dataclass(frozen=True)
class Linear:
    """A fully connected layer to `features`."""

    features: Dimension
    bias: bool = True


@dataclass(frozen=True)
class Norm:
    """Batch normalisation with a learned scale (gamma) and shift (beta)."""


@dataclass(frozen=True)
class Activation:
    """An element-wise non-linearity, by its name ("relu", "relu6")."""

    name: str


@dataclass(frozen=True)
class GlobalPool:
    """The average over the whole map.

    `module` says how the reference implementation calls it: as an `nn.AdaptiveAvgPool2d`, or
    as a function inside its forward method, which counters that hook modules cannot see.
    """

    module: bool = True


@dataclass(frozen=True)
class Flatten:
    """Channels, height and width become one axis of features."""


@dataclass(frozen=True)
class Add:
    """The sum of a residual block's input and its body's output."""


@dataclass(frozen=True)
class Chain:
    """Named steps, one after the other. The names make the rows' paths."""

    steps: tuple[tuple[str, Op], ...]

    @staticmethod
    def of(**steps: Op) -> Chain:
        """`Chain.of(conv=Conv(32, 3), norm=Norm())`."""
        return Chain(tuple(steps.items()))


@dataclass(frozen=True)
class Residual:
    """The input plus the body's output, which must have the input's shape."""

    body: Chain


Layer: TypeAlias = Conv | Depthwise | Linear | Norm | Activation | GlobalPool | Flatten | Add
Op: TypeAlias = Layer | Chain | Residual


def kind_of(op: Layer) -> Kind:
    """What a row of this operation is in a breakdown."""
    match op:
        case Conv(groups=groups) if groups > 1:
            return "grouped"
        case Conv(kernel=kernel):
            return "pointwise" if kernel == 1 else "standard"
        case Depthwise():
            return "depthwise"
        case Linear():
            return "linear"
        case Norm():
            return "norm"
        case Activation():
            return "activation"
        case GlobalPool():
            return "pool"
        case Add():
            return "add"
        case Flatten():
            return "reshape"
