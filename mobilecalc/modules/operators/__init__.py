"""torch's operators (aten), read as the operations of `core.ops`: a file per family."""

from mobilecalc.modules.operators import (  # noqa: F401
    activations,
    convolutions,
    maps,
    norms,
    pooling,
    products,
    sequences,
)
from mobilecalc.modules.operators.reading import READERS, Seen, Weights

__all__ = ["READERS", "Seen", "Weights"]
