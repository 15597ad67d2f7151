"""What a source gives for a name: a model without weights, before its inputs are chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.modules.inputs import Inputs

if TYPE_CHECKING:
    from torch import nn

    from mobilecalc.core.profile import Profile


class Definition(NamedTuple):
    """A module, and the inputs that it usually takes.

    profile: takes the place of a trace if there is no module: (name, inputs, train, device).
    """

    module: nn.Module | None
    usual_inputs: Callable[[], Inputs] = Inputs
    profile: Callable[[str, Inputs, bool, str], Profile] | None = None
