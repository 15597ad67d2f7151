"""What each of ONNX's operators is, in the operations that mobilecalc counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Add,
    Conv,
    Depthwise,
    Elementwise,
    Flatten,
    GlobalPool,
    Layer,
    Linear,
    Move,
    Norm,
    Pool,
    Product,
    Recurrent,
    Reduction,
    Softmax,
    TransposedConv,
    Uncounted,
    Upsample,
)
from mobilecalc.modules.aten.convolutions import is_same
from mobilecalc.modules.aten.reading import Role, sizes, unbatched

Sizes: TypeAlias = tuple[int, ...]


class Node(NamedTuple):
    """One node: the sizes of its inputs and outputs, its attributes, and which inputs are stored.

    inputs: None for one that is left out or whose sizes are not known.
    """

    kind: str
    path: str
    inputs: tuple[Sizes | None, ...]
    output: Sizes
    attributes: Mapping[str, Any]
    stored: tuple[bool, ...]

    def input(self, index: int) -> Sizes:
        """The sizes of an input that there must be."""
        given = self.inputs[index] if index < len(self.inputs) else None
        return given or ()

    def has(self, index: int) -> bool:
        """Whether there is an input of that index."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def is_stored(self, index: int) -> bool:
        """Whether that input is a parameter in the file."""
        return index < len(self.stored) and self.stored[index]


class Meaning(NamedTuple):
    """The operation of a node, the roles of its stored inputs by index, and which map it is of.

    batched: the first axis is the batch. A stored input without a role is a constant.
    """

    op: Layer
    roles: Mapping[int, Role | None] = {}
    batched: bool = False


def _convolution(node: Node) -> Meaning:
    outputs, width, *kernel = node.input(1)
    axes, a = len(kernel), node.attributes
    group, bias = int(a.get("group", 1)), node.has(2)
    stride, spread = (sizes(list(a.get(k, [1] * axes)), axes) for k in ("strides", "dilations"))
    size, padding = sizes(kernel, axes), _padding(node, axes, kernel)
    if padding is not None and is_same(padding, size, spread, axes):
        padding = None
    roles: dict[int, Role] = {1: "weights", 2: "biases"}
    if group > 1 and width == 1:
        op: Layer = Depthwise(size, stride, bias, padding, spread, outputs // group)
    else:
        op = Conv(outputs, size, stride, group, bias, padding, spread)
    return Meaning(op, roles, batched=True)


def _padding(node: Node, axes: int, kernel: Sequence[int]) -> Any:
    """Of both ends alike; where they differ, half of their sum fits the output's size."""
    mode = node.attributes.get("auto_pad", b"NOTSET")
    if mode in (b"SAME_UPPER", b"SAME_LOWER"):
        return None
    pads = list(node.attributes.get("pads", [0] * 2 * axes))
    if pads[:axes] != pads[axes:]:
        return None
    return sizes(pads[:axes], axes)


def _transposed(node: Node) -> Meaning:
    _, width, *kernel = node.input(1)
    axes, a = len(kernel), node.attributes
    group = int(a.get("group", 1))
    stride, spread = (sizes(list(a.get(k, [1] * axes)), axes) for k in ("strides", "dilations"))
    op = TransposedConv(
        width * group,
        sizes(kernel, axes),
        stride,
        group,
        node.has(2),
        sizes(list(a.get("pads", [0] * axes))[:axes], axes),
        sizes(list(a.get("output_padding", [0] * axes)), axes),
        spread,
    )
    return Meaning(op, {1: "weights", 2: "biases"}, batched=True)


def _gemm(node: Node) -> Meaning:
    features = node.output[-1]
    if node.is_stored(1):
        return Meaning(Linear(features, node.has(2)), {1: "weights", 2: "biases"})
    return Meaning(Product(features))


def _product(node: Node) -> Meaning:
    if node.is_stored(1) and len(node.input(1)) == 2:
        return Meaning(Linear(node.output[-1], bias=False), {1: "weights"})
    return Meaning(Product(node.output[-1]), {0: "weights", 1: "weights"})


def _pool(name: str) -> Callable[[Node], Meaning]:
    def meaning(node: Node) -> Meaning:
        a = node.attributes
        kernel = list(a["kernel_shape"])
        axes = len(kernel)
        op = Pool(
            name,
            sizes(kernel, axes),
            sizes(list(a.get("strides", [1] * axes)), axes),
            sizes(list(a.get("pads", [0] * axes))[:axes], axes),
            sizes(list(a.get("dilations", [1] * axes)), axes),
            bool(a.get("ceil_mode", 0)),
        )
        return Meaning(op, batched=True)

    return meaning


def _global(name: str) -> Callable[[Node], Meaning]:
    def meaning(node: Node) -> Meaning:
        sides = (1,) * (len(node.input(0)) - 2)
        plane = name == "avg" and len(sides) == 2
        return Meaning(GlobalPool() if plane else AdaptivePool(name, sides), batched=True)

    return meaning


def _batch_norm(node: Node) -> Meaning:
    roles: dict[int, Role] = {1: "norm_parameters", 2: "norm_parameters"}
    return Meaning(Norm("batch"), {**roles, 3: "norm_buffers", 4: "norm_buffers"}, batched=True)


def _norm(name: str, *, batched: bool = False) -> Callable[[Node], Meaning]:
    roles: dict[int, Role] = {1: "norm_parameters", 2: "norm_parameters"}
    return lambda node: Meaning(Norm(name), roles, batched)


def _recurrent(node: Node) -> Meaning:
    name, hidden = node.kind.lower(), int(node.attributes["hidden_size"])
    directions = node.input(1)[0]
    op = Recurrent(name, hidden, 1, directions, node.has(3))
    states = dict.fromkeys((4, 5, 6), None)  # the lengths of the sequences, and first states
    return Meaning(op, {1: "weights", 2: "weights", 3: "biases", **states})


def _resize(node: Node) -> Meaning:
    mode = bytes(node.attributes.get("mode", b"nearest")).decode()
    sides = node.output[2:]
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(len(sides), "linear")
    name = {"linear": linear, "cubic": "bicubic"}.get(mode, mode)
    return Meaning(Upsample(name, sides), batched=True)


def _clip(node: Node) -> Meaning:
    return Meaning(Activation("relu6"))


def _sum(node: Node) -> Meaning:
    if node.input(0) == node.input(1) and not any(node.stored):
        return Meaning(Add())
    flat = any(s and len(size or ()) == 1 for s, size in zip(node.stored, node.inputs, strict=True))
    roles: dict[int, Role] = dict.fromkeys((0, 1), "biases") if flat else {}
    return Meaning(Elementwise("add", unbatched(node.output)), roles)


def _gather(node: Node) -> Meaning:
    if node.is_stored(0) and len(node.input(0)) == 2:
        return Meaning(Move("gather", unbatched(node.output)), {0: "weights"})
    return Meaning(Move("gather", unbatched(node.output)))


_MEANINGS: dict[str, Callable[[Node], Meaning]] = {
    "Conv": _convolution,
    "ConvTranspose": _transposed,
    "Gemm": _gemm,
    "MatMul": _product,
    "BatchNormalization": _batch_norm,
    "LayerNormalization": _norm("layer"),
    "RMSNormalization": _norm("rms"),
    "InstanceNormalization": _norm("instance", batched=True),
    "GroupNormalization": _norm("group", batched=True),
    "MaxPool": _pool("max"),
    "AveragePool": _pool("avg"),
    "GlobalAveragePool": _global("avg"),
    "GlobalMaxPool": _global("max"),
    "LSTM": _recurrent,
    "GRU": _recurrent,
    "RNN": _recurrent,
    "Resize": _resize,
    "Upsample": _resize,
    "Clip": _clip,
    "Add": _sum,
    "Gather": _gather,
    "Softmax": lambda node: Meaning(Softmax()),
    "LogSoftmax": lambda node: Meaning(Softmax()),
    "Flatten": lambda node: Meaning(Flatten(), batched=True),
}


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ACTIVATIONS = _names("""
    Relu LeakyRelu PRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign
    Gelu Mish ThresholdedRelu Swish
""")
MOVES = _names("""
    Reshape Transpose Squeeze Unsqueeze Slice Split Concat Expand Tile Pad Shape Size
    Identity Cast CastLike Dropout GatherND GatherElements ScatterND ScatterElements
    DepthToSpace SpaceToDepth ConstantOfShape Range Where Trilu Compress NonZero OneHot
    EyeLike ReverseSequence
""")
"""Operators that move values, and change none."""

_ARITHMETIC = _names("""
    Sub Mul Div Pow Sqrt Exp Log Neg Abs Reciprocal Erf Sin Cos Tan Floor Ceil Round Sign
    Min Max Mean Sum Mod And Or Not Xor Equal Greater GreaterOrEqual Less LessOrEqual IsNaN
""")


def meaning_of(node: Node) -> Meaning:
    """The operation of a node; `Uncounted` where no formula covers it."""
    output = unbatched(node.output)
    if node.kind in _MEANINGS:
        return _MEANINGS[node.kind](node)
    if node.kind in _ACTIVATIONS:
        return Meaning(Activation(node.kind.lower()))
    if node.kind in MOVES:
        return Meaning(Move(node.kind.lower(), output))
    if node.kind in _ARITHMETIC:
        return Meaning(Elementwise(node.kind.lower(), output))
    if node.kind.startswith("Reduce") or node.kind in ("ArgMax", "ArgMin"):
        return Meaning(Reduction(node.kind.lower(), output))
    return Meaning(Uncounted(node.kind, output))
