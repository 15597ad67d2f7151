"""Documents whose code blocks are known by their lines: a state for each line, each read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import chain
from typing import Generic, Protocol, TypeVar

from mobilecalc.notes.languages.markers import Marker, Markers

S = TypeVar("S", bound="State")


class State(Protocol):
    """What the reader has to know about a line."""

    @property
    def is_text(self) -> bool:
        """Whether the line is no code."""
        ...

    @property
    def begins(self) -> bool:
        """Whether a block begins with it."""
        ...

    def behind(self: S, rest: str) -> S:
        """The state behind an answer that began in this one, before the rest of that line."""
        ...


_SHORT = 80
"""Lines of at most so many characters recur; what follows from one is looked up."""


class _Node(Generic[S]):
    """A state, and the states that short lines lead to from it."""

    __slots__ = ("begins", "is_text", "next", "state")

    def __init__(self, state: S) -> None:
        self.state = state
        self.is_text, self.begins = state.is_text, state.begins
        self.next: dict[str, _Node[S]] = {}


class Lines(Generic[S]):
    """Reads a text line by line, as far as it is asked to.

    `step` gives the state of a line from the state of the line before. Ten million short lines take
    about a second, because `step` runs once for each pair of state and line.
    """

    def __init__(self, text: str, first: S, step: Callable[[S, str], S]) -> None:
        self._lines = iter(text.split("\n"))
        self._ahead: Iterator[str] = self._lines
        self._step = step
        self._nodes: dict[S, _Node[S]] = {}
        self._node = self._node_of(first)
        self.begin = self.end = 0

    @property
    def state(self) -> S:
        """The state of the last line that was read."""
        return self._node.state

    def read_to(self, target: int) -> None:
        """Read the line with that position; `begin` is where its block begins, `end` its end."""
        node, end, begin = self._node, self.end, self.begin
        if end > target:
            return
        for line in self._ahead:
            node = node.next.get(line) or self._next(node, line)
            if node.begins:
                begin = end
            end += len(line) + 1
            if end > target:
                break
        self._node, self.end, self.begin = node, end, begin

    def read_block(self) -> None:
        """Read the rest of the block; `end` is where it ends."""
        for line in self._ahead:
            node = self._node.next.get(line) or self._next(self._node, line)
            if node.begins or not node.is_text:
                self._ahead = chain((line,), self._lines)
                return
            self._node = node
            self.end += len(line) + 1

    def skip_to(self, target: int) -> None:
        """Go on behind an answer that ends there: a block begins with the rest of that line."""
        for line in self._ahead:
            self.end += len(line) + 1
            if self.end > target:
                rest = line[len(line) + 1 - (self.end - target) :]
                self._node = self._node_of(self.state.behind(rest))
                break
        self.begin = target

    def _next(self, node: _Node[S], line: str) -> _Node[S]:
        after = self._node_of(self._step(node.state, line))
        if len(line) <= _SHORT:
            node.next[line] = after
        return after

    def _node_of(self, state: S) -> _Node[S]:
        if (node := self._nodes.get(state)) is None:
            node = self._nodes[state] = _Node(state)
        return node


def read(
    lines: Lines[S], markers: Markers, inside: Callable[[int, int, S], Iterator[Marker]]
) -> Iterator[Marker]:
    """The markers outside of code. `inside` gives those of a block of text.

    An answer is read as text to its closing marker, in whatever block that is.
    """
    at = 0
    while (lead := markers.after(at)) is not None:
        lines.read_to(lead.start())
        if lines.state.is_text:
            lines.read_block()
            for marker in inside(max(at, lines.begin), lines.end, lines.state):
                yield marker
                at = marker.end
            if at > lines.end:
                lines.skip_to(at)
                continue
        at = max(at, lines.end)
