"""The one walk that makes a network's rows from its description."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial
from operator import itemgetter
from typing import TypeAlias

from mobilecalc.core.blocks import Chain, Concat, Gate, Op, Residual
from mobilecalc.core.cost import cost
from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Add, Elementwise, Layer, Linear, Move
from mobilecalc.core.profile import Row
from mobilecalc.core.rounding import Rules
from mobilecalc.core.shape import Shape


@lru_cache(maxsize=64)
def _costs_by(rules: Rules) -> Callable[[Layer, Shape], tuple[Shape, Counts]]:
    """The cost of an operation by these rules, remembered.

    Networks repeat their blocks, and settings share layers: of the published tables' 125 networks,
    four of five layers have been met before, and their walk takes two thirds of the time.
    """
    return lru_cache(maxsize=8192)(partial(_cost_of_step, rules=rules))


def _cost_of_step(op: Layer, shape: Shape, rules: Rules) -> tuple[Shape, Counts]:
    """The cost, where a description may have the step on such an input. Raises `BadShape`."""
    if isinstance(op, Linear) and len(shape) > 1:
        raise BadShape(
            f"A linear layer cannot take a {shape} map.",
            why="It needs one axis of features.",
            fix="Put Flatten() before it.",
        )
    return cost(op, shape, rules)


Output: TypeAlias = tuple[Shape, int]
"""What an operation gives: its shape, and the row that made it, or `INPUT`."""

INPUT = -1
"""In the place of a row: the network's input."""


class Walk:
    """The rows so far, and for each the rows that made what it takes."""

    def __init__(self, rules: Rules) -> None:
        self.rows: list[Row] = []
        self.sources: list[tuple[int, ...]] = []
        self._rules = rules
        self._cost = _costs_by(rules)

    def through(self, op: Op, x: Output, path: str = "") -> Output:
        """Add the rows of a description on an input, and give its output.

        Raises `BadShape` where an operation does not fit, with the path of the place.
        """
        match op:
            case Chain(steps=steps):
                above = f"{path}." if path else ""
                for name, step in steps:
                    x = self.through(step, x, above + name)
                return x
            case Residual():
                return self._residual(op, x, path)
            case Gate(body=body):
                gate = self.through(body, x, path)
                _check_gate(gate[0], x[0], path)
                return self._layer(Elementwise("mul", x[0]), x, _at(path, "scale"), gate)
            case Concat():
                return self._concat(op, x, path)
            case _:
                return self._layer(op, x, path)

    def _residual(self, op: Residual, x: Output, path: str) -> Output:
        output = self.through(op.body, x, path)
        other = x if op.shortcut is None else self.through(op.shortcut, x, _at(path, "shortcut"))
        if output[0] != other[0]:
            way = "its input's shape" if op.shortcut is None else "the shape of its shortcut"
            raise BadShape(
                f"The residual block '{path}' does not give back {way}.",
                why=f"It takes {x[0]} and gives {output[0]}"
                + ("." if op.shortcut is None else f", its shortcut {other[0]}."),
                fix="Use stride 1 and as many channels out as in, or leave the residual out.",
            )
        earlier, latest = sorted((output, other), key=itemgetter(1))
        return self._layer(_ADD, latest, _at(path, "add"), earlier)

    def _concat(self, op: Concat, x: Output, path: str) -> Output:
        parts = x
        if op.split:
            channels, *sides = x[0]
            if isinstance(channels, int) and channels % len(op.branches):
                raise BadShape(
                    f"At '{path}': {channels} channels cannot be split in {len(op.branches)}.",
                    fix="Make the channels a multiple of the number of branches.",
                )
            part = Shape(self._rules.part(channels, len(op.branches)), *sides)
            parts = self._layer(Move("chunk", part), x, _at(path, "split"))
        outputs = [self.through(branch, parts, _at(path, name)) for name, branch in op.branches]
        shapes = [shape for shape, _ in outputs]
        if len({shape[1:] for shape in shapes}) > 1:
            raise BadShape(
                f"The branches of '{path}' do not fit side by side.",
                why=f"They give {', '.join(map(str, shapes))}.",
                fix="Give them the same strides and padding.",
            )
        joined = Shape(sum(shape.channels for shape in shapes), *shapes[0][1:])
        return self._layer(Move("cat", joined), outputs[0], _at(path, "concat"), *outputs)

    def _layer(self, op: Layer, x: Output, path: str, *others: Output) -> Output:
        shape, source = x
        try:
            output, counts = self._cost(op, shape)
        except BadShape as error:
            raise BadShape(f"At '{path}': {error.what}", why=error.why, fix=error.fix) from error
        self.rows.append(Row(path, op, shape, output, counts))
        if others:
            self.sources.append(tuple(sorted({source, *(row for _, row in others)})))
        else:
            self.sources.append((source,))
        return output, len(self.rows) - 1


def walk(op: Op, shape: Shape, rules: Rules) -> list[Row]:
    """The rows of a description on an input of `shape`. Raises `BadShape`."""
    walked = Walk(rules)
    walked.through(op, (shape, INPUT))
    return walked.rows


_ADD = Add()


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _check_gate(gate: Shape, shape: Shape, path: str) -> None:
    if gate.channels != shape.channels or gate.area != 1:
        raise BadShape(
            f"The gate '{path}' does not give one value for each channel of its input.",
            why=f"It takes {shape} and gives {gate}.",
            fix="Begin with GlobalPool(), and end with as many channels as the input has.",
        )
