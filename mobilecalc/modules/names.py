"""Which names say where a model comes from. Imports nothing heavy."""

from __future__ import annotations

from pathlib import PurePath

FILES = (".pt2", ".onnx", ".pt", ".pth")
"""Endings of saved programs and of saved weights."""


def is_loadable(name: str) -> bool:
    """Whether a name says where a model comes from; else it is a word of the zoo."""
    return ":" in name or PurePath(name).suffix in FILES
