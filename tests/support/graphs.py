"""ONNX graphs written as text: nodes in ONNX's own notation, tensors as "1x3x8x8" or "int8 4x3"."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import numpy as np
from onnx import TensorProto, helper, numpy_helper, parser, shape_inference

FLOAT = "FLOAT"
OPSET = 21


def kind_and_sizes(text):
    """ "int8 4x3": INT8 with sizes (4, 3); "1x3": FLOAT; "": a scalar; "nx3": an open size."""
    kind, _, sizes = text.rpartition(" ")
    if kind == "" and sizes and not sizes[0].isdigit() and "x" not in sizes:
        kind, sizes = sizes, ""
    parts = [int(part) if part.isdigit() else part for part in sizes.split("x") if part]
    return getattr(TensorProto, (kind or FLOAT).upper()), parts


def stored(name, value):
    """An initializer: values as they are, or numbers for "int8 4x3"."""
    if not isinstance(value, str):
        array = np.asarray(value)
        array = array.astype(np.float32) if array.dtype == np.float64 else array
        return numpy_helper.from_array(array, name)
    element, sizes = kind_and_sizes(value)
    count = int(np.prod(sizes))
    if element in (TensorProto.INT4, TensorProto.UINT4):
        return TensorProto(name=name, data_type=element, dims=sizes, raw_data=bytes(-(-count // 2)))
    if element == TensorProto.STRING:
        return helper.make_tensor(name, element, sizes, [b"a"] * count)
    dtype = helper.tensor_dtype_to_np_dtype(element)
    values = np.linspace(0.1, 1, count).reshape(sizes).astype(dtype)
    return numpy_helper.from_array(values, name)


def value_info(name, text):
    element, sizes = kind_and_sizes(text)
    return helper.make_tensor_value_info(name, element, sizes)


class Case(NamedTuple):
    """A graph, and what it costs: written out beside it.

    inputs and weights: by name. functions: (domain, name, inputs, outputs, nodes, attributes).
    runs: ONNX's reference implementation can run it, with inputs of these values where random
    ones will not do. valid: ONNX's checker takes it.
    """

    says: str
    nodes: str
    inputs: dict
    weights: Mapping = MappingProxyType({})
    macs: int = 0
    parameters: int = 0
    opset: int = OPSET
    uncounted: tuple = ()
    warns: str = ""
    functions: tuple = ()
    domains: tuple = ()
    outputs: tuple = ()
    runs: bool = True
    valid: bool = True
    values: Mapping = MappingProxyType({})

    def model(self, *, typed=True):
        """The `ModelProto`. typed: with the types of its outputs, as a valid one has."""
        nodes = [parser.parse_node(line) for line in statements(self.nodes)]
        for node in nodes:
            node.name = next(name for name in node.output if name)
        imports = [helper.make_opsetid("", self.opset)]
        imports += [helper.make_opsetid(domain, 1) for domain in self.domains]
        functions = [
            helper.make_function(
                domain, name, inputs, outputs, [parser.parse_node(n) for n in statements(body)],
                imports, attributes,
            )
            for domain, name, inputs, outputs, body, attributes in self.functions
        ]  # fmt: skip
        names = self.outputs or (next(name for name in nodes[-1].output if name),)
        graph = helper.make_graph(
            nodes,
            "g",
            [value_info(name, text) for name, text in self.inputs.items()],
            [helper.make_empty_tensor_value_info(name) for name in names],
            [stored(name, value) for name, value in self.weights.items()],
        )
        model = helper.make_model(graph, opset_imports=imports, functions=functions, ir_version=10)
        return with_output_types(model) if typed else model


def with_output_types(model):
    """The model with the data types and ranks of its outputs, as ONNX asks for, without sizes."""
    inferred = shape_inference.infer_shapes(model).graph.output
    for output, found in zip(model.graph.output, inferred, strict=True):
        output.type.CopyFrom(found.type)
        if output.type.WhichOneof("value") is None:
            output.type.tensor_type.elem_type = TensorProto.FLOAT
        elif output.type.HasField("tensor_type"):
            output.type.tensor_type.shape.SetInParent()
            for index, dim in enumerate(output.type.tensor_type.shape.dim):
                dim.dim_param = f"{output.name}{index}"
    return model


def statements(text):
    """One node a line; a line that begins with white space goes on with the one before."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    joined = []
    for line in lines:
        if line.startswith((" ", "}", ">")) and joined:
            joined[-1] += " " + line.strip()
        else:
            joined.append(line.strip())
    return joined
