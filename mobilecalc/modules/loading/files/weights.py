"""A saved state dict (.pt, .pth): parameters only, as it holds no operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import Unused
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.shape import Shape
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.files.archive import Archive
from mobilecalc.modules.loading.files.file import saved

_NOTE = (
    "A file of weights has no operations: only the number of its values is known, and buffers are"
    " among them. For MACs, name the code: net.py:make_net"
)
_ZIP = b"PK\x03\x04"
_OLDER = b"\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."
"""How a file begins that torch.save writes, today and before version 1.6: a pickled number."""

_LARGEST_OLDER = 2**30
_DEEPEST = 100
"""Mappings inside of mappings."""


@saved("Name the code that makes the model instead: net.py:make_net")
def find(path: Path) -> Definition:
    """The tensors of the file. Raises `BadOption` for a pickle that holds code."""
    import pickle

    import torch

    mapped = _is_archive(path)  # what is mapped into memory is not read
    try:
        saved = torch.load(path, map_location="meta", weights_only=True, mmap=mapped)
    except pickle.UnpicklingError as error:
        raise BadOption(
            f"{path} cannot be read.",
            why="It is damaged, or it holds objects other than tensors, and reading those can run"
            " code. Only tensors are read (torch.load with weights_only=True).",
            fix="Name the code that makes the model instead: net.py:make_net",
        ) from error
    counts = {name: tensor.numel() for name, tensor in _tensors(saved).items()}
    if not counts:
        raise BadOption(
            f"{path} holds no tensors.", fix="Name the code that makes the model: net.py:make_net"
        )

    def profile(name: str, inputs: Inputs, train: bool, device: str) -> Profile:
        if train or inputs != Inputs():
            raise BadOption(
                f"{name} holds weights only: it takes no input and has no training step.",
                fix="Name the code that makes the model: net.py:make_net",
            )
        rows = tuple(
            Row(key, Unused(), Shape(), Shape(), Counts(other_parameters=count))
            for key, count in counts.items()
        )
        return Profile(name, Shape(), rows, origin=name, notes=(f"{name}: {_NOTE}.",))

    return Definition(None, Inputs, profile)


def _is_archive(path: Path) -> bool:
    """Whether it is of torch's zip format; else of the older one.

    Raises `ValueError` for anything else, which torch would try to read all the same: a tar
    archive by an unpickler that runs code (before torch 2.6), compressed members at any size.
    """
    from tarfile import is_tarfile

    with path.open("rb") as file:
        start = file.read(32)
    if start.startswith(_ZIP):
        Archive(path).close()
        return True
    if _OLDER not in start or is_tarfile(path):
        raise ValueError("it is not a file that torch.save wrote")
    if path.stat().st_size > _LARGEST_OLDER:
        raise ValueError(f"a file of this older format is read whole, up to {_LARGEST_OLDER} bytes")
    return False


def _tensors(saved: Any) -> dict[str, Any]:
    """The tensors of nested mappings, by their dotted names; a mapping is read once."""
    from torch import Tensor

    found: dict[str, Any] = {}
    seen: set[int] = set()
    left = [("", saved, 0)]
    while left:
        path, value, depth = left.pop()
        if isinstance(value, Tensor):
            found[path] = value
        elif isinstance(value, dict) and id(value) not in seen:
            if depth > _DEEPEST:
                raise ValueError(f"its mappings are nested more than {_DEEPEST} deep")
            seen.add(id(value))
            inside = [(f"{path}.{k}" if path else str(k), v, depth + 1) for k, v in value.items()]
            left += reversed(inside)
    return found
