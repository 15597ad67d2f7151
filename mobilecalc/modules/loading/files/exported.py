"""A program that `torch.export` saved (.pt2): its graph, operator by operator.

The archive is read as data. Torch's own reader is not used: it evaluates the text of symbolic
sizes, unpickles constants, generates Python code and calls any function of torch that a node names.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.files.archive import Archive
from mobilecalc.modules.loading.files.file import saved


@saved("Save it again: torch.export.save(torch.export.export(module, inputs), 'net.pt2')")
def find(path: Path) -> Definition:
    """The program, and the inputs that it was exported with. Raises whatever a bad file makes."""
    from mobilecalc.modules.loading.files.exported_graph import Program

    archive = Archive(path)
    try:
        graph = archive.find("models/model.json", "serialized_exported_program.json")
        program = Program(archive.json(graph)["graph_module"], _places(archive))
        example = archive.find("data/sample_inputs/model.pt", "serialized_example_inputs.pt")
        args, kwargs = _tensors(archive.bytes(example)) or ((), {})
    finally:
        archive.close()
    return Definition(program, lambda: Inputs(tuple(args), dict(kwargs)).on("meta"))


def _places(archive: Archive) -> dict[str, Any]:
    """Where each weight is stored: those at one place are one weight. Older files do not say it."""
    name = "data/weights/model_weights_config.json"
    if not archive.has(name):
        return {}
    config = archive.json(archive.find(name))["config"]
    return {path: (item["path_name"], item["tensor_meta"]) for path, item in config.items()}


def _tensors(content: bytes) -> Any:
    """What torch.save wrote, if it holds tensors only."""
    import torch

    if not content:
        return None
    Archive(BytesIO(content)).close()
    return torch.load(BytesIO(content), weights_only=True)
