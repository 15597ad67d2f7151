"""A graph node by node: what is known of every tensor, and the rows of the nodes.

A node whose operator is a function of the file is counted by the function's body, whatever its
name. What runs the graphs of If, Loop and Scan (`control`) is given to the walk.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any, TypeAlias

from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import Flatten, Move
from mobilecalc.modules.loading.files.onnx import inference
from mobilecalc.modules.loading.files.onnx.constants import constant, initializers
from mobilecalc.modules.loading.files.onnx.folding import folded, parts
from mobilecalc.modules.loading.files.onnx.inputs import BoundInputs
from mobilecalc.modules.loading.files.onnx.limits import check_calls, check_number
from mobilecalc.modules.loading.files.onnx.operators import READERS, Meaning, Node, UnknownSize
from mobilecalc.modules.loading.files.onnx.rows import GraphRows
from mobilecalc.modules.loading.files.onnx.scope import (
    DEEPEST,
    WRONG,
    Scope,
    attributes_of,
    domain_of,
    in_call,
    invalid,
    key,
    kind_of,
    too_deep,
)
from mobilecalc.modules.loading.files.onnx.values import Value, sizes_of_type

_NOT_VALID = "its inputs or attributes are not as ONNX defines them"

Control: TypeAlias = "Callable[[Walk, Any, Sequence[Value | None], Scope, str], list[Value]]"
"""Adds the rows of a node that holds graphs: (walk, node, inputs, scope, path) -> its outputs."""


class Walk:
    """A pass over the graph of a model, which adds its rows."""

    def __init__(self, model: Any, given: BoundInputs, control: Mapping[str, Control]) -> None:
        self.counted = GraphRows()
        self._control = control
        self.functions = {key(f.domain, f.name, f): f for f in model.functions}
        self.fits = given.fits
        self._given = given.types
        self._bodies = 0

    def graph(self, graph: Any, scope: Scope) -> list[Value]:
        """Add the rows of a graph whose inputs are known. Returns its outputs."""
        if not scope.calls:
            check_calls(graph, self.functions)
            for name, kind in self._given.items():
                self.define(name, Value(kind), scope)
        for name, value in initializers(graph, scope.place, self.counted.stored):
            self.define(name, value, scope)
        self.nodes(graph.node, scope)
        return [self.value(output.name, scope) for output in graph.output]

    def nodes(self, nodes: Sequence[Any], scope: Scope) -> None:
        """Add the rows of nodes, in their order."""
        for index, node in enumerate(nodes):
            if scope.calls:
                self._bodies += 1
                check_number(self._bodies)
            try:
                self._node(in_call(node, scope), index, scope)
            except WRONG as error:
                raise invalid(f"at node {index} ({node.op_type[:60]})", error) from error

    def value(self, name: str, scope: Scope) -> Value:
        """The tensor of that name. Raises `BadOption` if there is none."""
        if name not in scope.values:
            raise BadOption(
                f"The graph uses a tensor '{name[:60]}' that nothing before makes.",
                why="Its nodes form a circle or are not in order, or an input is missing.",
                fix="Export the model again.",
            )
        return scope.values[name]

    def _node(self, node: Any, index: int, scope: Scope) -> None:
        path = scope.at(node, index)
        inputs = [self.value(name, scope) if name else None for name in node.input]
        place = key(node.domain, node.op_type, node)
        if place in self.functions:
            outputs: Sequence[Value] = self._called(node, inputs, scope, path, place)
        elif kind_of(node) in self._control:
            outputs = self._control[kind_of(node)](self, node, inputs, scope, path)
        elif kind_of(node) == "Constant":
            outputs = [constant(node, scope.place, self.counted.stored)]
        else:
            outputs = self._operator(node, inputs, scope, path)
        for name, value in zip(node.output, outputs, strict=False):
            if name:
                self.define(name, value, scope)
        for name in node.output[len(outputs) :]:
            self.define(name, Value(), scope)

    def define(self, name: str, value: Value, scope: Scope) -> None:
        """Add a tensor to a graph. Raises `BadOption` if it has one of that name."""
        own = scope.values.maps[0]
        if name in own:
            raise BadOption(
                f"The graph has two tensors named '{name[:60]}'.",
                why="In ONNX, each name is given once.",
                fix="Export the model again.",
            )
        own[name] = value

    def _operator(
        self, node: Any, inputs: Sequence[Value | None], scope: Scope, path: str
    ) -> list[Value]:
        """The outputs of a node that is no call, after its row."""
        reason = ""
        try:
            types = inference.output_types(node, inputs, scope.opsets)
        except inference.Refused as error:
            if not self.fits:
                raise _no_fit(str(error)) from error
            types, reason = [None] * len(node.output), str(error)
        types = [
            inference.merged(kind, scope.declared.get(name))
            for kind, name in zip(types, node.output, strict=True)
        ]
        attributes = attributes_of(node)
        known = _known(kind_of(node), attributes, inputs, types)
        computed = any(value.computed for value in inputs if value is not None) and not any(
            value is not None for value in known
        )
        outputs = [Value(t, k, computed=computed) for t, k in zip(types, known, strict=True)]
        described = Node(
            kind_of(node), path, tuple(inputs), tuple(outputs), attributes,
            scope.opsets.get(domain_of(node.domain), 0),
        )  # fmt: skip
        name = f"{node.domain}.{node.op_type}" if domain_of(node.domain) else node.op_type
        stored = self._row(described, name[:80], computed=computed, reason=reason)
        return [value if computed else value._replace(stored=stored) for value in outputs]

    def _row(self, node: Node, name: str, *, computed: bool, reason: str) -> tuple[str, ...]:
        """Add the rows of a node. Returns the stored tensors that its output is made of.

        What is computed of stored tensors only is charged with them where it meets the input.
        What is computed of sizes and constants has no row, nor has a stored tensor that is moved.
        """
        try:
            if node.kind not in READERS:
                self.counted.uncounted(node, name)
                return ()
            read = READERS[node.kind](node)
            meanings = (read,) if isinstance(read, Meaning) else read
            carried = () if computed else _carried(node, meanings)
            if computed or not (_is_free(node, meanings) or self._is_constant(node, carried)):
                self.counted.add(node, meanings, charge=computed)
            return carried
        except UnknownSize:
            if reason:
                self.counted.warnings.append(f"{node.path} ({name}) is not counted: {reason}.")
            self.counted.uncounted(node, f"{name} of unknown size")
        except WRONG as error:
            why = (str(error).splitlines() or [""])[0].rstrip(".") or _NOT_VALID
            if not self.fits:
                raise _no_fit(f"{node.path}: {why}") from error
            self.counted.warnings.append(f"{node.path} ({name}) is not counted: {why[:300]}.")
            self.counted.uncounted(node, name)
        return ()

    def _is_constant(self, node: Node, carried: Sequence[str]) -> bool:
        """Whether the node's value is known, and made of no initializer."""
        first = node.outputs[0] if node.outputs else None
        known = first is not None and first.known is not None
        return known and not any(self.counted.stored[name].initializer for name in carried)

    def _called(
        self, node: Any, inputs: Sequence[Value | None], scope: Scope, path: str, place: str
    ) -> list[Value]:
        """The outputs of a function, after the rows of its body."""
        body = self.functions[place]
        if place in scope.calls or len(scope.calls) >= DEEPEST:
            raise too_deep(path)
        if len(inputs) > len(body.input):
            raise BadOption(
                f"The call {path[:100]} has {len(inputs)} inputs, and its function"
                f" '{node.op_type[:60]}' takes {len(body.input)}.",
                fix="Export the model again.",
            )
        given = dict(zip(body.input, inputs, strict=False))
        values: dict[str, Value] = {n: v for n, v in given.items() if v is not None}
        attributes = {a.name: a for a in (*body.attribute_proto, *node.attribute)}
        opsets = {domain_of(o.domain): o.version for o in body.opset_import} or scope.opsets
        inner = Scope(
            opsets,
            ChainMap(values),
            path,
            place,
            attributes,
            {},
            (*scope.calls, place),
            frozenset(body.input) - values.keys(),
        )
        self.nodes(body.node, inner)
        return [self.value(name, inner) for name in body.output]


def _known(
    kind: str, attributes: Mapping[str, Any], inputs: Sequence[Value | None], types: Sequence[Any]
) -> list[Any]:
    """The values of the outputs that are made of constants and sizes only; None for others."""
    import numpy as np

    unknown: list[Any] = [None] * len(types)
    first = inputs[0] if inputs else None
    if kind in ("Shape", "Size") and first is not None:
        if first.sizes is None:
            return unknown
        shape = first.sizes[attributes.get("start", 0) : attributes.get("end")]
        return [np.array(prod(first.sizes) if kind == "Size" else shape, np.int64)]
    if any(value is not None and value.known is None for value in inputs):
        return unknown
    known = [None if value is None else value.known for value in inputs]
    if kind == "Split" and known[0] is not None:
        return parts(known[0], attributes.get("axis", 0), [sizes_of_type(t) for t in types])
    return [folded(kind, attributes, known, sizes_of_type(types[0])), *unknown[1:]]


def _carried(node: Node, meanings: Sequence[Meaning]) -> tuple[str, ...]:
    """The stored tensors that an output is made of which does not depend on the input.

    Whole numbers that are converted to others are indices or sizes, unless they are of few bits.
    """
    data = max(m.others if isinstance(m.op, Move) else max(1, m.others) for m in meanings)
    roles = {index for meaning in meanings for index in meaning.roles}
    found: dict[str, None] = {}
    for index, value in enumerate(node.inputs):
        if value is None or (index >= data and index not in roles):
            continue
        if node.kind not in ("Cast", "CastLike") or value.is_float or value.is_quantized:
            found |= dict.fromkeys(value.stored)
    return tuple(found)


def _is_free(node: Node, meanings: Sequence[Meaning]) -> bool:
    """Whether the node only moves or converts values, so that stored ones stay as they are."""
    moved = all(isinstance(meaning.op, Move | Flatten) for meaning in meanings)
    return moved or node.kind in ("QuantizeLinear", "DequantizeLinear")


def _no_fit(why: str) -> BadOption:
    """The error for inputs of other sizes than the graph takes."""
    return BadOption(
        "The graph does not fit the given input.",
        why=why,
        fix="Give an input that fits, by its name: --input NAME=1x3x224x224",
    )
