"""Small ONNX graphs, against arithmetic on shapes that is written here a second time."""

import tempfile
from math import prod
from pathlib import Path

import numpy as np
import onnx
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from support.child import contents, run
from support.properties import is_safe

FUZZ = settings.get_profile("fuzz")


class Graph:
    """Nodes so far, their constants, and the multiply-accumulates that they make."""

    def __init__(self, shape):
        self.input, self.nodes, self.constants, self.macs, self.names = shape, [], [], 0, 0

    def fresh(self):
        self.names += 1
        return f"t{self.names}"

    def constant(self, *shape, values=None):
        array = np.ones(shape, np.float32) if values is None else np.array(values, np.int64)
        self.constants.append(numpy_helper.from_array(array, self.fresh()))
        return self.constants[-1].name

    def add(self, operator, *inputs, macs=0, **attributes):
        self.nodes.append(helper.make_node(operator, inputs, [self.fresh()], **attributes))
        self.macs += macs
        return self.nodes[-1].output[0]

    def save(self, file, output, shape):
        model = helper.make_model(
            helper.make_graph(
                self.nodes,
                "fuzz",
                [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.input)],
                [helper.make_tensor_value_info(output, TensorProto.FLOAT, shape)],
                self.constants,
            ),
            opset_imports=[helper.make_opsetid("", 17)],
        )
        onnx.save(model, file)


def conv(draw, graph, x, shape):
    """Asymmetric padding, strides, dilations and groups; one axis or two."""
    batch, channels, *sides = shape
    axes = len(sides)
    groups = draw(st.sampled_from([g for g in (1, 2, channels) if channels % g == 0]))
    out, sizes = groups * draw(st.integers(1, 3)), st.integers(1, 2)
    kernel, strides, dilations = ([draw(sizes) for _ in sides] for _ in range(3))
    pads = [draw(st.integers(0, 2)) for _ in range(2 * axes)]
    spans = [d * (k - 1) + 1 for d, k in zip(dilations, kernel, strict=True)]
    room = [s + pads[i] + pads[axes + i] - spans[i] for i, s in enumerate(sides)]
    if min(room) < 0:
        return x, shape
    result = [batch, out, *(r // s + 1 for r, s in zip(room, strides, strict=True))]
    inputs = [x, graph.constant(out, channels // groups, *kernel)]
    inputs += [graph.constant(out)] if draw(st.booleans()) else []
    attributes = {"group": groups, "strides": strides, "dilations": dilations, "pads": pads}
    macs = prod(result) * channels // groups * prod(kernel)
    return graph.add("Conv", *inputs, macs=macs, kernel_shape=kernel, **attributes), result


def transposed(draw, graph, x, shape):
    batch, channels, *sides = shape
    out = draw(st.integers(1, 3))
    kernel, strides = ([draw(st.integers(1, 3)) for _ in sides] for _ in range(2))
    result = [
        batch,
        out,
        *((s - 1) * t + k for s, t, k in zip(sides, strides, kernel, strict=True)),
    ]
    weights = graph.constant(channels, out, *kernel)
    macs = prod(shape) * out * prod(kernel)
    made = graph.add("ConvTranspose", x, weights, macs=macs, kernel_shape=kernel, strides=strides)
    return made, result


def matmul(draw, graph, x, shape):
    """A matrix of any rank on the right, batches broadcast; or a vector."""
    rank, inner = draw(st.integers(1, 4)), shape[-1]
    if rank == 1:
        return graph.add("MatMul", x, graph.constant(inner), macs=prod(shape)), shape[:-1]
    columns = draw(st.integers(1, 4))
    batches = [draw(st.integers(1, 3)) for _ in range(rank - 2)]
    own = shape[:-2] if len(shape) > 1 else []
    width = max(len(own), len(batches))
    padded = ([1] * (width - len(b)) + list(b) for b in (own, batches))
    pairs = list(zip(*padded, strict=True))
    if any(a != b and 1 not in (a, b) for a, b in pairs):
        return x, shape
    rows = shape[-2:-1] if len(shape) > 1 else []
    result = [*(max(pair) for pair in pairs), *rows, columns]
    weights = graph.constant(*batches, inner, columns)
    return graph.add("MatMul", x, weights, macs=prod(result) * inner), result


def gemm(draw, graph, x, shape):
    if len(shape) != 2:
        return x, shape
    first, second = draw(st.booleans()), draw(st.booleans())
    rows, inner = shape[::-1] if first else shape
    columns = draw(st.integers(1, 4))
    weights = graph.constant(*((columns, inner) if second else (inner, columns)))
    macs = rows * inner * columns
    made = graph.add("Gemm", x, weights, macs=macs, transA=int(first), transB=int(second))
    return made, [rows, columns]


def flatten(draw, graph, x, shape):
    axis = draw(st.integers(0, len(shape)))
    return graph.add("Flatten", x, axis=axis), [prod(shape[:axis]), prod(shape[axis:])]


def transpose(draw, graph, x, shape):
    order = draw(st.permutations(range(len(shape))))
    return graph.add("Transpose", x, perm=order), [shape[i] for i in order]


def reshape(draw, graph, x, shape):
    target = draw(st.sampled_from([[-1], [1, -1], [*shape, 1], [*shape[:1], -1]]))
    known = prod(size for size in target if size > 0)
    result = [prod(shape) // known if size < 0 else size for size in target]
    return graph.add("Reshape", x, graph.constant(values=target)), result


def elementwise(draw, graph, x, shape):
    operator = draw(st.sampled_from(["Relu", "Sigmoid", "Identity", "Mul", "Add"]))
    return graph.add(operator, *([x, x] if operator in ("Mul", "Add") else [x])), shape


def with_itself(draw, graph, x, shape):
    """A product of two computed matrices."""
    if len(shape) < 2:
        return x, shape
    turned = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
    y = graph.add("Transpose", x, perm=turned)
    result = [*shape[:-1], shape[-2]]
    return graph.add("MatMul", x, y, macs=prod(result) * shape[-1]), result


ANYWHERE = (matmul, gemm, flatten, transpose, reshape, elementwise, with_itself)
ON_MAPS = (conv, transposed)


@st.composite
def graphs(draw):
    """A graph, the tensor that it ends with, and that tensor's shape."""
    sides = [draw(st.integers(1, 6)) for _ in range(draw(st.integers(1, 4)))]
    graph, x, shape = Graph(sides), "x", sides
    for _ in range(draw(st.integers(1, 6))):
        steps = ANYWHERE + ON_MAPS * (len(shape) in (3, 4))
        x, shape = draw(st.sampled_from(steps))(draw, graph, x, shape)
        if not shape or prod(shape) > 10**4:
            break
    if not graph.nodes:
        x = graph.add("Relu", "x")
    return graph, x, shape


@FUZZ
@given(graphs())
def test_a_graph_has_the_macs_of_its_shapes(drawn):
    graph, *output = drawn
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        graph.save(folder / "g.onnx", *output)
        before = contents(folder)
        outcome = run("value", "g.onnx", "macs", "--unit", "", folder=folder)
        is_safe(outcome, folder)
        assert contents(folder) == before
    assert (outcome.exit_code, outcome.output.replace(",", "").strip()) == (0, str(graph.macs)), (
        outcome.errors,
        graph.nodes,
    )


@FUZZ
@given(graphs(), st.data())
def test_a_graph_with_bytes_changed_ends_well(drawn, data):
    graph, *output = drawn
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        graph.save(folder / "g.onnx", *output)
        whole = bytearray((folder / "g.onnx").read_bytes())
        for _ in range(data.draw(st.integers(1, 4))):
            at = data.draw(st.integers(0, len(whole) - 1))
            whole[at] = data.draw(st.integers(0, 255))
        cut = data.draw(st.integers(0, len(whole)))
        (folder / "g.onnx").write_bytes(whole if data.draw(st.booleans()) else whole[:cut])
        is_safe(run("count", "g.onnx", folder=folder), folder)
        is_safe(run("memory", "g.onnx", folder=folder), folder)
