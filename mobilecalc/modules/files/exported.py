"""A program that `torch.export` saved (.pt2): its graph, operator by operator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.found import Found
from mobilecalc.modules.inputs import Inputs

if TYPE_CHECKING:
    from torch import fx


def read(path: Path) -> Found:
    """The program, and the inputs that it was exported with. Raises `BadOption`."""
    import torch

    try:
        with _tensors_only():
            program = torch.export.load(path)
    except Exception as error:  # whatever an archive's reader may raise
        raise BadOption(
            f"{path} is not a program that torch.export saved.",
            why=f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''}",
            mend="Save one: torch.export.save(torch.export.export(module, inputs), 'net.pt2')",
        ) from error
    args, kwargs = program.example_inputs or ((), {})
    return Found(_module(program), lambda: Inputs(tuple(args), dict(kwargs)).on("meta"))


def _module(program: Any) -> Any:
    """A module whose forward pass interprets the graph, telling the paths that it was made from."""
    from torch import nn

    graph = program.module(check_guards=False)

    class Program(nn.Module):
        """The exported graph's operators, one by one."""

        def __init__(self) -> None:
            super().__init__()
            self.graph_module = graph

        def train(self, mode: bool = True) -> Program:
            """It stays in the mode that it was exported in."""
            return self

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            from torch.utils._pytree import tree_flatten

            values, _ = tree_flatten((args, kwargs))
            return _interpreted(self.graph_module, values)

    return Program()


@contextmanager
def _tensors_only() -> Iterator[None]:
    """While it lasts, torch reads no pickle that holds more than tensors, as it would otherwise."""
    import torch

    original = torch.load

    def load(*args: Any, **options: Any) -> Any:
        return original(*args, **{**options, "weights_only": True})

    torch.load = load
    try:
        yield
    finally:
        torch.load = original


def _interpreted(graph: fx.GraphModule, values: Sequence[Any]) -> Any:
    """Run a graph node by node, each as a call of the module that it came from.

    Where no tracer is active the graph is just run.
    """
    from torch import fx
    from torch.utils._python_dispatch import _get_current_dispatch_mode

    from mobilecalc.modules.calls import Call
    from mobilecalc.modules.tracer import Tracer

    mode = _get_current_dispatch_mode()
    names: dict[str, dict[str, int]] = {}

    class Interpreter(fx.Interpreter):
        def run_node(self, n: fx.Node) -> Any:
            if not isinstance(mode, Tracer):
                return super().run_node(n)
            path, kind = _place(n)
            call = Call.of_class(path, kind)
            call.names = names.setdefault(path, {})
            with mode.calls.inside(call):
                return super().run_node(n)

    return Interpreter(graph).run(*values)


def _place(node: fx.Node) -> tuple[str, str]:
    """The path of the module that a node came from, and the name of its class."""
    stack = node.meta.get("nn_module_stack") or {}
    if not stack:
        return "", ""
    path, kind = list(stack.values())[-1]
    name = kind if isinstance(kind, str) else f"{kind.__module__}.{kind.__qualname__}"
    return str(path).removeprefix("L['self'].").removeprefix("L['self']"), name
