"""ONNX's operators, read as the operations of `core.ops`: a file per family."""

from mobilecalc.modules.loading.files.onnx.operators import (  # noqa: F401
    contrib,
    convolutions,
    maps,
    products,
)
from mobilecalc.modules.loading.files.onnx.operators.reading import (
    READERS,
    Meaning,
    Node,
    UnknownSize,
)

__all__ = ["READERS", "Meaning", "Node", "UnknownSize"]
