"""What a source gives for a model's name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from torch import nn

    from mobilecalc.core.blocks import Chain
    from mobilecalc.core.profile import Profile
    from mobilecalc.modules.inputs import Inputs


class Found(NamedTuple):
    """A module without weights, and the inputs that its source says it takes.

    `profile` takes the place of a trace where there is no module: (name, inputs, train, device).
    `body` is a description that a user's file holds, in place of a module.
    """

    module: nn.Module | None
    inputs: Callable[[], Inputs]
    profile: Callable[[str, Inputs, bool, str], Profile] | None = None
    body: Chain | None = None
