"""The operations: records, without shapes of their own. `core.blocks` puts them together.

No record stores its input channels; the walk over the description supplies them, so a
mismatch between two layers cannot be written.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeAlias

from mobilecalc.core.equality import Record, distinct
from mobilecalc.core.shape import Dimension, Paddings, Shape, Sizes, sizes_of

_Convolution: TypeAlias = Literal["pointwise", "depthwise", "standard", "grouped", "transposed"]
_Product: TypeAlias = Literal["linear", "matmul", "attention", "recurrent", "embedding"]
_OfMaps: TypeAlias = Literal["norm", "activation", "softmax", "pool", "upsample"]
_Arithmetic: TypeAlias = Literal["add", "elementwise", "reduction", "fourier"]
_Without: TypeAlias = Literal["reshape", "uncounted", "unused"]
Kind: TypeAlias = Literal[_Convolution, _Product, _OfMaps, _Arithmetic, _Without]
"""What a row is in a breakdown."""

_KINDS: dict[type, Kind | Callable[[Any], Kind]] = {}


def layer(kind: Kind | Callable[[Any], Kind]) -> Callable[[type[Record]], type[Record]]:
    """Make it a record of this kind, or of the kind that follows from its values."""

    def add(record: type[Record]) -> type[Record]:
        _KINDS[record] = kind
        return distinct(record)

    return add


def _kind_of_convolution(op: Conv) -> Kind:
    if op.groups > 1:
        return "grouped"
    return "pointwise" if set(sizes_of(op.kernel)) == {1} else "standard"


@layer(_kind_of_convolution)
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


@layer("depthwise")
class Depthwise(NamedTuple):
    """A convolution of each channel by itself, with `multiplier` filters a channel."""

    kernel: Sizes
    stride: Sizes = 1
    bias: bool = False
    padding: Paddings | None = None
    dilation: Sizes = 1
    multiplier: int = 1


@layer("transposed")
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


@layer("linear")
class Linear(NamedTuple):
    """A fully connected layer to `features`, at every position before the last axis."""

    features: Dimension
    bias: bool = True


@layer("matmul")
class Product(NamedTuple):
    """The product of two computed matrices: each row of the input times `columns` columns."""

    columns: Dimension


@layer("attention")
class Attention(NamedTuple):
    """Scaled dot-product attention of the input's queries: softmax(Q Kᵀ) V.

    keys: how many keys each query meets (masks leave the work as it is). features: of a value.
    """

    keys: Dimension
    features: Dimension


@layer("recurrent")
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


@layer("embedding")
class Embedding(NamedTuple):
    """A row of `features` for each index of the input, out of a table of `rows`."""

    rows: Dimension
    features: Dimension


@layer("norm")
class Norm(NamedTuple):
    """A normalisation with a learned scale (gamma) and shift (beta).

    "batch" has running statistics; "layer" goes over the last axis, "rms" too and has no shift;
    "group" and "instance" go over a sample's channels.
    """

    name: str = "batch"


@layer("activation")
class Activation(NamedTuple):
    """An element-wise non-linearity, by its name ("relu", "relu6")."""

    name: str


@layer("softmax")
class Softmax(NamedTuple):
    """The softmax over one axis."""


@layer("pool")
class Pool(NamedTuple):
    """The maximum ("max") or mean ("avg") of each window; `ceil` rounds the output's side up."""

    name: str
    kernel: Sizes
    stride: Sizes
    padding: Paddings = 0
    dilation: Sizes = 1
    ceil: bool = False


@layer("pool")
class AdaptivePool(NamedTuple):
    """Pooling to a map of `sides`, whatever the input's; `module` as of `GlobalPool`."""

    name: str
    sides: tuple[int, ...]
    module: bool = True


@layer("pool")
class GlobalPool(NamedTuple):
    """The average over the whole map.

    `module` says how the reference implementation calls it: as an `nn.AdaptiveAvgPool2d`, or
    as a function inside its forward method, which counters that hook modules cannot see.
    """

    module: bool = True


@layer("reshape")
class Flatten(NamedTuple):
    """Channels, height and width become one axis of features."""


@layer("add")
class Add(NamedTuple):
    """The sum of a residual block's input and its body's output."""


@layer("upsample")
class Upsample(NamedTuple):
    """Interpolation to a map of `sides`: "nearest", "linear", "bilinear", "bicubic", ..."""

    name: str
    sides: tuple[int, ...]


@layer("elementwise")
class Elementwise(NamedTuple):
    """Arithmetic element by element, by its name, giving `shape` (inputs may be broadcast)."""

    name: str
    shape: Shape


@layer("reduction")
class Reduction(NamedTuple):
    """One value of many (a mean, a sum, a maximum), by its name, giving `shape`."""

    name: str
    shape: Shape


@layer("fourier")
class Fourier(NamedTuple):
    """A discrete Fourier transform over axes of these `lengths`, giving `shape`."""

    lengths: tuple[int, ...]
    shape: Shape


@layer("reshape")
class Move(NamedTuple):
    """Values that change place and not size, by the operation's name: no arithmetic."""

    name: str
    shape: Shape


@layer("uncounted")
class Uncounted(NamedTuple):
    """Arithmetic that no formula covers, by its name, giving `shape`."""

    name: str
    shape: Shape


@layer("unused")
class Unused(NamedTuple):
    """Parameters that no operation uses."""


@layer("reshape")
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


def kind_of(op: Layer) -> Kind:
    """What a row of this operation is in a breakdown."""
    kind = _KINDS[type(op)]
    return kind if isinstance(kind, str) else kind(op)
