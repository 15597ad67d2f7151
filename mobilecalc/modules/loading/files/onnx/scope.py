"""Where a node stands in the graphs and functions of a file, and what it is called there."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping
from typing import Any, NamedTuple

from mobilecalc.core.errors import BadOption, BadShape
from mobilecalc.modules.loading.files.file import reason
from mobilecalc.modules.loading.files.onnx.values import Value

DEEPEST = 50
"""So deep may graphs and functions be nested."""

WRONG = (ValueError, TypeError, KeyError, IndexError, ZeroDivisionError, OverflowError, BadShape)
"""What reading a graph raises that is not as ONNX defines it."""


class Scope(NamedTuple):
    """Where a node stands.

    values: the tensors by name, those of the graphs around it too. place: says which graph it is,
    once for each text of a graph in the file. attributes: those of the call, in a function;
    absent: its inputs that the call leaves out.
    """

    opsets: Mapping[str, int]
    values: ChainMap[str, Value]
    path: str = ""
    place: str = ""
    attributes: Mapping[str, Any] = {}
    declared: Mapping[str, Any] = {}
    calls: tuple[str, ...] = ()
    absent: frozenset[str] = frozenset()

    def at(self, node: Any, index: int) -> str:
        """The path of a node: its name, below the call or the node that it is in."""
        own = (node.name[:200] or f"{node.op_type[:60]}_{index}").strip("/").replace("/", ".")
        return f"{self.path}.{own}" if self.path else own

    def inside(self, path: str, place: str) -> Scope:
        """A graph inside this one, which sees its tensors."""
        if len(self.calls) >= DEEPEST:
            raise too_deep(path)
        values = self.values.new_child()
        calls = (*self.calls, "")
        return self._replace(values=values, path=path, place=place, declared={}, calls=calls)


def kind_of(node: Any) -> str:
    """The operator's name as readers are registered by it: after its domain, if not ONNX's own."""
    domain = domain_of(node.domain)
    return f"{domain}::{node.op_type}" if domain or "::" in node.op_type else str(node.op_type)


def domain_of(domain: str) -> str:
    """A domain; "" for ONNX's own, which has two names."""
    return "" if domain == "ai.onnx" else domain


def key(domain: str, name: str, holder: Any) -> str:
    """What a function of the file is called by."""
    return f"{domain_of(domain)}::{name}::{getattr(holder, 'overload', '')}"


def attributes_of(node: Any) -> dict[str, Any]:
    """The values of a node's attributes by name."""
    from onnx import helper

    known = [a for a in node.attribute if a.type and not a.ref_attr_name]
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in known}


def in_call(node: Any, scope: Scope) -> Any:
    """The node with the attributes of the call that it is in, and without inputs left out there."""
    references = any(attribute.ref_attr_name for attribute in node.attribute)
    if not references and scope.absent.isdisjoint(node.input):
        return node
    import onnx

    resolved = onnx.NodeProto()
    resolved.CopyFrom(node)
    resolved.input[:] = ["" if name in scope.absent else name for name in node.input]
    del resolved.attribute[:]
    for attribute in node.attribute:
        if not attribute.ref_attr_name:
            resolved.attribute.append(attribute)
        elif attribute.ref_attr_name in scope.attributes:
            resolved.attribute.append(scope.attributes[attribute.ref_attr_name])
            resolved.attribute[-1].name = attribute.name
    return resolved


def too_deep(path: str) -> BadOption:
    """The error for a graph that has no end."""
    return BadOption(
        f"The graph cannot be unrolled at {path[-100:]}.",
        why=f"A function calls itself, or graphs are nested more than {DEEPEST} deep.",
        fix="Export the model again, without recursion.",
    )


def invalid(where: str, error: Exception) -> BadOption:
    """The error for a graph that is not as ONNX defines it."""
    return BadOption(
        f"The graph is not valid {where}.",
        why=reason(error),
        fix="Export the model again.",
    )
