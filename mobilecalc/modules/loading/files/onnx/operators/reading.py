"""One node as the operators' readers see it, what a reader makes of it, and their registry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, TypeAlias, TypeVar

from mobilecalc.core.ops import Layer
from mobilecalc.core.registry import Registry
from mobilecalc.core.shape import Shape
from mobilecalc.modules.loading.files.onnx.values import Sizes, Value
from mobilecalc.modules.operators.reading import Role, unbatched


class UnknownSize(Exception):
    """A size that the node needs is not known."""


class Node(NamedTuple):
    """One node with what is known of its inputs and outputs (None for those left out)."""

    kind: str
    path: str
    inputs: tuple[Value | None, ...]
    outputs: tuple[Value | None, ...]
    attributes: Mapping[str, Any]
    opset: int

    def input(self, index: int) -> Sizes:
        """The sizes of an input that there must be. Raises `UnknownSize`."""
        value = self.inputs[index] if index < len(self.inputs) else None
        if value is None or value.sizes is None:
            raise UnknownSize
        return value.sizes

    @property
    def output(self) -> Sizes:
        """The sizes of the first output whose sizes are known. Raises `UnknownSize`."""
        sizes = (value.sizes for value in self.outputs if value is not None)
        found = next((each for each in sizes if each is not None), None)
        if found is None:
            raise UnknownSize
        return found

    @property
    def shape(self) -> Shape:
        """The output without its batch. Raises `UnknownSize`."""
        return unbatched(self.output)

    @property
    def shape_if_known(self) -> Shape:
        """The same; without sizes if they are not known."""
        try:
            return self.shape
        except UnknownSize:
            return Shape()

    def has(self, index: int) -> bool:
        """Whether that input is given."""
        return index < len(self.inputs) and self.inputs[index] is not None

    def is_stored(self, index: int) -> bool:
        """Whether that input is made of stored tensors only."""
        value = self.inputs[index] if index < len(self.inputs) else None
        return value is not None and bool(value.stored) and not value.computed

    def text(self, name: str, default: str = "") -> str:
        """An attribute that is a text."""
        value = self.attributes.get(name, default)
        return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


ALL = 2**31
"""Every input, for `Meaning.others`."""


class Meaning(NamedTuple):
    """An operation of a node, and the roles of its stored inputs by index.

    batched: the first axis is the batch. given: the sizes that the operation is applied to, if
    they are not those of the first input. others: of so many inputs from the first on, stored
    numbers without a role are parameters of their own; what follows are settings.
    """

    op: Layer
    roles: Mapping[int, Role] = {}
    batched: bool = False
    given: Sizes | None = None
    others: int = 0


Reader: TypeAlias = Callable[[Node], "Meaning | tuple[Meaning, ...]"]

READERS: Registry[Reader] = Registry("reader of ONNX nodes")
"""By the operator's name, after its domain and "::" if that is not ONNX's own."""

Function = TypeVar("Function", bound=Reader)


def reads(*names: str) -> Callable[[Function], Function]:
    """Register a function as the reader of the operators of these names."""

    def register(reader: Function) -> Function:
        for name in names:
            READERS.add(name, reader)
        return reader

    return register
