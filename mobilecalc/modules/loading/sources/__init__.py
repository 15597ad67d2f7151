"""Where models come from: a file a source."""

# ruff: isort: skip_file
from mobilecalc.modules.loading.sources.source import SOURCES, Source

# Each registers itself.
from mobilecalc.modules.loading.sources import torchvision  # noqa: F401
from mobilecalc.modules.loading.sources import timm  # noqa: F401
from mobilecalc.modules.loading.sources import transformers  # noqa: F401

__all__ = ["SOURCES", "Source"]
