"""An ONNX file: its graph's nodes as the same operations, with the sizes that ONNX infers.

The data of its weights is never read, neither in the file nor beside it.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.core.profile import Profile, Row
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.files.file import damage, saved
from mobilecalc.modules.loading.files.onnx import skim
from mobilecalc.modules.loading.files.onnx.control import CONTROL
from mobilecalc.modules.loading.files.onnx.inputs import bound_inputs, declared_types, usual_inputs
from mobilecalc.modules.loading.files.onnx.scope import WRONG, Scope, domain_of, invalid
from mobilecalc.modules.loading.files.onnx.walk import Walk


@saved("Save it again: torch.onnx.export(module, inputs, 'net.onnx')")
def find(path: Path) -> Definition:
    """The graph of the file, without its weights. Raises `BadOption`, `MissingPackage`."""
    try:
        import onnx
    except ImportError as error:
        raise MissingPackage(["onnx"], f"Reading {path}", error) from error
    try:
        model = skim.model(path)
        opsets = _opsets(model, onnx.defs.onnx_opset_version())
    except Exception as error:  # protobuf's own, and what the file system raises
        raise BadOption(
            f"{path} is not an ONNX file that can be read.",
            why=damage(error),
            fix="Save one: torch.onnx.export(module, inputs, 'net.onnx')",
        ) from error

    def profile(name: str, inputs: Inputs, train: bool, device: str) -> Profile:
        if train:
            raise BadOption(
                f"{name} holds a forward pass alone.",
                fix="For a training step name the code: net.py:make_net",
            )
        with _valid():
            return _profile(model, opsets, name, inputs)

    def inputs() -> Inputs:
        with _valid():
            return usual_inputs(model.graph)

    return Definition(None, inputs, profile)


@contextmanager
def _valid() -> Iterator[None]:
    """Raises `BadOption` for a graph that is not as ONNX defines it."""
    try:
        yield
    except WRONG as error:
        raise invalid("in its inputs, outputs or stored tensors", error) from error


def _opsets(model: Any, newest: int) -> dict[str, int]:
    """The version of each domain. Raises `Damaged` if there is no graph, or a newer version."""
    if not model.HasField("graph"):
        raise skim.Damaged("it holds no graph")
    opsets = {domain_of(entry.domain): entry.version for entry in model.opset_import}
    if not opsets and model.ir_version >= 3:
        raise skim.Damaged("it does not say which version of ONNX's operators it uses")
    if opsets.setdefault("", 1) > newest:
        raise skim.Damaged(
            f"it uses version {opsets['']} of ONNX's operators, and the installed onnx knows"
            f" {newest}: pip install -U onnx"
        )
    return opsets


def _profile(model: Any, opsets: dict[str, int], name: str, inputs: Inputs) -> Profile:
    bound = bound_inputs(model.graph, inputs)
    declared = declared_types(model.graph, bound.names) if bound.fits else {}
    walk = Walk(model, bound, CONTROL)
    outputs = walk.graph(model.graph, Scope(opsets, ChainMap(), declared=declared))
    counted = walk.counted
    counted.returned(list(zip((o.name for o in model.graph.output), outputs, strict=True)))
    rows = tuple(counted.rows)
    return Profile(
        name,
        inputs.shape,
        rows,
        origin=f"{name}, {inputs}",
        notes=(
            f"{name}: one pass, input {inputs}.",
            *_constants_note(rows),
            *_unused_note(counted.unused_names()),
        ),
        warnings=(
            *bound.opened,
            *_unknown_note(counted.unknown),
            *dict.fromkeys(counted.warnings),
        ),
    )


def _constants_note(rows: Sequence[Row]) -> tuple[str, ...]:
    """What an ONNX file does not tell."""
    if not any(row.counts.other_parameters for row in rows):
        return ()
    return (
        "ONNX does not tell parameters from constants: what is stored and used by arithmetic is"
        " counted as parameters.",
    )


def _unused_note(names: Sequence[str]) -> tuple[str, ...]:
    """Which stored numbers no counted operation uses."""
    if not names:
        return ()
    more = ", ..." if len(names) > 3 else ""
    return (
        "Stored, but not counted as parameters, as no operation uses them:"
        f" {', '.join(name[:40] for name in names[:3])}{more}.",
    )


def _unknown_note(paths: Sequence[str]) -> tuple[str, ...]:
    """That the total is too small, where sizes are missing."""
    unknown = list(dict.fromkeys(paths))
    if not unknown:
        return ()
    return (
        f"The total may be too small: shape inference gives no sizes for {len(unknown)} nodes"
        f" ({', '.join(path[:60] for path in unknown[:3])}, ...), so they are not counted. Export"
        " with fixed sizes and folded constants, or name the code: net.py:make_net.",
    )
