"""Where models come from: the one list of sources, and which of them a name means.

Imports nothing heavy: a source is imported when a model of it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from mobilecalc.core.blocks import Chain
    from mobilecalc.modules.loading.definition import Definition


class Source(NamedTuple):
    """The models named `PREFIX:NAME`, or the files with one of these extensions.

    file: the module of `mobilecalc.modules.loading` whose `find` makes a definition of a name.
    runs_code: whether a document may name such a model only with permission. A library builds
    from its own code, and an ONNX graph is data.
    """

    file: str
    prefix: str = ""
    extensions: tuple[str, ...] = ()
    runs_code: bool = True

    def has(self, name: str) -> bool:
        """Whether the name is of this source; without prefix and extensions, any with a colon."""
        prefix, colon, _ = name.partition(":")
        if self.extensions:
            return extension(name) in self.extensions
        return bool(colon) and self.prefix in ("", prefix)

    def find(self, name: str) -> Definition | Chain:
        """What the name stands for. Raises `MobilecalcError`s that say what is wrong."""
        module = import_module(f"mobilecalc.modules.loading.{self.file}")
        find: Callable[[str], Definition | Chain] = module.find
        return find(name)


PYTHON = Source("sources.python")
"""A user's file or module: every other name with a colon."""

SOURCES = (
    Source("sources.torchvision", prefix="torchvision", runs_code=False),
    Source("sources.timm", prefix="timm", runs_code=False),
    Source("sources.transformers", prefix="transformers", runs_code=False),
    Source("files.onnx", extensions=(".onnx",), runs_code=False),
    Source("files.exported", extensions=(".pt2",)),
    Source("files.weights", extensions=(".pt", ".pth")),
    PYTHON,
)
"""In the order in which they are asked whether a name is theirs."""

PREFIXES = tuple(source.prefix for source in SOURCES if source.prefix)
"""Of the libraries of models."""


def source_of(name: str) -> Source | None:
    """The source that a name says; None for a word of the zoo."""
    return next((source for source in SOURCES if source.has(name)), None)


def is_loadable(name: str) -> bool:
    """Whether a name says where a model comes from; else it is a word of the zoo."""
    return source_of(name) is not None


def runs_code(name: str) -> bool:
    """Whether a document may name it only with permission."""
    source = source_of(name)
    return source is not None and source.runs_code


def is_half_a_name(name: str) -> bool:
    """Whether it is a Python file, or dotted, and says nothing of what is in it."""
    return not is_loadable(name) and "." in name


def is_python_call(text: str) -> bool:
    """Whether it names what is in a Python file: net.py:make_net."""
    return ".py:" in text.lower()


def extension(name: object) -> str:
    """The extension of a file's name, in lower case: NET.ONNX is an ONNX file too."""
    return PurePath(str(name)).suffix.lower()
