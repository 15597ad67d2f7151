"""Norms, resizing, sums, look-ups, and what ONNX's other operators are."""

from __future__ import annotations

from mobilecalc.core.ops import (
    Activation,
    Add,
    Elementwise,
    Flatten,
    Fourier,
    Move,
    Norm,
    Reduction,
    Softmax,
    Upsample,
)
from mobilecalc.modules.loading.files.onnx.operators.reading import (
    ALL,
    Meaning,
    Node,
    Reader,
    reads,
)
from mobilecalc.modules.operators.reading import Role, unbatched

_AFFINE: dict[int, Role] = {1: "norm_parameters", 2: "norm_parameters"}


@reads("BatchNormalization")
def _batch_norm(node: Node) -> Meaning:
    roles: dict[int, Role] = {**_AFFINE, 3: "norm_buffers", 4: "norm_buffers"}
    return Meaning(Norm("batch"), roles, batched=True)


def _norm(name: str, *, batched: bool = False) -> Reader:
    return lambda node: Meaning(Norm(name), _AFFINE, batched)


for _kind, _name in (
    ("LayerNormalization", "layer"),
    ("RMSNormalization", "rms"),
    ("LpNormalization", "lp"),
):
    reads(_kind)(_norm(_name))
for _kind, _name in (
    ("InstanceNormalization", "instance"),
    ("GroupNormalization", "group"),
    ("MeanVarianceNormalization", "instance"),
    ("LRN", "local response"),
):
    reads(_kind)(_norm(_name, batched=True))


@reads("Resize", "Upsample")
def _resize(node: Node) -> Meaning:
    """Of the sides of a map, or of other axes; the sizes and scales are no parameters."""
    before, after = node.input(0), node.output
    if after[0] != before[0]:
        raise ValueError("the batch is resized")
    if after[:2] == before[:2]:
        return Meaning(Upsample(_mode(node, len(after) - 2), after[2:]), batched=True)
    changed = sum(a != b for a, b in zip(before, after, strict=True))
    return Meaning(Upsample(_mode(node, changed), after[1:]), batched=True)


def _mode(node: Node, axes: int) -> str:
    mode = node.text("mode", "nearest")
    linear = {1: "linear", 2: "bilinear", 3: "trilinear"}.get(axes, "linear")
    return {"linear": linear, "bilinear": linear, "cubic": "bicubic"}.get(mode, mode)


@reads("GridSample")
def _grid_sample(node: Node) -> Meaning:
    """Interpolation at the places that the grid names."""
    sides = node.output[2:]
    return Meaning(Upsample(_mode(node, len(sides)), sides), batched=True)


@reads("Clip")
def _clip(node: Node) -> Meaning:
    """The limits are no parameters."""
    return Meaning(Activation("relu6"))


@reads("PRelu")
def _prelu(node: Node) -> Meaning:
    return Meaning(Activation("prelu"), others=ALL)


@reads("Add")
def _sum(node: Node) -> Meaning:
    """A residual connection, a bias (a stored vector as long as the last axis), or other."""
    stored = [node.is_stored(index) for index in (0, 1)]
    sizes = [node.input(index) for index in (0, 1)]
    if sizes[0] == sizes[1] and not any(stored):
        return Meaning(Add())
    flat = any(s and size == node.output[-1:] for s, size in zip(stored, sizes, strict=True))
    roles: dict[int, Role] = dict.fromkeys((0, 1), "biases") if flat else {}
    return Meaning(Elementwise("add", node.shape), roles, others=ALL)


@reads("Gather")
def _gather(node: Node) -> Meaning:
    """A row for each index: of a stored matrix of numbers, an embedding."""
    table = node.inputs[0]
    op = Move("gather", node.shape_if_known)
    if table is None or not node.is_stored(0) or len(table.sizes or ()) != 2:
        return Meaning(op, others=1)
    numbers = table.is_float or table.is_quantized
    return Meaning(op, {0: "weights"} if numbers else {})


@reads("Flatten")
def _flatten(node: Node) -> Meaning:
    if node.attributes.get("axis", 1) != 1:
        return Meaning(Move("flatten", node.shape))
    return Meaning(Flatten(), batched=True)


@reads("DFT")
def _dft(node: Node) -> Meaning:
    """Over the axis that an input (before version 20, an attribute) names; (..., 1 or 2)."""
    sizes, known = node.input(0), node.inputs[2].known if node.has(2) and node.inputs[2] else None
    if node.has(2) and known is None:
        raise ValueError("the axis is not known")
    default = node.attributes.get("axis", 1 if node.opset < 20 else -2)
    axis = int(default if known is None else known.reshape(()))
    length = max(sizes[axis], node.output[axis])
    return Meaning(Fourier((length,), node.shape))


@reads("ScatterElements", "ScatterND", "Scatter")
def _scatter(node: Node) -> Meaning:
    """Written into a copy; with a reduction, arithmetic for each value that is written."""
    op = Move(node.kind.lower(), node.shape_if_known)
    if node.text("reduction", "none") == "none":
        return Meaning(op, others=ALL)
    return Meaning(Elementwise("scatter", unbatched(node.input(2))), given=node.input(2))


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ACTIVATIONS = _names("""
    Relu LeakyRelu Elu Selu Celu Sigmoid HardSigmoid HardSwish Tanh Softplus Softsign Gelu Mish
    ThresholdedRelu Swish Shrink
""")
MOVES = _names("""
    Reshape Transpose Squeeze Unsqueeze Slice Split Concat Expand Tile Pad Shape Size Identity
    Cast CastLike Dropout GatherND GatherElements DepthToSpace SpaceToDepth ConstantOfShape Range
    Where Trilu Compress NonZero OneHot EyeLike ReverseSequence BitCast TensorScatter Optional
    OptionalGetElement OptionalHasElement SequenceAt SequenceConstruct SequenceEmpty SequenceErase
    SequenceInsert SequenceLength SplitToSequence ConcatFromSequence RandomNormal RandomUniform
    RandomNormalLike RandomUniformLike CenterCropPad
""")
"""Operators that move values and change none; of unknown size too."""

_SEVERAL = _names("Concat Where TensorScatter SequenceConstruct SequenceInsert")
_NO_DATA = _names("OneHot Range RandomNormal RandomUniform ConstantOfShape Shape Size")
"""What moves several inputs, and none. Else it is the first one, and the others say how."""

ARITHMETIC = _names("""
    Sub Mul Div Pow Sqrt Exp Log Neg Abs Reciprocal Erf Sin Cos Tan Asin Acos Atan Sinh Cosh Asinh
    Acosh Atanh Floor Ceil Round Sign Min Max Mean Sum Mod And Or Not Xor Equal Greater
    GreaterOrEqual Less LessOrEqual IsNaN IsInf BitShift BitwiseAnd BitwiseOr BitwiseXor BitwiseNot
    CumSum CumProd RotaryEmbedding
""")
REDUCTIONS = _names("""
    ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd
    ReduceSum ReduceSumSquare ArgMax ArgMin Hardmax Col2Im
""")


def _moved(kind: str) -> int:
    return ALL if kind in _SEVERAL else 0 if kind in _NO_DATA else 1


for _kind in ACTIVATIONS:
    reads(_kind)(lambda node: Meaning(Activation(node.kind.lower())))
for _kind in MOVES:
    reads(_kind)(
        lambda node: Meaning(Move(node.kind.lower(), node.shape_if_known), others=_moved(node.kind))
    )
for _kind in ARITHMETIC:
    reads(_kind)(lambda node: Meaning(Elementwise(node.kind.lower(), node.shape), others=ALL))
for _kind in REDUCTIONS:
    reads(_kind)(lambda node: Meaning(Reduction(node.kind.lower(), node.shape), others=1))
reads("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear")(
    lambda node: Meaning(Elementwise(node.kind.lower(), node.shape), others=1)
)
reads("SwiGLU")(lambda node: Meaning(Activation("swiglu"), given=node.output))
reads("Softmax", "LogSoftmax")(lambda node: Meaning(Softmax()))
