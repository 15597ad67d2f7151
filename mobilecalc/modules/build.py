"""A network of the zoo as a `torch.nn.Module`, its submodules named as the profile's rows."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.core.blocks import Chain, Concat, Gate, Op, Residual
from mobilecalc.core.errors import BadShape, MissingPackage
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Add,
    ChannelShuffle,
    Conv,
    Depthwise,
    Flatten,
    GlobalPool,
    Layer,
    Linear,
    Norm,
    Pool,
    kind_of,
)
from mobilecalc.core.shape import Paddings, Shape, sizes_of
from mobilecalc.modules.isolation.parts import parts_of
from mobilecalc.modules.isolation.placement import place
from mobilecalc.networks import Network

if TYPE_CHECKING:
    from torch import nn


def build(network: Network, *, device: str = "cpu", weights: bool = True) -> nn.Module:
    """The network as a module that takes (batch, channels, height, width) floats.

    `device="meta"` builds it without memory. `weights=False` makes a module for counting only:
    its parameters are zeros that share one piece of memory.

    Raises `MissingPackage` without torch, `BadShape` for an even kernel (it has no symmetric
    "same" padding).
    """
    try:
        import torch
    except ImportError as error:
        raise MissingPackage(["torch"], "Building a module", error) from error

    inputs = {row.path: row.input for row in network.profile().rows}
    with torch.device(device if weights else "meta"):
        module = _module(network.body, "", inputs)
    if not weights:
        place(parts_of(module), device)
    return module


def _module(op: Op, path: str, inputs: dict[str, Shape]) -> nn.Module:
    from torch import nn

    from mobilecalc.modules import layers

    match op:
        case Chain(steps=steps):
            return nn.Sequential(_named(steps, path, inputs))
        case Residual(body=body, shortcut=shortcut):
            way = () if shortcut is None else (("shortcut", shortcut),)
            return layers.ResidualBlock(_named((*body.steps, *way), path, inputs))
        case Gate(body=body):
            return layers.GatedBlock(_named(body.steps, path, inputs))
        case Concat(branches=branches, split=split):
            return layers.Branches(_named(branches, path, inputs), split=split)
        case _:
            return _layer(op, inputs[path])


def _named(
    steps: Sequence[tuple[str, Op]], path: str, inputs: dict[str, Shape]
) -> OrderedDict[str, nn.Module]:
    from torch import nn

    for name, _ in steps:
        if hasattr(nn.Module, name):
            raise BadShape(
                f"In '{path}', a step has the name '{name}'." if path else f"A step is '{name}'.",
                why="A module of torch has something else of that name.",
                fix="Give it another.",
            )
    return OrderedDict(
        (name, _module(step, f"{path}.{name}" if path else name, inputs)) for name, step in steps
    )


def _layer(op: Layer, shape: Shape) -> nn.Module:
    from torch import nn

    from mobilecalc.modules import layers

    match op:
        case Conv():
            return _convolution(shape.channels, op.channels, op, op.groups)
        case Depthwise():
            outputs = shape.channels * op.multiplier
            return _convolution(shape.channels, outputs, op, shape.channels)
        case Linear():
            return nn.Linear(shape.channels, op.features, bias=op.bias)
        case Norm():
            return nn.BatchNorm2d(shape.channels)
        case Activation(name=name):
            return layers.activation(name)
        case GlobalPool(module=module):
            return nn.AdaptiveAvgPool2d(1) if module else layers.FunctionalGlobalPool()
        case AdaptivePool(name="avg", sides=(height, width)):
            return nn.AdaptiveAvgPool2d((height, width))
        case Pool():
            return _pool(op)
        case Flatten():
            return nn.Flatten()
        case ChannelShuffle(groups=groups):
            return nn.ChannelShuffle(groups)
        case Add():
            return layers.Add()
        case _:
            raise BadShape(
                f"A layer '{kind_of(op)}' cannot be built.",
                why="It stands for what a trace of a module found, and has no module of its own.",
                fix="Describe networks with convolutions, linear layers, norms and activations.",
            )


def _pool(op: Pool) -> nn.Module:
    from torch import nn

    windows = _pair(op.kernel), _pair(op.stride), _pair(op.padding)
    if op.name == "max":
        return nn.MaxPool2d(*windows, dilation=_pair(op.dilation), ceil_mode=op.ceil)
    return nn.AvgPool2d(*windows, ceil_mode=op.ceil)


def _convolution(inputs: int, outputs: int, op: Conv | Depthwise, groups: int) -> nn.Conv2d:
    from torch import nn

    kernel, stride, dilation = map(_pair, (op.kernel, op.stride, op.dilation))
    same = tuple(d * (k - 1) / 2 for d, k in zip(dilation, kernel, strict=True))
    if op.padding is None and any(padding % 1 for padding in same):
        raise BadShape(
            f"A {'x'.join(map(str, kernel))} convolution cannot be built.",
            why="An even kernel has no symmetric 'same' padding.",
            fix="Use an odd kernel, or say its padding.",
        )
    padding = _pair(op.padding) if op.padding is not None else (int(same[0]), int(same[1]))
    return nn.Conv2d(
        inputs,
        outputs,
        kernel,
        stride,
        padding,
        dilation=dilation,
        groups=groups,
        bias=op.bias,
    )


def _pair(sizes: Paddings) -> tuple[int, int]:
    height, width = sizes_of(sizes)
    if isinstance(height, tuple) or isinstance(width, tuple):
        raise BadShape(
            f"A layer with padding {sizes} cannot be built.",
            why="torch pads both ends of an axis alike.",
            fix="Give one padding per axis.",
        )
    return height, width
