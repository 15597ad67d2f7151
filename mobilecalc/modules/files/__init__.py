"""Saved programs and saved weights, by the ending of their file."""

from __future__ import annotations

from pathlib import Path

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.found import Found


def find(path: Path) -> Found:
    """What the file holds. Raises `BadOption` where it is missing or cannot be read."""
    if not path.is_file():
        raise BadOption(f"There is no file {path}.", mend="Check the path; it is relative to here.")
    match path.suffix:
        case ".pt2":
            from mobilecalc.modules.files.exported import read
        case ".onnx":
            from mobilecalc.modules.files.onnx import read
        case _:
            from mobilecalc.modules.files.weights import read
    return read(path)
