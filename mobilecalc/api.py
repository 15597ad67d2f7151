"""The library's own functions, as `import mobilecalc` offers them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc import networks
from mobilecalc.core.blocks import Chain
from mobilecalc.core.profile import Profile
from mobilecalc.networks import Network

if TYPE_CHECKING:
    from torch import nn


def describe(
    model: str | Chain,
    *,
    alpha: float = 1.0,
    resolution: int | None = None,
    rho: float | None = None,
    classes: int | None = None,
    channels: int = 3,
) -> Network:
    """A network of the zoo, or one's own, at one setting.

    model: a name of the zoo, such as "v1" or "v2-standard", or a description made of
    `mobilecalc.records`, which has its own widths and classes. alpha: width multiplier.
    resolution: pixels a side (where not given, the network's own; of a description 224), or rho,
    a multiple of that. classes: the network's own where not given. channels: of the input.

    Raises `UnknownName` for the model, `BadOption` for a setting and `BadShape` for a description
    that does not fit together, all of them `MobilecalcError`s.
    """
    settings = networks.settings(
        alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels
    )
    if isinstance(model, Chain):
        return networks.own(model, settings)
    return networks.describe(model, settings)


def profile(
    model: str | Chain,
    *,
    alpha: float = 1.0,
    resolution: int | None = None,
    rho: float | None = None,
    classes: int | None = None,
    channels: int = 3,
) -> Profile:
    """Rows and totals of a network of the zoo, or of one's own, by formulas alone: no torch.

    The options and errors are those of `describe`. `profile("v1", alpha=0.5).macs` is the
    number of multiply-accumulates of one sample.
    """
    return describe(
        model,
        alpha=alpha,
        resolution=resolution,
        rho=rho,
        classes=classes,
        channels=channels,
    ).profile()


def trace(
    module: nn.Module, *args: Any, train: bool = False, device: str = "meta", **kwargs: Any
) -> Profile:
    """Rows and totals of one forward pass of any module, called as `module(*args, **kwargs)`.

    Tensors are taken for their shapes and types alone. train: of a training step, forward and
    backward. device: "meta", where nothing is computed, "cpu" or "cuda". The module is left as it
    was.

    Raises `Untraceable` where the forward pass raises, `UnknownName` for the device: both
    `MobilecalcError`s.
    """
    from mobilecalc.modules.inputs import Inputs
    from mobilecalc.modules.tracing.trace import trace as trace_module

    return trace_module(module, Inputs(args, kwargs), train=train, device=device)
