"""An ONNX file: its graph's nodes, with the shapes that ONNX infers, as the same operations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from pathlib import Path
from typing import Any

from mobilecalc.core.cost import cost
from mobilecalc.core.counts import FACTS
from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.core.ops import (
    Uncounted,
)
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.rules import TRACED
from mobilecalc.modules.aten.reading import unbatched
from mobilecalc.modules.files.onnx_nodes import MOVES, Meaning, Node, Sizes, meaning_of
from mobilecalc.modules.found import Found
from mobilecalc.modules.inputs import Inputs, TensorSpec


def read(path: Path) -> Found:
    """The graph of the file, without its weights. Raises `BadOption`, `MissingPackage`."""
    try:
        import onnx
    except ImportError as error:
        raise MissingPackage(["onnx"], f"Reading {path}", error) from error
    try:
        model = onnx.load(str(path), load_external_data=False)
        onnx.checker.check_model(model, full_check=False)
    except Exception as error:  # protobuf's and the checker's own
        raise BadOption(
            f"{path} is not an ONNX file that can be read.",
            why=f"{type(error).__name__}: {(str(error).splitlines() or [''])[0]}",
            mend="Save one: torch.onnx.export(module, inputs, 'net.onnx')",
        ) from error

    def profile(name: str, inputs: Inputs, train: bool, device: str) -> Profile:
        if train:
            raise BadOption(
                f"{name} holds a forward pass alone.",
                mend="For a training step name the code: net.py:make_net",
            )
        return _profile(model, name, inputs)

    return Found(None, lambda: _inputs(model), profile)


def _inputs(model: Any) -> Inputs:
    """The graph's inputs; a first size that is left open is 1, for one sample.

    Raises `BadOption` where another is left open.
    """
    from onnx import helper

    stored = {tensor.name for tensor in model.graph.initializer}
    specs = []
    for value in model.graph.input:
        if value.name not in stored:
            tensor = value.type.tensor_type
            dims = tuple(dim.dim_value for dim in tensor.shape.dim)
            if not all(dims[1:]):
                sides = (str(d.dim_value or d.dim_param or "?") for d in tensor.shape.dim)
                shown = "x".join(sides)
                raise BadOption(
                    f"The graph leaves sizes of its input open: {value.name} is {shown}.",
                    mend=f"Say them: --input {value.name}=1x3x224x224",
                )
            dims = (dims[0] or 1, *dims[1:]) if dims else ()
            dtype = str(helper.tensor_dtype_to_np_dtype(tensor.elem_type))
            specs.append(TensorSpec(dims, dtype, value.name))
    return Inputs.of(tuple(specs))


def _profile(model: Any, name: str, inputs: Inputs) -> Profile:
    known, owners = _sizes(model, inputs), _owners(model)
    rows, charged = [], set[str]()
    for names, described in _nodes(model, known, owners):
        meaning = meaning_of(described)
        row = _row(described, meaning)
        facts = dict.fromkeys((fact.name for fact in FACTS if fact.once), 0)
        for index, given in enumerate(names):
            if described.is_stored(index) and owners[given] not in charged:
                charged.add(owners[given])
                role = meaning.roles.get(index, "other_parameters")
                if role is not None:
                    facts[role] += prod(described.input(index))
        rows.append(row._replace(counts=row.counts._replace(**facts)))
    return Profile(
        name,
        inputs.shape,
        tuple(rows),
        origin=f"{name}, {inputs}",
        notes=(f"{name}: one pass, input {inputs}.", *_constants_note(rows)),
        warnings=_unknown_note(rows),
    )


def _constants_note(rows: Sequence[Row]) -> tuple[str, ...]:
    """What an ONNX file does not tell."""
    if not any(row.counts.other_parameters for row in rows):
        return ()
    return (
        "ONNX does not tell parameters from constants: what is stored and used by arithmetic is"
        " counted as parameters.",
    )


def _unknown_note(rows: Sequence[Row]) -> tuple[str, ...]:
    """That the total is too small, where sizes are missing."""
    unknown = [row.path for row in rows if isinstance(row.op, Uncounted) and not row.output]
    if not unknown:
        return ()
    return (
        f"The total may be too small: shape inference gives no sizes for {len(unknown)} nodes"
        f" ({', '.join(unknown[:3])}, ...), so they are not counted. Export with fixed sizes and"
        " folded constants, or name the code: net.py:make_net.",
    )


def _owners(model: Any) -> dict[str, str]:
    """The parameter that each stored tensor is, also where it is transposed or renamed first.

    Stored tensors of whole numbers are sizes and indices, and no parameters.
    """
    from onnx import TensorProto

    floats = (TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.BFLOAT16, TensorProto.DOUBLE)
    owners = {t.name: t.name for t in model.graph.initializer if t.data_type in floats}
    for node in model.graph.node:
        if node.op_type in _RENAMES and node.input[0] in owners:
            owners[node.output[0]] = owners[node.input[0]]
    return owners


_RENAMES = ("Identity", "Transpose", "Cast", "DequantizeLinear")


def _sizes(model: Any, inputs: Inputs) -> dict[str, Sizes]:
    """The sizes of every tensor in the graph, for these inputs. Raises `BadOption`."""
    import onnx

    graph = model.graph
    stored = {t.name: tuple(t.dims) for t in graph.initializer}
    sized = onnx.ModelProto()
    sized.CopyFrom(model)
    free = [value for value in sized.graph.input if value.name not in stored]
    given = {**dict(zip((v.name for v in free), inputs.args, strict=False)), **inputs.kwargs}
    named = [value for value in free if value.name in given]
    as_it_says = all(_fits(value, given[value.name].shape) for value in named)
    for value in named:
        del value.type.tensor_type.shape.dim[:]
        for size in given[value.name].shape:
            value.type.tensor_type.shape.dim.add().dim_value = size
    del sized.graph.value_info[:]
    for value in sized.graph.output:
        value.type.tensor_type.ClearField("shape")
    infer = onnx.shape_inference.infer_shapes
    try:
        inferred = infer(sized, strict_mode=True, data_prop=True).graph
    except Exception as error:  # the inference's own
        if as_it_says:  # the graph is right, and the inference cannot follow it
            return _known(infer(sized, data_prop=True).graph, stored)
        raise BadOption(
            f"The graph does not fit the input {inputs}.",
            why=(str(error).splitlines() or [""])[0][:300],
            mend="Give an input that fits, by its name: --input NAME=1x3x224x224",
        ) from error
    return _known(inferred, stored)


def _fits(value: Any, sizes: Sequence[int]) -> bool:
    """Whether an input has these sizes where the graph fixes them."""
    fixed = [dim.dim_value for dim in value.type.tensor_type.shape.dim]
    return len(fixed) == len(sizes) and all(f in (0, s) for f, s in zip(fixed, sizes, strict=True))


def _known(inferred: Any, stored: Mapping[str, Sizes]) -> dict[str, Sizes]:
    """The sizes that inference found out, whole ones alone."""
    known = dict(stored)
    for value in (*inferred.input, *inferred.value_info, *inferred.output):
        dims = value.type.tensor_type.shape.dim
        if value.type.tensor_type.HasField("shape") and all(d.HasField("dim_value") for d in dims):
            known[value.name] = tuple(d.dim_value for d in dims)
    return known


def _nodes(
    model: Any, known: Mapping[str, Sizes], stored: Mapping[str, str]
) -> list[tuple[list[str], Node]]:
    from onnx import helper

    nodes = []
    for index, node in enumerate(model.graph.node):
        if node.op_type == "Constant" or node.output[0] in stored:
            continue
        output = next((known[name] for name in node.output if name in known), None)
        path = (node.name or f"{node.op_type}_{index}").strip("/").replace("/", ".")
        described = Node(
            node.op_type,
            path,
            tuple(known.get(name) if name else None for name in node.input),
            () if output is None else output,
            {a.name: helper.get_attribute_value(a) for a in node.attribute},
            tuple(name in stored for name in node.input),
        )
        if output is None and node.op_type == "Gather":  # which selects, whatever its size
            described = described._replace(kind="Identity")
        elif output is None and node.op_type not in MOVES:
            described = described._replace(kind=f"{node.op_type} of unknown size")
        nodes.append((list(node.input), described))
    return nodes


def _row(node: Node, meaning: Meaning) -> Row:
    given = node.input(0)
    if meaning.batched:
        times, shape = given[0], unbatched((1, *given[1:]))
        output, counts = cost(meaning.op, shape, TRACED)
        if times == 1:
            return Row(node.path, meaning.op, shape, output, counts)
        sized = unbatched(given), unbatched((times, *output))
        return Row(node.path, meaning.op, *sized, counts.times(times))
    shape = unbatched(given)
    return Row(node.path, meaning.op, shape, *cost(meaning.op, shape, TRACED))
