"""The two rewrites of a description: separable pairs to standard convolutions, and back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from mobilecalc.core.blocks import Chain, Concat, Gate, Op, Residual
from mobilecalc.core.ops import Activation, Conv, Depthwise, Linear, Norm, kind_of
from mobilecalc.core.pairs import begins_pair, ends_pair, may_stand_between, standard_of

Path: TypeAlias = tuple[str, ...]
Steps: TypeAlias = tuple[tuple[str, Any], ...]


def to_standard(body: Chain) -> Chain:
    """Replace each separable pair by the standard convolution that it factorises.

    A pair is a depthwise D_K x D_K convolution (D_K > 1) and a pointwise one to N, with nothing
    but norm and activation between them. It becomes a D_K x D_K convolution M -> N with the
    pair's stride and the pair's last norm and activation, at the place of the pointwise one.
    """
    chain = _within_blocks(body, to_standard)
    leaves = _leaves(chain)
    edits: dict[Path, Op | None] = {}
    for index, (path, depthwise) in enumerate(leaves):
        if not begins_pair(depthwise):
            continue
        between, end = _tail(leaves, index + 1)
        place, pointwise = leaves[end] if end < len(leaves) else ((), None)
        if pointwise is not None and ends_pair(pointwise):
            for removed in (path, *(at for at, _ in between)):
                edits[removed] = None
            edits[place] = standard_of(depthwise, pointwise)
    return _edited(chain, edits)


def to_separable(body: Chain) -> Chain:
    """Replace each standard convolution by a separable pair: the inverse of `to_standard`.

    Each ungrouped D_K x D_K convolution M -> N (D_K > 1) becomes a depthwise one and a
    pointwise one to N. The depthwise one gets a copy of the norm and activation that follow the
    convolution, as MobileNet V1 has them (arXiv:1704.04861, Figure 3); where no norm follows, it
    has a bias if the convolution has.
    """
    chain = _within_blocks(body, to_separable)
    leaves = _leaves(chain)
    edits: dict[Path, Op | None] = {}
    for index, (path, conv) in enumerate(leaves):
        if isinstance(conv, Conv) and kind_of(conv) == "standard":
            tail = {_NAMES[type(op)]: op for _, op in _tail(leaves, index + 1)[0]}
            bias = conv.bias and "norm" not in tail
            depthwise = Depthwise(conv.kernel, conv.stride, bias, conv.padding, conv.dilation)
            first = Chain.of(conv=depthwise, **tail)
            second = conv._replace(kernel=1, stride=1, padding=None, dilation=1)
            edits[path] = Chain.of(depthwise=first, pointwise=second)
    return _edited(chain, edits)


_NAMES: dict[type[Op], str] = {Norm: "norm", Activation: "act"}


def with_width(body: Chain, path: Path, width: int) -> Chain:
    """The description with another width of the convolution or linear layer at that path.

    Raises `ValueError` where there is none.
    """
    match dict(_leaves(body)).get(path):
        case Conv() as conv:
            return _edited(body, {path: conv._replace(channels=width)})
        case Linear() as linear:
            return _edited(body, {path: linear._replace(features=width)})
        case _:
            raise ValueError(f"no convolution or linear layer at {'.'.join(path)!r}")


def rescaled(edited: Chain, plain: Chain, scaled: Chain) -> Chain:
    """An edited description at another setting: what was not edited is as `scaled` has it.

    plain: the description before it was edited; scaled: that at the other setting. Steps are
    matched by name and layers field by field, so an edited kernel leaves the width as it was; an
    edited width stays as it is.
    """
    chain: Chain = _rescaled(edited, plain, scaled)
    return chain


def _rescaled(edited: Any, plain: Any, scaled: Any) -> Any:
    if edited == plain:
        return scaled
    match edited, plain, scaled:
        case Chain(), Chain(), Chain():
            return Chain(_matched(edited.steps, plain.steps, scaled.steps))
        case Concat(), Concat(), Concat():
            return edited._replace(
                branches=_matched(edited.branches, plain.branches, scaled.branches)
            )
        case _ if hasattr(edited, "_fields") and type(edited) is type(plain) is type(scaled):
            return type(edited)(*map(_rescaled, edited, plain, scaled))
        case _:
            return edited


def _matched(edited: Steps, plain: Steps, scaled: Steps) -> Steps:
    before, after = dict(plain), dict(scaled)
    return tuple(
        (name, _rescaled(step, before.get(name), after.get(name))) for name, step in edited
    )


def _within_blocks(chain: Chain, rewrite: Callable[[Chain], Chain]) -> Chain:
    """The chain with what its blocks hold rewritten: no pair spans a block's edge."""

    def mapped(op: Op) -> Op:
        match op:
            case Residual(body=body, shortcut=shortcut):
                return Residual(rewrite(body), shortcut and rewrite(shortcut))
            case Gate(body=body):
                return Gate(rewrite(body))
            case Concat(branches=branches):
                held = tuple((name, rewrite(branch)) for name, branch in branches)
                return op._replace(branches=held)
            case Chain():
                return _within_blocks(op, rewrite)
            case _:
                return op

    return Chain(tuple((name, mapped(step)) for name, step in chain.steps))


def _leaves(chain: Chain, prefix: Path = ()) -> list[tuple[Path, Op]]:
    """Everything but chains, in order; a block that is no chain is a leaf."""
    leaves: list[tuple[Path, Op]] = []
    for name, step in chain.steps:
        at = (*prefix, name)
        leaves += _leaves(step, at) if isinstance(step, Chain) else [(at, step)]
    return leaves


def _tail(leaves: list[tuple[Path, Op]], start: int) -> tuple[list[tuple[Path, Op]], int]:
    """The norms and activations from `start` on, and the index of what follows them."""
    end = start
    while end < len(leaves) and may_stand_between(leaves[end][1]):
        end += 1
    return leaves[start:end], end


def _edited(chain: Chain, edits: dict[Path, Op | None], prefix: Path = ()) -> Chain:
    """The chain with leaves replaced, or removed where the edit is None.

    A chain that loses all its steps goes too; one that is left with a single step becomes it.
    """
    steps: list[tuple[str, Op]] = []
    for name, step in chain.steps:
        at = (*prefix, name)
        edited = _edited(step, edits, at) if isinstance(step, Chain) else edits.get(at, step)
        if isinstance(edited, Chain) and isinstance(step, Chain) and edited != step:
            if not edited.steps:
                continue
            if len(edited.steps) == 1 < len(step.steps):
                edited = edited.steps[0][1]
        if edited is not None:
            steps.append((name, edited))
    return Chain(tuple(steps))
