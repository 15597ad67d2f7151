"""The tensors that a graph stores: initializers, and the values of Constant nodes."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from math import prod
from typing import Any, TypeAlias

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.files.onnx.values import (
    MOST_KNOWN,
    Stored,
    Value,
    tensor_type,
    value_of,
)

Store: TypeAlias = MutableMapping[str, Stored]


def initializers(graph: Any, place: str, store: Store) -> Iterator[tuple[str, Value]]:
    """The graph's initializers by name, sparse ones too. Raises `BadOption`.

    A sparse one has as many parameters as the file holds values.
    """
    for tensor in graph.initializer:
        yield tensor.name, _stored(tensor, f"{place}/{tensor.name}", store, initializer=True)
    for tensor in graph.sparse_initializer:
        name = tensor.values.name
        yield name, _sparse(tensor, f"{place}/{name}", store, initializer=True)


def constant(node: Any, place: str, store: Store) -> Value:
    """The value of a Constant node, in each of its forms. Raises `BadOption`."""
    import numpy as np
    from onnx import TensorProto

    owner = f"{place}/{node.output[0]}"
    for attribute in node.attribute:
        match attribute.name:
            case "value":
                return _stored(attribute.t, owner, store, initializer=False)
            case "sparse_value":
                return _sparse(attribute.sparse_tensor, owner, store, initializer=False)
            case "value_string":
                return Value(tensor_type(TensorProto.STRING, ()), computed=False)
            case "value_strings":
                sizes = (len(attribute.strings),)
                return Value(tensor_type(TensorProto.STRING, sizes), computed=False)
            case "value_int":
                return _numbers(np.array(attribute.i, np.int64), owner, store)
            case "value_ints":
                return _numbers(np.array(attribute.ints, np.int64), owner, store)
            case "value_float":
                return _numbers(np.array(attribute.f, np.float32), owner, store)
            case "value_floats":
                return _numbers(np.array(attribute.floats, np.float32), owner, store)
    raise BadOption(
        f"The constant '{node.output[0][:60]}' has no value.", fix="Export the model again."
    )


def _stored(tensor: Any, owner: str, store: Store, *, initializer: bool) -> Value:
    value = value_of(tensor, owner)
    store[owner] = Stored(prod(tensor.dims), initializer, value.is_float)
    return value


def _sparse(tensor: Any, owner: str, store: Store, *, initializer: bool) -> Value:
    kind = tensor_type(tensor.values.data_type, tuple(tensor.dims))
    value = Value(kind, None, (owner,), computed=False)
    store[owner] = Stored(prod(tensor.values.dims), initializer, value.is_float)
    return value


def _numbers(values: Any, owner: str, store: Store) -> Value:
    from onnx import helper

    store[owner] = Stored(values.size, initializer=False)
    kind = tensor_type(helper.np_dtype_to_tensor_dtype(values.dtype), values.shape)
    return Value(kind, values if values.size <= MOST_KNOWN else None, (owner,), computed=False)
