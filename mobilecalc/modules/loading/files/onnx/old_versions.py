"""Operators of ONNX's first versions, which have no rule: by the rule of a later version."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from mobilecalc.modules.loading.files.onnx.values import Value, tensor_type

_AS_INPUT = """
    GroupNormalization MeanVarianceNormalization Mul Log Cast PRelu Ceil Clip Neg Abs Sub Floor
    Sigmoid Add InstanceNormalization Dropout Exp LeakyRelu BatchNormalization Mean Div Reciprocal
    Relu Elu Selu HardSigmoid Sqrt Sum Tanh Max Min
"""
"""Operators whose output has the sizes of the input."""


def has_sizes_of_input(kind: str) -> bool:
    """Whether the output has the sizes of the first input, in a version without a rule."""
    return kind in _AS_INPUT.split()


def translated(
    node: Any, inputs: Sequence[Value | None], version: int
) -> tuple[Any, Any, list[Value | None]]:
    """The rule of the first version after `version` that has one, and the node as it takes it.

    The rule is None if there is no such version. Attributes that it does not know are left out.
    """
    import onnx

    rule = _next(node.op_type, version)
    if rule is None:
        return None, node, list(inputs)
    made, given = onnx.NodeProto(), list(inputs)
    made.CopyFrom(node)
    old = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    new = {name: value for name, value in old.items() if name in rule.attributes}
    match node.op_type:
        case "Concat":
            new.setdefault("axis", 1)
        case "Pad":
            new["pads"] = old["paddings"]
        case "Upsample":
            new["scales"] = [1.0, 1.0, old["height_scale"], old["width_scale"]]
        case "Reshape":
            given.append(_shape(old["shape"]))
            made.input.append(f"{node.output[0]} (shape)")
    del made.attribute[:]
    made.attribute.extend(onnx.helper.make_attribute(name, value) for name, value in new.items())
    return rule, made, given


@lru_cache(maxsize=256)
def _next(kind: str, version: int) -> Any:
    """The operator's definition in the first later version that has a rule; None without one."""
    import onnx

    later = [
        rule
        for rule in onnx.defs.get_all_schemas_with_history()
        if (rule.name, rule.domain) == (kind, "")
        and rule.since_version > version
        and rule.has_type_and_shape_inference_function
    ]
    return min(later, key=lambda rule: int(rule.since_version), default=None)


def _shape(sizes: Sequence[int]) -> Value:
    import numpy as np
    from onnx import TensorProto

    known = np.array(sizes, np.int64)
    return Value(tensor_type(TensorProto.INT64, known.shape), known, computed=False)
