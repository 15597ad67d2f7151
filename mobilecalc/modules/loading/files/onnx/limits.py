"""How many nodes a graph runs in functions, branches and loops, before any of them is run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.files.onnx.scope import key

_MOST_NODES = 100_000


def check_number(nodes: int) -> None:
    """Raises `BadOption` for more nodes than are run."""
    if nodes > _MOST_NODES:
        raise BadOption(
            f"The graph runs more than {_MOST_NODES} nodes in functions and loops.",
            fix="Export the model with fewer nested functions.",
        )


def check_calls(graph: Any, functions: Mapping[str, Any]) -> None:
    """Raises `BadOption` if its calls run too many nodes, each body counted at each call.

    A function is counted once, whatever calls it. The body of a loop counts once, and both
    branches of an If. A call of a function inside of itself counts as nothing: it is refused
    where it is met.
    """
    nodes, called = _calls(graph.node, functions)
    calls = {"": (nodes - len(graph.node), called)}  # those of the graph itself are run once
    sizes: dict[str, int] = {}
    begun: set[str] = set()
    left = [""]
    while left:
        place = left[-1]
        if place not in calls:
            calls[place] = _calls(functions[place].node, functions)
        own, called = calls[place]
        pending = [other for other in called if other not in sizes and other not in begun]
        if place not in sizes and pending:
            begun.add(place)
            left += pending
            continue
        left.pop()
        total = own + sum(times * sizes.get(other, 0) for other, times in called.items())
        sizes.setdefault(place, min(total, _MOST_NODES + 1))  # no number grows beyond all bounds
    check_number(sizes[""])


def _calls(nodes: Iterable[Any], functions: Mapping[str, Any]) -> tuple[int, Counter[str]]:
    """How many nodes there are, and how often they call which function."""
    places = [key(node.domain, node.op_type, node) for node in _all(nodes)]
    return len(places), Counter(place for place in places if place in functions)


def _all(nodes: Iterable[Any]) -> Iterator[Any]:
    """The nodes, and those of the graphs that they hold."""
    left = [*nodes]
    while left:
        node = left.pop()
        yield node
        for attribute in node.attribute:
            left.extend(attribute.g.node)
