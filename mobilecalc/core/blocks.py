"""What holds operations together in a description: chains, residual blocks, gates, branches."""

from __future__ import annotations

from typing import NamedTuple, TypeAlias

from mobilecalc.core.equality import distinct
from mobilecalc.core.ops import Layer


@distinct
class Chain(NamedTuple):
    """Named steps, one after the other. The names make the rows' paths."""

    steps: tuple[tuple[str, Op], ...]

    @staticmethod
    def of(**steps: Op) -> Chain:
        """`Chain.of(conv=Conv(32, 3), norm=Norm())`."""
        return Chain(tuple(steps.items()))


@distinct
class Residual(NamedTuple):
    """The body's output plus the input, or plus the output of the shortcut, of the same shape.

    Source: section 3.2 of arXiv:1512.03385.
    """

    body: Chain
    shortcut: Chain | None = None


@distinct
class Gate(NamedTuple):
    """The input times the body's output, one value a channel: squeeze-and-excite.

    Source: section 3 of arXiv:1709.01507.
    """

    body: Chain


@distinct
class Concat(NamedTuple):
    """Named branches, their outputs side by side in the channels.

    Each takes the input; with `split`, each takes its part of the input's channels, all parts
    alike. A branch of no steps hands on what it takes.
    """

    branches: tuple[tuple[str, Chain], ...]
    split: bool = False

    @staticmethod
    def of(*, split: bool = False, **branches: Chain) -> Concat:
        """`Concat.of(kept=Chain(), new=Chain.of(conv=Depthwise(3)))`."""
        return Concat(tuple(branches.items()), split)


Op: TypeAlias = Layer | Chain | Residual | Gate | Concat
"""What a description is made of."""
