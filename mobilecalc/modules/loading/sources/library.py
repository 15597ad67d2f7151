"""What all libraries of models share: named arguments only, no network, and no output."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeAlias

from mobilecalc.modules.isolation.foreign_code import offline, raised_as
from mobilecalc.modules.isolation.interpreter import silenced
from mobilecalc.modules.loading.call import Call
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.sources.arguments import check_arguments

Find: TypeAlias = Callable[[str, Mapping[str, Any]], Definition]
"""Takes the name of a model in its library, and the arguments that size it."""


def library(find: Find) -> Callable[[str], Definition]:
    """Make of it a function of what the user wrote: `timm:resnet50(num_classes=10)`."""

    @wraps(find)
    def found(name: str) -> Definition:
        prefix, _, rest = name.partition(":")
        call = Call.parse(rest, name)
        check_arguments(f"{prefix}:{call.name}", call.args, call.kwargs)
        with raised_as(f"{name} cannot be constructed"), silenced(), offline():
            return find(call.name, call.kwargs)

    return found
