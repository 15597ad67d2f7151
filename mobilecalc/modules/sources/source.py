"""What a source is: a library of models that a prefix names, as `timm:resnet50`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from mobilecalc.core.profile import Profile
from mobilecalc.core.registry import Registry
from mobilecalc.modules.inputs import Inputs

if TYPE_CHECKING:
    from torch import nn


class Found(NamedTuple):
    """A module without weights, and the inputs that its source says it takes.

    `profile` takes the place of a trace where there is no module: (name, inputs, train, device).
    """

    module: nn.Module | None
    inputs: Callable[[], Inputs]
    profile: Callable[[str, Inputs, bool, str], Profile] | None = None


Source: TypeAlias = Callable[[str, "tuple[Any, ...]", Mapping[str, Any]], Found]
"""Takes a model's name and the arguments given with it."""

SOURCES: Registry[Source] = Registry("source")


def source(prefix: str) -> Callable[[Source], Source]:
    """Register a function as the source of `prefix:...`."""

    def register(function: Source) -> Source:
        return SOURCES.add(prefix, function)

    return register
