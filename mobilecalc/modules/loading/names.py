"""Which names say where a model comes from. Imports nothing heavy."""

from __future__ import annotations

from pathlib import PurePath
from typing import Literal, TypeAlias

LIBRARIES = ("torchvision", "timm", "transformers")
"""Prefixes of the libraries of models."""

FILES = (".pt2", ".onnx", ".pt", ".pth")
"""Extensions of saved programs and of saved weights."""

Origin: TypeAlias = Literal["library", "file", "code", "word"]


def extension(name: object) -> str:
    """The extension of a file's name, in lower case: NET.ONNX is an ONNX file too."""
    return PurePath(str(name)).suffix.lower()


def is_python_call(text: str) -> bool:
    """Whether it names what is in a Python file: net.py:make_net."""
    return ".py:" in text.lower()


def origin(name: str) -> Origin:
    """Where a model of that name comes from: a library, a saved file, a user's code, or the zoo."""
    if name.partition(":")[0] in LIBRARIES and ":" in name:
        return "library"
    if extension(name) in FILES:
        return "file"
    return "code" if ":" in name else "word"


def is_loadable(name: str) -> bool:
    """Whether a name says where a model comes from; else it is a word of the zoo."""
    return origin(name) != "word"


def runs_code(name: str) -> bool:
    """Whether a document may name it only with permission.

    That is a user's code, and what torch's own operators and unpickler read. A library builds
    from its own code, and an ONNX graph is data.
    """
    return origin(name) in ("code", "file") and extension(name) != ".onnx"


def is_half_a_name(name: str) -> bool:
    """Whether it is a Python file, or dotted, and says nothing of what is in it."""
    return not is_loadable(name) and "." in name
