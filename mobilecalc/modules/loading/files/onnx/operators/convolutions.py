"""Convolutions and pooling."""

from __future__ import annotations

from math import prod

from mobilecalc.core.ops import (
    AdaptivePool,
    Conv,
    Depthwise,
    GlobalPool,
    Layer,
    Move,
    Pool,
    TransposedConv,
    Upsample,
)
from mobilecalc.core.rounding import Window, places
from mobilecalc.core.shape import Paddings
from mobilecalc.modules.loading.files.onnx.operators.reading import (
    Meaning,
    Node,
    Reader,
    reads,
)
from mobilecalc.modules.loading.files.onnx.values import Sizes
from mobilecalc.modules.operators.convolutions import is_same
from mobilecalc.modules.operators.reading import Role, sizes

_NEVER = 2**31
"""The index of an input that there is not."""

_SAME = ("SAME_UPPER", "SAME_LOWER")


def convolution(weight: int, bias: int) -> Reader:
    """The reader of a convolution whose weight and bias are the inputs with these indices."""

    def meaning(node: Node) -> Meaning:
        roles: dict[int, Role] = {weight: "weights", bias: "biases"}
        return Meaning(_operation(node, node.input(weight), node.has(bias)), roles, batched=True)

    return meaning


reads("Conv")(convolution(1, 2))
reads("ConvInteger")(convolution(1, _NEVER))
reads("QLinearConv")(convolution(3, 8))


def _operation(node: Node, weight: Sizes, bias: bool) -> Conv | Depthwise:
    """The weight is (output channels, input channels / groups, kernel sizes ...)."""
    outputs, width, *kernel = weight
    axes = len(kernel)
    group = int(node.attributes.get("group", 1))
    _meet(node.input(0)[1], width * group)
    strides, spreads = _each(node, "strides", axes), _each(node, "dilations", axes)
    size, stride, spread = sizes(kernel, axes), sizes(strides, axes), sizes(spreads, axes)
    padding = _padding(node, axes, kernel, spreads)
    if group > 1 and width == 1:
        return Depthwise(size, stride, bias, padding, spread, outputs // group)
    return Conv(outputs, size, stride, group, bias, padding, spread)


def _meet(channels: int, expected: int) -> None:
    """Raises `ValueError` if a weight is for other channels than the input has."""
    if channels != expected:
        raise ValueError(f"a weight for {expected} channels meets an input of {channels}")


def _each(node: Node, name: str, axes: int, default: int = 1) -> list[int]:
    """An attribute with a size for each axis. Raises `ValueError` for another number of them."""
    values = [int(value) for value in node.attributes.get(name) or [default] * axes]
    if len(values) != axes:
        raise ValueError(f"{name} has {len(values)} values for {axes} axes")
    return values


def _ends(node: Node, axes: int) -> tuple[tuple[int, int], ...]:
    """The padding before and after, for each axis."""
    if node.text("auto_pad", "NOTSET") == "VALID":
        return ((0, 0),) * axes
    pads = _each(node, "pads", 2 * axes, 0)
    return tuple(zip(pads[:axes], pads[axes:], strict=True))


def _padding(node: Node, axes: int, kernel: list[int], spreads: list[int]) -> Paddings | None:
    """None for "same" padding, one size per axis if both ends are alike, else both."""
    if node.text("auto_pad", "NOTSET") in _SAME:
        return None
    ends = _ends(node, axes)
    if any(before != after for before, after in ends):
        return ends
    padding = sizes([before for before, _ in ends], axes)
    same = is_same(padding, sizes(kernel, axes), sizes(spreads, axes), axes)
    return None if same else padding


@reads("ConvTranspose")
def _transposed(node: Node) -> Meaning:
    """The weight is (input channels, output channels / groups, kernel sizes ...).

    The padding of both ends together is written as that of one end twice; what is then missing
    of the output is written as output padding.
    """
    channels, width, *kernel = node.input(1)
    _meet(node.input(0)[1], channels)
    axes = len(kernel)
    strides, spreads = _each(node, "strides", axes), _each(node, "dilations", axes)
    group = int(node.attributes.get("group", 1))
    explicit = node.text("auto_pad", "NOTSET") == "NOTSET"
    halves = [sum(ends) // 2 for ends in _ends(node, axes)] if explicit else [0] * axes
    whole = [
        (side - 1) * stride - 2 * half + spread * (k - 1) + 1
        for side, stride, half, spread, k in zip(
            node.input(0)[2:], strides, halves, spreads, kernel, strict=True
        )
    ]
    extra = [side - size for side, size in zip(node.output[2:], whole, strict=True)]
    op = TransposedConv(
        width * group,
        sizes(kernel, axes),
        sizes(strides, axes),
        group,
        node.has(2),
        sizes(halves, axes),
        sizes(extra, axes),
        sizes(spreads, axes),
    )
    return Meaning(op, {1: "weights", 2: "biases"}, batched=True)


@reads("DeformConv")
def _deformed(node: Node) -> tuple[Meaning, ...]:
    """Each kernel position reads its place of the map by interpolation; then a convolution."""
    batch, channels, *_ = node.input(0)
    sides = node.output[2:]
    kernel = node.input(1)[2:]
    read = Upsample("bilinear" if len(sides) == 2 else "linear", sides)
    op = _operation(node, node.input(1), node.has(3))
    return (
        Meaning(read, given=(batch, channels * prod(kernel), *sides), batched=True),
        Meaning(op, {1: "weights", 3: "biases"}, batched=True),
    )


def _pool(name: str) -> Reader:
    def meaning(node: Node) -> Meaning:
        kernel = [int(size) for size in node.attributes["kernel_shape"]]
        axes = len(kernel)
        strides, spreads = _each(node, "strides", axes), _each(node, "dilations", axes)
        sides = zip(node.input(0)[2:], node.output[2:], strict=True)
        wanted = bool(node.attributes.get("ceil_mode", 0))
        windows = list(zip(kernel, strides, _ends_of_pool(node, axes), spreads, strict=True))
        whole = [Window(k, stride, ends, spread, wanted) for k, stride, ends, spread in windows]
        pairs = list(zip(sides, whole, strict=True))
        fits = all(places(side, window) == out for (side, out), window in pairs)
        ends = tuple(w.padding if fits else _reaching(*sides_, w) for sides_, w in pairs)
        op = Pool(
            name,
            sizes(kernel, axes),
            sizes(strides, axes),
            _written(ends, axes),
            sizes(spreads, axes),
            wanted and fits,
        )
        return Meaning(op, batched=True)

    return meaning


def _ends_of_pool(node: Node, axes: int) -> tuple[tuple[int, int], ...]:
    """Of "same" padding no end is given: it is what the output needs."""
    return ((0, 0),) * axes if node.text("auto_pad") in _SAME else _ends(node, axes)


def _reaching(side: int, out: int, window: Window) -> tuple[int, int]:
    """The padding with which the last window ends at the end of the map."""
    assert isinstance(window.padding, tuple)
    before = window.padding[0]
    reach = (out - 1) * window.stride + window.dilation * (window.size - 1) + 1
    return before, reach - side - before


def _written(ends: tuple[object, ...], axes: int) -> Paddings:
    """One size per axis where both ends are alike, else both."""
    pairs = [(end[0], end[1]) for end in ends if isinstance(end, tuple)]
    if all(before == after for before, after in pairs):
        return sizes([before for before, _ in pairs], axes)
    return tuple(pairs)


for _kind, _name in (("MaxPool", "max"), ("AveragePool", "avg"), ("LpPool", "lp")):
    reads(_kind)(_pool(_name))


def _global(name: str) -> Reader:
    def meaning(node: Node) -> Meaning:
        sides = (1,) * (len(node.input(0)) - 2)
        plane = name == "avg" and len(sides) == 2
        op: Layer = GlobalPool() if plane else AdaptivePool(name, sides)
        return Meaning(op, batched=True)

    return meaning


for _kind, _name in (
    ("GlobalAveragePool", "avg"),
    ("GlobalMaxPool", "max"),
    ("GlobalLpPool", "lp"),
):
    reads(_kind)(_global(_name))


@reads("CausalConvWithState")
def _causal(node: Node) -> Meaning:
    """Each channel of (batch, channels, length) by itself; only earlier positions are seen."""
    outputs, _, size = node.input(1)
    _meet(node.input(0)[1], outputs)
    op = Depthwise((size,), 1, node.has(2), ((size - 1, 0),))
    return Meaning(op, {1: "weights", 2: "biases"}, batched=True)


@reads("MaxUnpool")
def _unpool(node: Node) -> Meaning:
    """Values go back to the places that they were the maximum of."""
    return Meaning(Move("maxunpool", node.shape))
