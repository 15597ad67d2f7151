"""The few modules that torch has no ready-made class for. Imports torch: import it lazily."""

from __future__ import annotations

from collections import OrderedDict
from typing import cast

from torch import Tensor, nn
from torch.nn import functional

from mobilecalc.core.registry import Registry

ACTIVATIONS: Registry[type[nn.Module]] = Registry("activation")
ACTIVATIONS.add("relu", nn.ReLU)
ACTIVATIONS.add("relu6", nn.ReLU6)


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


class ResidualBlock(nn.Sequential):
    """The body's modules by their own names, then `add`, the sum with the input."""

    def __init__(self, body: OrderedDict[str, nn.Module]) -> None:
        super().__init__(body)
        self.add = Add()

    def forward(self, x: Tensor) -> Tensor:
        *body, add = self.children()
        y = x
        for module in body:
            y = module(y)
        return cast(Tensor, add(x, y))
