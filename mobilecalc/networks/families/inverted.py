"""Inverted residuals, with the kernels, activations and gates that came after MobileNet V2."""

from __future__ import annotations

from typing import NamedTuple

from mobilecalc.core.blocks import Chain, Op, Residual
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.networks.families.parts import squeeze_excite, unit


class Excite(NamedTuple):
    """A squeeze-and-excite block: its inner channels, activation and gate."""

    channels: int
    act: str
    gate: str


class InvertedResidual(NamedTuple):
    """Widths as they are, none scaled any more; no expansion where `expanded` is `width`.

    Source: section 3.3 of arXiv:1801.04381; section 5.3 of arXiv:1905.02244 for the rest.
    """

    width: int
    expanded: int
    out: int
    kernel: int = 3
    stride: int = 1
    act: str = "relu"
    excite: Excite | None = None

    def described(self) -> Op:
        """The block; the input is added where it has the output's shape."""
        steps: dict[str, Op] = {}
        if self.expanded != self.width:
            steps["expand"] = unit(Conv(self.expanded, kernel=1), self.act)
        steps["depthwise"] = unit(Depthwise(self.kernel, self.stride), self.act)
        if self.excite is not None:
            steps["excite"] = squeeze_excite(self.expanded, *self.excite)
        steps["project"] = unit(Conv(self.out, kernel=1), act="")
        body = Chain.of(**steps)
        return Residual(body) if self.stride == 1 and self.width == self.out else body
