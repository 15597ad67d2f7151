"""torch's operators (aten), read as the operations of `core.ops`: a file a family."""

from mobilecalc.modules.aten import convolutions, maps, products, sequences  # noqa: F401
from mobilecalc.modules.aten.reading import READERS, Seen, Weights

__all__ = ["READERS", "Seen", "Weights"]
