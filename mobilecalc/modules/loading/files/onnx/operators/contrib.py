"""Operators of ONNX Runtime's own domain, as it writes them into optimized and quantized models.

Source: ContribOperators.md of ONNX Runtime. They are read as the standard operators that they
combine; what is not listed here is not counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from mobilecalc.core.ops import Activation, Elementwise, GlobalPool
from mobilecalc.modules.loading.files.onnx.operators.convolutions import convolution
from mobilecalc.modules.loading.files.onnx.operators.products import gemm
from mobilecalc.modules.loading.files.onnx.operators.reading import Meaning, Node, reads
from mobilecalc.modules.loading.files.onnx.values import Value, with_element

_DOMAIN = "com.microsoft"
_GELUS = ("Gelu", "FastGelu", "QuickGelu", "BiasGelu")
_QUANTIZED = ("Sigmoid", "LeakyRelu")
_STANDARD: dict[str, tuple[str, tuple[int, ...]]] = {
    "QGemm": ("Gemm", (0, 3, 6)),
    "FusedGemm": ("Gemm", (0, 1, 2)),
    "FusedConv": ("Conv", (0, 1, 2)),
    "QLinearAdd": ("Add", (0, 3)),
    "QLinearMul": ("Mul", (0, 3)),
    "QLinearGlobalAveragePool": ("GlobalAveragePool", (0,)),
    **{f"QLinear{kind}": (kind, (0,)) for kind in _QUANTIZED},
    **dict.fromkeys(_GELUS, ("Identity", (0,))),
}
"""The standard operator whose output has the same sizes, and which inputs are its inputs."""

_OWN_ATTRIBUTES = ("activation", "activation_params", "channels_last", "alpha", "beta")


def as_standard(
    node: Any, inputs: Sequence[Value | None]
) -> tuple[Any, list[Value | None], int | None]:
    """The standard node whose outputs have the same sizes, of floating-point numbers.

    The data type of the outputs is the third item; it is None for any other node, which is
    returned as it is.
    """
    if node.domain != _DOMAIN or node.op_type not in _STANDARD:
        return node, list(inputs), None
    from onnx import TensorProto, helper

    kind, indices = _STANDARD[node.op_type]
    present = [index for index in indices if index < len(node.input)]
    made = helper.make_node(kind, [node.input[index] for index in present], list(node.output))
    made.attribute.extend(
        a
        for a in node.attribute
        if kind in ("Gemm", "Conv") and not a.name.startswith(_OWN_ATTRIBUTES)
    )
    first = inputs[0]
    element = first.element if first is not None else 0
    if node.op_type == "QGemm" and len(node.input) < 8:
        element = TensorProto.FLOAT  # without an output scale
    given = [inputs[index] for index in present]
    return (
        made,
        [v and v._replace(type=with_element(v.type, TensorProto.FLOAT)) for v in given],
        element,
    )


reads(f"{_DOMAIN}::QGemm")(gemm(3, 6))


@reads(f"{_DOMAIN}::FusedGemm")
def _fused_gemm(node: Node) -> tuple[Meaning, ...]:
    read = gemm(1, 2)(node)
    products = (read,) if isinstance(read, Meaning) else read
    return *products, *_activation(node)


@reads(f"{_DOMAIN}::FusedConv")
def _fused_convolution(node: Node) -> tuple[Meaning, ...]:
    """A convolution, the sum with another map if that is given, and an activation."""
    read = convolution(1, 2)(node)
    assert isinstance(read, Meaning)
    added = (Meaning(Elementwise("add", node.shape), given=node.output),) if node.has(3) else ()
    return read, *added, *_activation(node)


def _activation(node: Node) -> tuple[Meaning, ...]:
    name = node.text("activation").lower()
    return (Meaning(Activation(name), given=node.output),) if name else ()


@reads(f"{_DOMAIN}::QLinearAdd", f"{_DOMAIN}::QLinearMul")
def _quantized_arithmetic(node: Node) -> Meaning:
    name = node.kind.removeprefix(f"{_DOMAIN}::QLinear").lower()
    return Meaning(Elementwise(name, node.shape))


@reads(f"{_DOMAIN}::QLinearGlobalAveragePool")
def _quantized_pool(node: Node) -> Meaning:
    if node.attributes.get("channels_last"):
        raise ValueError("its channels are the last axis")
    return Meaning(GlobalPool(), batched=True)


for _kind in _GELUS:
    reads(f"{_DOMAIN}::{_kind}")(
        lambda node: Meaning(Activation(node.kind.rpartition(":")[2].lower()), {1: "biases"})
    )
for _kind in _QUANTIZED:
    reads(f"{_DOMAIN}::QLinear{_kind}")(
        lambda node: Meaning(Activation(node.kind.rpartition("QLinear")[2].lower()))
    )
