"""Parts that networks of several families are made of."""

from __future__ import annotations

from mobilecalc.core.blocks import Chain, Gate, Op
from mobilecalc.core.ops import (
    Activation,
    AdaptivePool,
    Conv,
    Depthwise,
    Flatten,
    GlobalPool,
    Linear,
    Norm,
)
from mobilecalc.core.shape import Dimension


def exceeds(alpha: float, bound: float) -> bool:
    """Whether it is at least the bound; a symbol stands for at most 1, and is below any."""
    return isinstance(alpha, int | float) and alpha >= bound


def unit(conv: Conv | Depthwise, act: str = "relu") -> Chain:
    """A convolution, its batch normalisation, and an activation unless that is ""."""
    steps: tuple[tuple[str, Op], ...] = (("conv", conv), ("norm", _NORM))
    return Chain((*steps, ("act", Activation(act))) if act else steps)


_NORM = Norm()


def squeeze_excite(channels: Dimension, squeezed: Dimension, act: str, gate: str) -> Gate:
    """The average of each channel, through two 1x1 convolutions, as its factor.

    Source: section 3 of arXiv:1709.01507.
    """
    return Gate(
        Chain.of(
            pool=GlobalPool(),
            reduce=Conv(squeezed, kernel=1, bias=True),
            act=Activation(act),
            expand=Conv(channels, kernel=1, bias=True),
            gate=Activation(gate),
        )
    )


def classifier(classes: int, *, module: bool = True) -> dict[str, Op]:
    """The average over the map, and a linear layer; `module` as of `GlobalPool`."""
    return {
        "pool": GlobalPool(module=module),
        "flatten": Flatten(),
        "classifier": Linear(classes),
    }


def linear_layers(side: int, hidden: Dimension, classes: int) -> dict[str, Op]:
    """A map of side x side, two hidden layers and the classifier, as AlexNet and VGG end."""
    return {
        "pool": AdaptivePool("avg", (side, side)),
        "flatten": Flatten(),
        "hidden1": Chain.of(linear=Linear(hidden), act=Activation("relu")),
        "hidden2": Chain.of(linear=Linear(hidden), act=Activation("relu")),
        "classifier": Linear(classes),
    }
