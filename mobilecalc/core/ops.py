"""The operations a network is described with: records, without shapes of their own.

No record stores its input channels; the walk over the description supplies them, so a
mismatch between two layers cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias, TypeVar

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


Record = TypeVar("Record")


def _distinct(record: type[Record]) -> type[Record]:
    """Make records equal only where their types are: as bare tuples, Norm() would equal Add().

    (Named tuples, as a frozen dataclass takes most of a millisecond to define: ten of them would
    be a tenth of a light command's own time.)
    """

    def equal(self: Record, other: object) -> bool:
        return type(self) is type(other) and tuple.__eq__(self, other)  # type: ignore[operator]

    def unequal(self: Record, other: object) -> bool:
        return not equal(self, other)

    methods: dict[str, Callable[..., object]] = {"__eq__": equal, "__ne__": unequal}
    for name, method in methods.items():
        setattr(record, name, method)
    return record


@_distinct
class Conv(NamedTuple):
    """A convolution to `channels` with a square kernel and "same" padding, (kernel - 1) / 2."""

    channels: Dimension
    kernel: int
    stride: int = 1
    groups: int = 1
    bias: bool = False


@_distinct
class Depthwise(NamedTuple):
    """A convolution of each channel by itself: as many filters as channels."""

    kernel: int
    stride: int = 1
    bias: bool = False


@_distinct
class Linear(NamedTuple):
    """A fully connected layer to `features`."""

    features: Dimension
    bias: bool = True


@_distinct
class Norm(NamedTuple):
    """Batch normalisation with a learned scale (gamma) and shift (beta)."""


@_distinct
class Activation(NamedTuple):
    """An element-wise non-linearity, by its name ("relu", "relu6")."""

    name: str


@_distinct
class GlobalPool(NamedTuple):
    """The average over the whole map.

    `module` says how the reference implementation calls it: as an `nn.AdaptiveAvgPool2d`, or
    as a function inside its forward method, which counters that hook modules cannot see.
    """

    module: bool = True


@_distinct
class Flatten(NamedTuple):
    """Channels, height and width become one axis of features."""


@_distinct
class Add(NamedTuple):
    """The sum of a residual block's input and its body's output."""


@_distinct
class Chain(NamedTuple):
    """Named steps, one after the other. The names make the rows' paths."""

    steps: tuple[tuple[str, Op], ...]

    @staticmethod
    def of(**steps: Op) -> Chain:
        """`Chain.of(conv=Conv(32, 3), norm=Norm())`."""
        return Chain(tuple(steps.items()))


@_distinct
class Residual(NamedTuple):
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
