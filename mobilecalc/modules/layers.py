"""The few modules that torch has no ready-made class for. Imports torch: import it lazily."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional

from mobilecalc.core.registry import Registry

ACTIVATIONS: Registry[type[nn.Module]] = Registry("activation")
ACTIVATIONS.add("relu", nn.ReLU)
ACTIVATIONS.add("relu6", nn.ReLU6)
ACTIVATIONS.add("hardswish", nn.Hardswish)
ACTIVATIONS.add("hardsigmoid", nn.Hardsigmoid)
ACTIVATIONS.add("silu", nn.SiLU)
ACTIVATIONS.add("sigmoid", nn.Sigmoid)


def activation(name: str) -> nn.Module:
    """A new activation module. Raises `UnknownName`."""
    return ACTIVATIONS[name]()


class FunctionalGlobalPool(nn.Module):
    """The average over height and width, called as a function: module hooks do not see it."""

    def forward(self, x: Tensor) -> Tensor:
        return functional.adaptive_avg_pool2d(x, 1)


class Add(nn.Module):
    """The sum of two maps of the same shape."""

    def forward(self, x: Tensor, y: Tensor) -> Tensor:
        return x + y


class Scale(nn.Module):
    """A map times one value a channel."""

    def forward(self, x: Tensor, gate: Tensor) -> Tensor:
        return x * gate


class Split(nn.Module):
    """The channels of a map in equal parts."""

    def __init__(self, parts: int) -> None:
        super().__init__()
        self.parts = parts

    def forward(self, x: Tensor) -> tuple[Tensor, ...]:
        return x.chunk(self.parts, dim=1)


class Join(nn.Module):
    """Maps side by side in the channels."""

    def forward(self, *maps: Tensor) -> Tensor:
        return torch.cat(maps, dim=1)


class ResidualBlock(nn.Sequential):
    """The body's modules by their own names, `shortcut` where there is one, and `add`."""

    def __init__(self, parts: OrderedDict[str, nn.Module]) -> None:
        super().__init__(parts)
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:
        body = dict(self.named_children())
        add, shortcut = body.pop("add"), body.pop("shortcut", None)
        y = _in_turn(body.values(), x)
        return cast(Tensor, add(x if shortcut is None else shortcut(x), y))


class GatedBlock(nn.Sequential):
    """The modules that make the gate by their own names, then `scale`."""

    def __init__(self, body: OrderedDict[str, nn.Module]) -> None:
        super().__init__(body)
        self.scale = Scale()

    def forward(self, x: Tensor) -> Tensor:
        *body, scale = self.children()
        return cast(Tensor, scale(x, _in_turn(body, x)))


class Branches(nn.Sequential):
    """The branches by their own names, then `concat`; `split` first where each takes a part."""

    def __init__(self, branches: OrderedDict[str, nn.Module], *, split: bool) -> None:
        super().__init__(branches)
        self._names = tuple(branches)
        if split:
            self.split = Split(len(branches))
        self.concat = Join()

    def forward(self, x: Tensor) -> Tensor:
        branches = [self.get_submodule(name) for name in self._names]
        parts = self.split(x) if hasattr(self, "split") else [x] * len(branches)
        outputs = [branch(part) for branch, part in zip(branches, parts, strict=True)]
        return cast(Tensor, self.concat(*outputs))


def _in_turn(modules: Iterable[nn.Module], x: Tensor) -> Tensor:
    for module in modules:
        x = module(x)
    return x
