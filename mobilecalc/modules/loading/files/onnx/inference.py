"""The types and sizes of a node's outputs, by ONNX's own rules for its operator.

One node at a time, so that what is known of its inputs (sizes computed in the graph, lengths of
loops, arguments of functions) is used, and nothing has to be unrolled or held twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import prod
from typing import Any

from mobilecalc.modules.loading.files.onnx import old_versions
from mobilecalc.modules.loading.files.onnx.operators.contrib import as_standard
from mobilecalc.modules.loading.files.onnx.scope import domain_of
from mobilecalc.modules.loading.files.onnx.values import (
    Value,
    sizes_of_type,
    tensor_type,
    with_element,
)

_LONGEST_SHAPE = 64
_KEEP = "Reshape Flatten Squeeze Unsqueeze Transpose Identity"
"""Operators whose output has as many elements as the input, which ONNX's rules do not all check."""


class Refused(ValueError):
    """ONNX's rule for the operator does not accept the node; says why."""


@lru_cache(maxsize=4096)
def schema(kind: str, domain: str, version: int) -> Any:
    """The operator's definition in a version of its domain; None for an unknown operator."""
    import onnx

    try:
        return onnx.defs.get_schema(kind, version, domain)
    except onnx.defs.SchemaError:
        return None


def output_types(node: Any, inputs: Sequence[Value | None], opsets: Mapping[str, int]) -> list[Any]:
    """A `TypeProto` for each output of the node, None if unknown. Raises `Refused`."""
    node, inputs, element = as_standard(node, inputs)
    domain = domain_of(node.domain)
    rule = schema(node.op_type, domain, opsets.get(domain, 0))
    missing = any(value is not None and value.type is None for value in inputs)
    if rule is None or missing:
        return [None] * len(node.output)
    if _is_unsafe(node, inputs):
        raise Refused("its sizes or its number of outputs are not valid")
    if not rule.has_type_and_shape_inference_function:
        if old_versions.has_sizes_of_input(node.op_type):
            return [inputs[0].type if inputs[0] is not None else None] * len(node.output)
        rule, node, inputs = old_versions.translated(node, inputs, rule.since_version)
        if rule is None:
            return [None] * len(node.output)
    types = _inferred(rule, node, inputs, opsets)
    if node.op_type in _KEEP.split() and inputs and inputs[0] is not None:
        before, after = inputs[0].sizes, sizes_of_type(types[0])
        if before is not None and after is not None and prod(before) != prod(after):
            raise Refused(f"{_shown(before)} values do not make {_shown(after)}")
    return types if element is None else [with_element(kind, element) for kind in types]


def _inferred(
    rule: Any, node: Any, inputs: Sequence[Value | None], opsets: Mapping[str, int]
) -> list[Any]:
    import onnx

    types, data = {}, {}
    for name, value in zip(node.input, inputs, strict=True):
        if value is not None:
            types[name] = value.type
            if value.known is not None:
                data[name] = onnx.numpy_helper.from_array(value.known)
    imports = [onnx.helper.make_opsetid(domain, version) for domain, version in opsets.items()]
    try:
        found = onnx.shape_inference.infer_node_outputs(
            rule, node, types, data, opset_imports=imports
        )
    except Exception as error:  # whatever the inference may raise
        raise Refused((str(error).splitlines() or [""])[0][:300].rstrip(".")) from error
    return [_sane(found.get(name) if name else None) for name in node.output]


def _sane(kind: Any) -> Any:
    """The type; without its shape if sizes are negative, as after an overflow."""
    if kind is None or not kind.HasField("tensor_type"):
        return kind
    sizes = [d.dim_value if d.HasField("dim_value") else None for d in kind.tensor_type.shape.dim]
    if any(size is not None and size < 0 for size in sizes):
        return tensor_type(kind.tensor_type.elem_type, None)
    if kind.tensor_type.HasField("shape"):
        tensor_type(kind.tensor_type.elem_type, sizes)  # refuses what no tensor has
    return kind


def _shown(sizes: Sequence[int]) -> str:
    return "x".join(map(str, sizes))


def _is_unsafe(node: Any, inputs: Sequence[Value | None]) -> bool:
    """Whether ONNX's rule would not check what it is given, but allocate, overflow or abort.

    A shape of too many sizes makes as many dimensions; repeats are multiplied in 64 bits; an index
    of an axis or an output that there is not is followed.
    """
    sizes = [None if value is None else value.sizes for value in inputs]
    known = [None if value is None else value.known for value in inputs]
    attributes = {a.name: int(a.i) for a in node.attribute if a.type == a.INT}
    match node.op_type:
        case "Expand" | "Reshape" | "Tile" if len(inputs) > 1:
            repeats, first = known[1], sizes[0]
            if node.op_type == "Tile" and repeats is not None and first is not None:
                return bool(prod(first) * prod(int(n) for n in repeats.reshape(-1)) >= 2**63)
            return max((sizes[1] or ())[:1], default=0) > _LONGEST_SHAPE
        case "Split":
            return attributes.get("num_outputs", len(node.output)) != len(node.output)
        case "GatherND":
            return (
                not 0
                <= attributes.get("batch_dims", 0)
                < min((len(size) for size in sizes if size is not None), default=1)
            )
    return False


def merged(inferred: Any, declared: Any) -> Any:
    """The inferred type, with the sizes that only the file declares."""
    if inferred is None or declared is None:
        return inferred or declared
    if not inferred.HasField("tensor_type") or sizes_of_type(inferred) is not None:
        return inferred
    known, said = inferred.tensor_type, declared.tensor_type
    if known.elem_type not in (0, said.elem_type) or not said.HasField("shape"):
        return inferred
    if not known.HasField("shape"):
        return declared
    if len(known.shape.dim) != len(said.shape.dim):
        return inferred
    sizes = [
        _dim(a) if _dim(a) is not None else _dim(b)
        for a, b in zip(known.shape.dim, said.shape.dim, strict=True)
    ]
    return tensor_type(known.elem_type, sizes)


def common(a: Any, b: Any) -> Any:
    """The type of a tensor that is one of two; without the sizes in which they differ."""
    if a is None or b is None or not (a.HasField("tensor_type") and b.HasField("tensor_type")):
        return a if a == b else None
    first, second = a.tensor_type, b.tensor_type
    if first.elem_type != second.elem_type:
        return None
    with_shapes = first.HasField("shape") and second.HasField("shape")
    if not with_shapes or len(first.shape.dim) != len(second.shape.dim):
        return tensor_type(first.elem_type, None)
    pairs = zip(first.shape.dim, second.shape.dim, strict=True)
    sizes = [_dim(x) if _dim(x) == _dim(y) else None for x, y in pairs]
    return tensor_type(first.elem_type, sizes)


def element_of(kind: Any, axis: int) -> Any:
    """The type of one slice of a tensor along an axis, without it."""
    sizes = _sizes(kind)
    if sizes is None:
        return None
    return tensor_type(
        kind.tensor_type.elem_type, [s for i, s in enumerate(sizes) if i != axis % len(sizes)]
    )


def stacked(kind: Any, length: int | None, axis: int = 0) -> Any:
    """The type of slices put together along a new axis."""
    sizes = _sizes(kind)
    if sizes is None:
        return None if kind is None else tensor_type(kind.tensor_type.elem_type, None)
    at = axis % (len(sizes) + 1)
    return tensor_type(kind.tensor_type.elem_type, [*sizes[:at], length, *sizes[at:]])


def _sizes(kind: Any) -> list[int | None] | None:
    """The sizes of a tensor of known rank."""
    if kind is None or not kind.tensor_type.HasField("shape"):
        return None
    return [_dim(dim) for dim in kind.tensor_type.shape.dim]


def _dim(dim: Any) -> int | None:
    return int(dim.dim_value) if dim.HasField("dim_value") else None
