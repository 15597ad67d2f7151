"""The inputs of a graph: what one pass is given, and the sizes that the file declares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.files.onnx.values import tensor_type

_TYPES = {
    "FLOAT": "float32", "FLOAT16": "float16", "BFLOAT16": "bfloat16", "DOUBLE": "float64",
    "INT64": "int64", "INT32": "int32", "INT16": "int16", "INT8": "int8", "UINT8": "uint8",
    "BOOL": "bool",
}  # fmt: skip
"""The types of inputs that can be described. Others (texts, sequences) are as the file says."""


class BoundInputs(NamedTuple):
    """The types of the inputs. fits: they are those that the file declares.

    names: the sizes that stand for the names of open dimensions ("batch"). opened: warnings, of
    sizes of 0 that are read as open.
    """

    types: Mapping[str, Any]
    names: Mapping[str, int]
    fits: bool
    opened: tuple[str, ...] = ()


def usual_inputs(graph: Any) -> Inputs:
    """One sample: a first size that is open is 1. Raises `BadOption` if another one is open."""
    specs = []
    for value in _described(graph):
        tensor = value.type.tensor_type
        dims = [_fixed(dim) for dim in tensor.shape.dim]
        if not all(dims[1:]) or not tensor.HasField("shape"):
            sides = (str(_fixed(d) or d.dim_param[:20] or "?") for d in tensor.shape.dim)
            shown = "x".join(sides) or "of unknown rank"
            raise BadOption(
                f"The graph leaves sizes of its input open: {value.name[:60]} is {shown[:100]}.",
                fix=f"Give them: --input {_prefix(value.name)}1x3x224x224",
            )
        sizes = (dims[0] or 1, *dims[1:]) if dims else ()
        tensor_type(tensor.elem_type, sizes)  # refuses what no tensor has
        specs.append(TensorSpec(sizes, _type(tensor.elem_type), value.name))
    return Inputs.of(tuple(specs))


def bound_inputs(graph: Any, inputs: Inputs) -> BoundInputs:
    """The types of the graph's inputs with the given sizes. Raises `BadOption`."""
    described = {value.name: value for value in _described(graph)}
    if len(inputs.args) > len(described) or not inputs.kwargs.keys() <= described.keys():
        extra = next((name for name in inputs.kwargs if name not in described), "")
        raise BadOption(
            f"The graph has no input '{extra}'." if extra else "More inputs are given than exist.",
            why=f"Its inputs: {', '.join(list(described)[:20]) or 'none'}.",
            fix="Give sizes for its inputs only: --input NAME=1x3x224x224",
        )
    given = {**dict(zip(described, inputs.args, strict=False)), **inputs.kwargs}
    types: dict[str, Any] = {}
    names: dict[str, int] = {}
    fits = True
    for name, tensor in given.items():
        declared = described[name].type.tensor_type
        sizes = tuple(int(size) for size in tensor.shape)
        types[name] = tensor_type(declared.elem_type, sizes)
        if declared.HasField("shape"):
            dims = declared.shape.dim
            fits &= len(dims) == len(sizes) and all(
                _fixed(d) in (0, s) for d, s in zip(dims, sizes, strict=False)
            )
            names |= {d.dim_param: s for d, s in zip(dims, sizes, strict=False) if d.dim_param}
    for value in _free(graph):
        if value.name not in types:
            types[value.name] = resolved_type(value.type, names)
    opened = (_opened(value, types[value.name]) for value in _free(graph))
    return BoundInputs(types, names, fits, tuple(filter(None, opened)))


def _opened(value: Any, used: Any) -> str:
    """A warning, if the file says 0 (or less) for a size of an input that is set to 1 here."""
    if not value.type.HasField("tensor_type"):
        return ""
    pairs = zip(value.type.tensor_type.shape.dim, used.tensor_type.shape.dim, strict=False)
    sizes = [d.dim_value for d, u in pairs if d.HasField("dim_value") and u.dim_value == 1]
    if not (low := [size for size in sizes if size <= 0]):
        return ""
    return (
        f"The input {value.name[:60]} has a size of {low[0]} in the file, which is read as open"
        " and set to 1. Set it with --input."
    )


def declared_types(graph: Any, names: Mapping[str, int]) -> dict[str, Any]:
    """The types that the file declares for tensors inside the graph and for its outputs."""
    return {
        value.name: resolved_type(value.type, names, one=False)
        for value in (*graph.value_info, *graph.output)
        if value.type.HasField("tensor_type")
    }


def resolved_type(kind: Any, names: Mapping[str, int], *, one: bool = True) -> Any:
    """A declared type with the sizes of its named dimensions; an open first size is 1 (`one`)."""
    if not kind.HasField("tensor_type") or not kind.tensor_type.HasField("shape"):
        return kind
    dims = kind.tensor_type.shape.dim
    sizes = [_fixed(dim) or names.get(dim.dim_param) for dim in dims]
    if one and sizes:
        sizes[0] = sizes[0] or 1
    return tensor_type(kind.tensor_type.elem_type, sizes)


def _free(graph: Any) -> Iterator[Any]:
    """The inputs without a stored default."""
    stored = {tensor.name for tensor in graph.initializer}
    stored |= {tensor.values.name for tensor in graph.sparse_initializer}
    return (value for value in graph.input if value.name not in stored)


def _described(graph: Any) -> list[Any]:
    """The free inputs that can be described as a tensor."""
    return [
        value
        for value in _free(graph)
        if value.type.HasField("tensor_type") and _type(value.type.tensor_type.elem_type)
    ]


def _type(element: int) -> str:
    """The name of an input's type, "" if inputs of it cannot be described."""
    from onnx import TensorProto

    names = {TensorProto.DataType.Value(name): text for name, text in _TYPES.items()}
    return names.get(element, "")


def _fixed(dim: Any) -> int:
    """The size of a dimension, 0 if it is open (exporters write 0 and -1 for open ones)."""
    return max(int(dim.dim_value), 0)


def _prefix(name: str) -> str:
    """`NAME=`, if the command line takes the name; else the input is given by its position."""
    return f"{name}=" if name.isidentifier() else ""
