"""timm's models: `timm:mobilenetv3_large_100`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mobilecalc.core.errors import MissingPackage, UnknownName
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.sources.library import library


@library
def find(name: str, options: Mapping[str, Any]) -> Definition:
    """A model of timm, by its name. Raises `UnknownName`, `MissingPackage`."""
    from mobilecalc.modules.loading.construction import constructed

    try:
        import timm
    except (ImportError, RuntimeError) as error:
        raise MissingPackage(["timm", "torchvision"], f"timm:{name}", error) from error
    if ":" in name or not timm.is_model(name.partition(".")[0]):
        raise UnknownName("timm model", name, timm.list_models())
    module = constructed(lambda: timm.create_model(name, pretrained=False, **options))
    size = getattr(module, "pretrained_cfg", {}).get("input_size") or (3, 224, 224)
    return Definition(module, lambda: Inputs.of((TensorSpec((1, *size)),)))
