"""If, Loop and Scan: the nodes that hold graphs.

If: the branch that a constant condition takes, else the branch with more MACs, and a warning; the
parameters of the other branch are parameters of the model too. Loop: the body as often as the trip
count says; with a warning, at most as often if its condition may end it, and once if the count is
not known. Scan: the body once per step.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple, TypeAlias

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.files.onnx import inference
from mobilecalc.modules.loading.files.onnx.inputs import resolved_type
from mobilecalc.modules.loading.files.onnx.scope import Scope
from mobilecalc.modules.loading.files.onnx.values import Value, tensor_type
from mobilecalc.modules.loading.files.onnx.walk import Control, Walk

_MOST_UNROLLED = 64

Given: TypeAlias = "Sequence[Value | None]"


class Body(NamedTuple):
    """The body of a Loop or Scan, and the scope around it."""

    walk: Walk
    graph: Any
    scope: Scope
    path: str
    name: str

    def run(self, given: Sequence[Value]) -> list[Value]:
        """Add the rows of one iteration. Returns its outputs."""
        if len(given) != len(self.graph.input):
            raise BadOption(
                f"The body of {self.path[:100]} takes {len(self.graph.input)} inputs, and is"
                f" given {len(given)}.",
                fix="Export the model again.",
            )
        inner = self.scope.inside(self.path, f"{self.scope.place}/{self.name}")
        for formal, value in zip(self.graph.input, given, strict=True):
            kind = value.type
            if kind is None and self.walk.fits and formal.type.HasField("tensor_type"):
                kind = resolved_type(formal.type, {}, one=False)
            self.walk.define(formal.name, value._replace(type=kind), inner)
        return self.walk.graph(self.graph, inner)

    def is_kept(self, state: int, first: int, outputs: int) -> bool:
        """Whether a state passes through the body unchanged."""
        renamed = {n.output[0]: n.input[0] for n in self.graph.node if n.op_type == "Identity"}
        name = self.graph.output[outputs + state].name
        for _ in range(len(renamed)):
            name = renamed.get(name, name)
        return bool(name == self.graph.input[first + state].name)


def if_node(walk: Walk, node: Any, inputs: Given, scope: Scope, path: str) -> list[Value]:
    """The taken branch if that is known, else the one with more MACs."""
    then, other = (_graph(node, name) for name in ("then_branch", "else_branch"))
    condition = inputs[0] if inputs else None

    def run(graph: Any, name: str) -> list[Value]:
        return walk.graph(graph, scope.inside(path, f"{scope.place}/{node.output[0]}/{name}"))

    if condition is not None and condition.known is not None and condition.known.size == 1:
        taken = bool(condition.known.reshape(())[()])
        return run(then, "then") if taken else run(other, "else")
    counted = walk.counted
    with counted.collected() as first:
        outputs = run(then, "then")
    with counted.collected() as second:
        alternatives = run(other, "else")
    larger = sum(r.counts.macs for r in first) >= sum(r.counts.macs for r in second)
    counted.rows += first if larger else second
    counted.unused(path, second if larger else first)
    counted.warnings.append(
        f"The condition of {path} (If) depends on the input: its"
        f" {'then' if larger else 'else'} branch is counted, which has at least as many MACs."
    )
    pairs = zip(outputs, alternatives, strict=False)
    return [Value(inference.common(a.type, b.type)) for a, b in pairs]


def loop_node(walk: Walk, node: Any, inputs: Given, scope: Scope, path: str) -> list[Value]:
    """The body as often as the trip count says; see the module."""
    limit, condition = inputs[:2]  # which there must be: either is "" if left out
    states = inputs[2:]
    start = True if condition is None else _scalar(condition)
    body = Body(walk, _graph(node, "body"), scope, path, node.output[0])
    held = [state or Value() for state in states]
    said: list[str] = []

    def given(index: int | None) -> list[Value]:
        return [_number(index), _truth(True if start else None)]

    def times(outputs: Sequence[Value]) -> int | None:
        most = None if limit is None else _scalar(limit)
        count, why = _trips(start, most, _scalar(outputs[0]))
        said[:] = [why] if why else []
        return count

    outputs = _repeated(body, held, given, times, before=1)
    count = times(outputs)
    walk.counted.warnings += [f"{path} (Loop) {why}." for why in said]
    scanned = outputs[1 + len(held) :]
    length = None if said else count
    return [
        *outputs[1 : 1 + len(held)],
        *(Value(inference.stacked(value.type, length)) for value in scanned),
    ]


def _trips(start: int | None, most: int | None, goes_on: int | None) -> tuple[int | None, str]:
    """How often a loop's body runs (None: not known), and what a reader must know of it.

    start: whether its condition holds at first. goes_on: whether the body keeps it true.
    """
    if start == 0:
        return 0, ""
    if goes_on == 0 and start and (most is None or most > 0):
        return 1, ""
    if most is None:
        return None, "runs an unknown number of times: its body is counted once"
    most = max(most, 0)
    if start is None or goes_on is None:
        return most, f"may end early: its body is counted {most} times, the most that it can run"
    return most, ""


def scan_node(walk: Walk, node: Any, inputs: Given, scope: Scope, path: str) -> list[Value]:
    """The body once per step of the scanned inputs. Raises `BadOption` for its first version."""
    if scope.opsets.get("", 0) < 9:
        raise BadOption(
            f"{path[:100]} is a Scan of opset 8, which is not read.",
            fix="Export the model with opset 9 or later.",
        )
    from onnx import helper

    settings = {a.name: helper.get_attribute_value(a) for a in node.attribute}
    scanned = int(settings["num_scan_inputs"])
    values = [value or Value() for value in inputs]
    states, sources = values[: len(values) - scanned], values[len(values) - scanned :]
    axes = settings.get("scan_input_axes") or [0] * scanned
    lengths = {value.sizes[axis] for value, axis in zip(sources, axes, strict=True) if value.sizes}
    length = lengths.pop() if len(lengths) == 1 else None
    slices = [
        Value(inference.element_of(value.type, axis))
        for value, axis in zip(sources, axes, strict=True)
    ]
    body = Body(walk, _graph(node, "body"), scope, path, node.output[0])
    outputs = _repeated(body, states, lambda _: [], lambda _: length, after=slices)
    if length is None:
        walk.counted.warnings.append(
            f"{path} (Scan) runs an unknown number of times: its body is counted once."
        )
    made = outputs[len(states) :]
    out_axes = settings.get("scan_output_axes") or [0] * len(made)
    stacked = zip(made, out_axes, strict=True)
    return [
        *outputs[: len(states)],
        *(Value(inference.stacked(value.type, length, axis)) for value, axis in stacked),
    ]


def _repeated(
    body: Body,
    states: Sequence[Value],
    given: Callable[[int | None], list[Value]],
    times: Callable[[Sequence[Value]], int | None],
    *,
    before: int = 0,
    after: Sequence[Value] = (),
) -> list[Value]:
    """Add the rows of all iterations of a body. Returns the outputs of the last one.

    given: the inputs before the states, for an iteration or any. times: how many there are, from
    the outputs of one; None is counted as one. before: how many outputs there are before the
    states. If the sizes of a state change, a few iterations are counted one by one; of many, what
    depends on such a size is not counted.
    """
    counted, first = body.walk.counted, len(given(None))
    kept = [body.is_kept(index, first, before) for index in range(len(states))]
    entering = [state if k else Value(state.type) for state, k in zip(states, kept, strict=True)]
    mark = counted.mark()
    with counted.collected() as rows:
        outputs = body.run([*given(None), *entering, *after])
    count = times(outputs)
    leaving = outputs[before : before + len(states)]
    common = [inference.common(a.type, b.type) for a, b in zip(entering, leaving, strict=True)]
    changed = any(kind != state.type for kind, state in zip(common, entering, strict=True))
    if changed and count != 0 and count != 1:
        counted.reset(mark)
        if count is not None and count <= _MOST_UNROLLED:
            return _unrolled(body, states, given, count, before, after)
        entering = [s if k else Value(t) for s, k, t in zip(states, kept, common, strict=True)]
        with counted.collected() as rows:
            outputs = body.run([*given(None), *entering, *after])
    number = 1 if count is None else count
    counted.rows += [row._replace(counts=row.counts.times(number)) for row in rows]
    final = states if count == 0 else outputs[before : before + len(states)]
    for index, (value, k) in enumerate(zip(final, kept, strict=True)):
        outputs[before + index] = states[index] if k else Value(value.type)
    return outputs


def _unrolled(
    body: Body,
    states: Sequence[Value],
    given: Callable[[int | None], list[Value]],
    count: int,
    before: int,
    after: Sequence[Value],
) -> list[Value]:
    """The iterations one by one, each with the states that the one before leaves."""
    outputs: list[Value] = []
    for index in range(count):
        outputs = body.run([*given(index), *states, *after])
        states = outputs[before : before + len(states)]
    return outputs


def _graph(node: Any, name: str) -> Any:
    """The graph that an attribute holds. Raises `BadOption`."""
    found = next((a for a in node.attribute if a.name == name and a.HasField("g")), None)
    if found is None:
        raise BadOption(
            f"{node.op_type} '{node.name[:60]}' has no graph {name}.",
            fix="Export the model again.",
        )
    return found.g


def _scalar(value: Value) -> int | None:
    """A known number or truth value."""
    if value.known is None or value.known.size != 1:
        return None
    return int(value.known.reshape(())[()])


def _number(index: int | None) -> Value:
    import numpy as np
    from onnx import TensorProto

    known = None if index is None else np.array(index, np.int64)
    return Value(tensor_type(TensorProto.INT64, ()), known, computed=index is None)


def _truth(value: bool | None) -> Value:
    import numpy as np
    from onnx import TensorProto

    known = None if value is None else np.array(value)
    return Value(tensor_type(TensorProto.BOOL, ()), known, computed=value is None)


CONTROL: dict[str, Control] = {"If": if_node, "Loop": loop_node, "Scan": scan_node}
"""By the operator's name."""
