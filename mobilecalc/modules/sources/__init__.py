"""Where models come from: a file a source."""

# ruff: isort: skip_file
from mobilecalc.modules.sources.source import SOURCES, Source

# Each registers itself.
from mobilecalc.modules.sources import torchvision  # noqa: F401
from mobilecalc.modules.sources import timm  # noqa: F401
from mobilecalc.modules.sources import transformers  # noqa: F401

__all__ = ["SOURCES", "Source"]
