"""What a source is: a library of models that a prefix names, as `timm:resnet50`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from mobilecalc.core.registry import Registry
from mobilecalc.modules.loading.found import Found

Source: TypeAlias = Callable[[str, Mapping[str, Any]], Found]
"""Takes the name of a model and the options given with it, which size it."""

SOURCES: Registry[Source] = Registry("source")


def source(prefix: str) -> Callable[[Source], Source]:
    """Register a function as the source of `prefix:...`."""

    def register(function: Source) -> Source:
        return SOURCES.add(prefix, function)

    return register
