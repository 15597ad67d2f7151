"""Which names say where a model comes from. Imports nothing heavy."""

from __future__ import annotations

from pathlib import PurePath

FILES = (".pt2", ".onnx", ".pt", ".pth")
"""Endings of saved programs and of saved weights."""


def is_loadable(name: str) -> bool:
    """Whether a name says where a model comes from; else it is a word of the zoo."""
    return ":" in name or PurePath(name).suffix in FILES


def runs_code(name: str) -> bool:
    """Whether to load it is to run code that is no installed package of models."""
    known = ("torchvision", "timm", "transformers")
    return is_loadable(name) and not (
        name.partition(":")[0] in known or PurePath(name).suffix == ".onnx"
    )


def is_half_a_name(name: str) -> bool:
    """Whether it is a Python file, or dotted, and says nothing of what is in it."""
    return not is_loadable(name) and "." in name
