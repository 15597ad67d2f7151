"""The operations: records, without shapes of their own. `core.blocks` puts them together.

No record stores its input channels; the walk over the description supplies them, so a
mismatch between two layers cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias, TypeVar

from mobilecalc.core.shape import Dimension, Paddings, Shape, Sizes, sizes_of

Kind: TypeAlias = Literal[
    "pointwise",
    "depthwise",
    "standard",
    "grouped",
    "transposed",
    "linear",
    "matmul",
    "attention",
    "recurrent",
    "embedding",
    "norm",
    "activation",
    "softmax",
    "pool",
    "upsample",
    "add",
    "elementwise",
    "reduction",
    "fourier",
    "reshape",
    "uncounted",
    "unused",
]


Record = TypeVar("Record")


def distinct(record: type[Record]) -> type[Record]:
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


@distinct
class Conv(NamedTuple):
    """A convolution to `channels`, of a map or of a signal or volume (a kernel of 1 or 3 sizes).

    Without `padding` it is "same" padding: dilation · (kernel - 1) / 2.
    """

    channels: Dimension
    kernel: Sizes
    stride: Sizes = 1
    groups: int = 1
    bias: bool = False
    padding: Paddings | None = None
    dilation: Sizes = 1


@distinct
class Depthwise(NamedTuple):
    """A convolution of each channel by itself, with `multiplier` filters a channel."""

    kernel: Sizes
    stride: Sizes = 1
    bias: bool = False
    padding: Paddings | None = None
    dilation: Sizes = 1
    multiplier: int = 1


@distinct
class TransposedConv(NamedTuple):
    """The transpose of a convolution: each input position writes a whole kernel."""

    channels: Dimension
    kernel: Sizes
    stride: Sizes = 1
    groups: int = 1
    bias: bool = False
    padding: Sizes = 0
    output_padding: Sizes = 0
    dilation: Sizes = 1


@distinct
class Linear(NamedTuple):
    """A fully connected layer to `features`, at every position before the last axis."""

    features: Dimension
    bias: bool = True


@distinct
class Product(NamedTuple):
    """The product of two computed matrices: each row of the input times `columns` columns."""

    columns: Dimension


@distinct
class Attention(NamedTuple):
    """Scaled dot-product attention of the input's queries: softmax(Q Kᵀ) V.

    keys: how many keys each query meets (masks leave the work as it is). features: of a value.
    """

    keys: Dimension
    features: Dimension


@distinct
class Recurrent(NamedTuple):
    """An LSTM, GRU or RNN over a sequence of steps x features.

    directions: 2 if it is bidirectional. projection: of the hidden state, 0 for none.
    """

    name: str
    hidden: Dimension
    layers: int = 1
    directions: int = 1
    bias: bool = True
    projection: Dimension = 0


@distinct
class Embedding(NamedTuple):
    """A row of `features` for each index of the input, out of a table of `rows`."""

    rows: Dimension
    features: Dimension


@distinct
class Norm(NamedTuple):
    """A normalisation with a learned scale (gamma) and shift (beta).

    "batch" has running statistics; "layer" goes over the last axis, "rms" too and has no shift;
    "group" and "instance" go over a sample's channels.
    """

    name: str = "batch"


@distinct
class Activation(NamedTuple):
    """An element-wise non-linearity, by its name ("relu", "relu6")."""

    name: str


@distinct
class Softmax(NamedTuple):
    """The softmax over one axis."""


@distinct
class Pool(NamedTuple):
    """The maximum ("max") or mean ("avg") of each window; `ceil` rounds the output's side up."""

    name: str
    kernel: Sizes
    stride: Sizes
    padding: Paddings = 0
    dilation: Sizes = 1
    ceil: bool = False


@distinct
class AdaptivePool(NamedTuple):
    """Pooling to a map of `sides`, whatever the input's; `module` as of `GlobalPool`."""

    name: str
    sides: tuple[int, ...]
    module: bool = True


@distinct
class GlobalPool(NamedTuple):
    """The average over the whole map.

    `module` says how the reference implementation calls it: as an `nn.AdaptiveAvgPool2d`, or
    as a function inside its forward method, which counters that hook modules cannot see.
    """

    module: bool = True


@distinct
class Flatten(NamedTuple):
    """Channels, height and width become one axis of features."""


@distinct
class Add(NamedTuple):
    """The sum of a residual block's input and its body's output."""


@distinct
class Upsample(NamedTuple):
    """Interpolation to a map of `sides`: "nearest", "linear", "bilinear", "bicubic", ..."""

    name: str
    sides: tuple[int, ...]


@distinct
class Elementwise(NamedTuple):
    """Arithmetic element by element, by its name, giving `shape` (inputs may be broadcast)."""

    name: str
    shape: Shape


@distinct
class Reduction(NamedTuple):
    """One value of many (a mean, a sum, a maximum), by its name, giving `shape`."""

    name: str
    shape: Shape


@distinct
class Fourier(NamedTuple):
    """A discrete Fourier transform over axes of these `lengths`, giving `shape`."""

    lengths: tuple[int, ...]
    shape: Shape


@distinct
class Move(NamedTuple):
    """Values that change place and not size, by the operation's name: no arithmetic."""

    name: str
    shape: Shape


@distinct
class Uncounted(NamedTuple):
    """Arithmetic that no formula covers, by its name, giving `shape`."""

    name: str
    shape: Shape


@distinct
class Unused(NamedTuple):
    """Parameters that no operation uses."""


@distinct
class ChannelShuffle(NamedTuple):
    """Channels in the order of a groups x (channels / groups) table read by columns.

    Source: section 3.1 of arXiv:1707.01083.
    """

    groups: int


Layer: TypeAlias = (
    Conv
    | Depthwise
    | TransposedConv
    | Linear
    | Product
    | Attention
    | Recurrent
    | Embedding
    | Norm
    | Activation
    | Softmax
    | Pool
    | AdaptivePool
    | GlobalPool
    | Upsample
    | Add
    | Elementwise
    | Reduction
    | Fourier
    | Flatten
    | ChannelShuffle
    | Move
    | Uncounted
    | Unused
)

_KINDS: dict[type[Layer], Kind] = {
    Depthwise: "depthwise",
    TransposedConv: "transposed",
    Linear: "linear",
    Product: "matmul",
    Attention: "attention",
    Recurrent: "recurrent",
    Embedding: "embedding",
    Norm: "norm",
    Activation: "activation",
    Softmax: "softmax",
    Pool: "pool",
    AdaptivePool: "pool",
    GlobalPool: "pool",
    Upsample: "upsample",
    Add: "add",
    Elementwise: "elementwise",
    Reduction: "reduction",
    Fourier: "fourier",
    Flatten: "reshape",
    ChannelShuffle: "reshape",
    Move: "reshape",
    Uncounted: "uncounted",
    Unused: "unused",
}


def kind_of(op: Layer) -> Kind:
    """What a row of this operation is in a breakdown."""
    if isinstance(op, Conv):
        if op.groups > 1:
            return "grouped"
        return "pointwise" if set(sizes_of(op.kernel)) == {1} else "standard"
    return _KINDS[type(op)]
