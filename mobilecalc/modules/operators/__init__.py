"""torch's operators (aten), read as the operations of `core.ops`: a file a family."""

from mobilecalc.modules.operators import convolutions, maps, products, sequences  # noqa: F401
from mobilecalc.modules.operators.reading import READERS, Seen, Weights

__all__ = ["READERS", "Seen", "Weights"]
