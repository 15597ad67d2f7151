"""What is known of a tensor while a graph is walked, without its data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from math import prod
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.files.onnx import skim

if TYPE_CHECKING:
    import numpy as np

Sizes: TypeAlias = tuple[int, ...]

MOST_KNOWN = 1024
"""Tensors of at most this number of values are kept with them, as sizes are computed from them."""

_MOST_ELEMENTS = 2**59
_DEEPEST_RANK = 64


class Value(NamedTuple):
    """A tensor (or sequence, map, optional) at one point of the graph.

    type: an `onnx.TypeProto`, None if unknown. known: its values, if it is small and does not
    depend on the input. stored: the stored tensors that it is made of. computed: it depends on the
    input of the graph.
    """

    type: Any = None
    known: np.ndarray[Any, Any] | None = None
    stored: tuple[str, ...] = ()
    computed: bool = True

    @property
    def sizes(self) -> Sizes | None:
        """The sizes, if all of them are known."""
        return sizes_of_type(self.type)

    @property
    def element(self) -> int:
        """The `onnx.TensorProto.DataType` of its elements, 0 if unknown."""
        return int(self.type.tensor_type.elem_type) if self.type is not None else 0

    @property
    def is_float(self) -> bool:
        """Whether it holds numbers that can be trained."""
        return self.element in floats()

    @property
    def is_quantized(self) -> bool:
        """Whether it holds whole numbers of at most 8 bits, as quantized weights are."""
        from onnx import TensorProto

        return self.element != TensorProto.BOOL and 0 < bits(self.element) <= 8


class Stored(NamedTuple):
    """A tensor that the file holds. initializer: it is not the value of a Constant node."""

    elements: int
    initializer: bool
    is_float: bool = False


@lru_cache(maxsize=1)
def floats() -> frozenset[int]:
    """The data types of floating-point numbers."""
    from onnx import TensorProto

    types = TensorProto.DataType.items()
    return frozenset(value for name, value in types if "FLOAT" in name or name == "DOUBLE")


@lru_cache(maxsize=64)
def bits(element: int) -> int:
    """The width of a data type; 0 for texts and unknown types."""
    from onnx import TensorProto

    name = {value: name for name, value in TensorProto.DataType.items()}.get(element, "")
    digits = re.search("[0-9]+", name)
    return int(digits[0]) if digits else {"FLOAT": 32, "DOUBLE": 64, "BOOL": 8}.get(name, 0)


def sizes_of_type(kind: Any) -> Sizes | None:
    """The sizes of a tensor's type, if all of them are known."""
    if kind is None or not kind.tensor_type.HasField("shape"):
        return None
    dims = kind.tensor_type.shape.dim
    if not all(dim.HasField("dim_value") and dim.dim_value >= 0 for dim in dims):
        return None
    return tuple(dim.dim_value for dim in dims)


def tensor_type(element: int, sizes: Sequence[int | None] | None) -> Any:
    """The `TypeProto` of a tensor. Raises `BadOption` for sizes that no tensor has."""
    import onnx

    if sizes is not None:
        known = [size for size in sizes if size is not None]
        too_many = prod(max(size, 1) for size in known) > _MOST_ELEMENTS
        if any(size < 0 for size in known) or too_many or len(sizes) > _DEEPEST_RANK:
            shown = "x".join(map(str, sizes[:8])) + ("..." if len(sizes) > 8 else "")
            raise BadOption(
                f"The graph has a tensor of sizes {shown[:100]}.",
                why="A tensor has at most 64 axes and 2^59 elements, and no negative size.",
                fix="Export the model again.",
            )
    return onnx.helper.make_tensor_type_proto(element, None if sizes is None else list(sizes))


def with_element(kind: Any, element: int) -> Any:
    """A tensor's type with elements of another data type; None if it is no tensor's."""
    import onnx

    if kind is None or not kind.HasField("tensor_type"):
        return None
    made = onnx.TypeProto()
    made.CopyFrom(kind)
    made.tensor_type.elem_type = element
    return made


def value_of(tensor: Any, owner: str) -> Value:
    """A stored tensor. Raises `BadOption` if it does not hold what it claims."""
    sizes = tuple(tensor.dims)
    kind = tensor_type(tensor.data_type, sizes)
    _check(tensor, prod(sizes))
    return Value(kind, _known(tensor, prod(sizes)), (owner,), computed=False)


def _check(tensor: Any, elements: int) -> None:
    """Raises `BadOption` if the data in the file does not fit the sizes."""
    claimed = elements * bits(tensor.data_type)
    raw = skim.skipped(tensor)
    if raw is None and tensor.data_location == tensor.EXTERNAL:
        return
    if raw is None:
        lists = (tensor.float_data, tensor.int32_data, tensor.int64_data, tensor.double_data)
        texts = (tensor.uint64_data, tensor.string_data)
        raw = len(tensor.raw_data) or max(map(len, (*lists, *texts))) * 16
    if claimed > raw * 8:
        raise BadOption(
            f"The stored tensor '{tensor.name[:60]}' claims {elements} values, and the file holds"
            " fewer.",
            why="The file is damaged.",
            fix="Export the model again.",
        )


def _known(tensor: Any, elements: int) -> np.ndarray[Any, Any] | None:
    """The values of a small tensor of numbers."""
    from onnx import numpy_helper

    external = tensor.data_location == tensor.EXTERNAL
    if external or elements > MOST_KNOWN or bits(tensor.data_type) == 0:
        return None
    try:
        values = numpy_helper.to_array(tensor)
    except (ValueError, TypeError, KeyError):  # numpy's own, for data that does not fit
        return None
    return values if values.dtype.kind in "iufb" and values.dtype.itemsize <= 8 else None
