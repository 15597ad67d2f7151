"""A saved state dict (.pt, .pth): parameters alone, as it says nothing of operations."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mobilecalc.core.counts import Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import Unused
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.shape import Shape
from mobilecalc.modules.found import Found
from mobilecalc.modules.inputs import Inputs

_NOTE = (
    "A file of weights has no operations: only the number of its values is known, and buffers are"
    " among them. For MACs, name the code: net.py:make_net"
)


def read(path: Path) -> Found:
    """The tensors of the file. Raises `BadOption` for a pickle that holds code."""
    import pickle

    import torch

    try:
        saved = torch.load(path, map_location="meta", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError, KeyError) as error:
        raise BadOption(
            f"{path} is not read.",
            why="Reading it would run the code it holds, or it is damaged: only tensors are read"
            " (torch.load with weights_only=True).",
            mend="Name the code that makes the model instead: net.py:make_net",
        ) from error
    tensors = _tensors(saved)
    if not tensors:
        raise BadOption(
            f"{path} holds no tensors.", mend="Name the code that makes the model: net.py:make_net"
        )

    def profile(name: str, inputs: Inputs, train: bool, device: str) -> Profile:
        if train or inputs != Inputs():
            raise BadOption(
                f"{name} holds weights alone: it takes no input and has no training step.",
                mend="Name the code that makes the model: net.py:make_net",
            )
        rows = tuple(
            Row(key, Unused(), Shape(), Shape(), Counts(other_parameters=tensor.numel()))
            for key, tensor in tensors.items()
        )
        return Profile(name, Shape(), rows, origin=name, notes=(f"{name}: {_NOTE}.",))

    return Found(None, Inputs, profile)


def _tensors(saved: Any, prefix: str = "") -> dict[str, Any]:
    """The tensors of nested mappings, by their dotted names."""
    from torch import Tensor

    found: dict[str, Any] = {}
    if isinstance(saved, dict):
        for key, value in saved.items():
            path = f"{prefix}.{key}" if prefix else str(key)
            if isinstance(value, Tensor):
                found[path] = value
            else:
                found |= _tensors(value, path)
    return found
