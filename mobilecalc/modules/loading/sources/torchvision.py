"""torchvision's models: `torchvision:resnet50`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import MissingPackage, UnknownName
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.sources.library import library

if TYPE_CHECKING:
    from torch import nn

_FRAMES = 16
"""Of a video clip."""


@library
def find(name: str, options: Mapping[str, Any]) -> Definition:
    """A model of `torchvision.models`, by its name. Raises `UnknownName`, `MissingPackage`."""
    from mobilecalc.modules.loading.construction import constructed

    try:
        from torchvision import models
    except (ImportError, RuntimeError) as error:
        raise MissingPackage(["torchvision"], f"torchvision:{name}", error) from error
    known = models.list_models()
    if name not in known:
        raise UnknownName("torchvision model", name, known)
    weights: dict[str, None] = {"weights": None}
    if name in models.list_models(module=models.detection) or name in models.list_models(
        module=models.segmentation
    ):
        weights["weights_backbone"] = None
    module = constructed(lambda: models.get_model(name, **weights, **options))
    return Definition(module, lambda: _inputs(name, module))


def _inputs(name: str, module: nn.Module) -> Inputs:
    """The size that the module or its released weights were made for; else 3x224x224."""
    from torchvision import models

    if name in models.list_models(module=models.detection):
        image = Inputs.of((TensorSpec((3, 800, 800)),)).args[0]
        return Inputs(([image],))
    enum = models.get_model_weights(name)
    preset = enum.DEFAULT.transforms() if len(enum) else None
    sizes = (getattr(module, "image_size", None), getattr(preset, "crop_size", None))
    size = next((s for s in (*sizes, getattr(preset, "resize_size", None)) if s), 224)
    side = [size] * 2 if isinstance(size, int) else [*size, *size][:2]
    if name in models.list_models(module=models.video):
        return Inputs.of((TensorSpec((1, 3, _FRAMES, *side)),))
    if name in models.list_models(module=models.optical_flow):
        return Inputs.of((TensorSpec((1, 3, 520, 960)),) * 2)
    return Inputs.of((TensorSpec((1, 3, *side)),))
