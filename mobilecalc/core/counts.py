"""The facts: what one operation does, before any convention adds things up."""

# No `from __future__ import annotations` here: the annotations carry the symbols and meanings.

from collections.abc import Iterable
from typing import Annotated, NamedTuple


class Fact(NamedTuple):
    """One field of `Counts`: the letter formulas use, what it counts, and the field's name."""

    symbol: str
    meaning: str
    name: str = ""


class Counts(NamedTuple):
    """What an operation, a layer or a network does to one sample. Addable.

    Every field is a number of operations, elements or parameters; none depends on a
    convention. `FACTS` lists them with their symbols and meanings.
    """

    macs: Annotated[int, Fact("M", "multiply-accumulates of convolutions and matrix products")] = 0
    bias_adds: Annotated[int, Fact("b", "additions of a bias, one an output element")] = 0
    norm_elements: Annotated[int, Fact("N", "elements that a normalisation normalises")] = 0
    activation_elements: Annotated[int, Fact("R", "elements an activation is applied to")] = 0
    pool_inputs: Annotated[int, Fact("Pi", "elements that average pooling reads")] = 0
    pool_outputs: Annotated[int, Fact("Po", "elements that average pooling writes")] = 0
    module_pool_elements: Annotated[
        int, Fact("Q", "those of Pi and Po where the pooling is an nn.Module")
    ] = 0
    residual_adds: Annotated[int, Fact("A", "additions of a residual connection")] = 0
    weights: Annotated[int, Fact("w", "weights of convolutions and linear layers")] = 0
    biases: Annotated[int, Fact("c", "biases of convolutions and linear layers")] = 0
    norm_parameters: Annotated[int, Fact("W", "scales and shifts of normalisation")] = 0
    norm_buffers: Annotated[int, Fact("V", "running means and variances of normalisation")] = 0

    @property
    def parameters(self) -> int:
        """What an optimiser trains: weights, biases, gamma and beta."""
        return self.weights + self.biases + self.norm_parameters

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        return total((self, other))

    def __repr__(self) -> str:
        shown = (f"{name}={value}" for name, value in self._asdict().items() if value != 0)
        return f"Counts({', '.join(shown)})"


FACTS: tuple[Fact, ...] = tuple(
    annotation.__metadata__[0]._replace(name=name)
    for name, annotation in Counts.__annotations__.items()
)

SYMBOLS: dict[str, str] = {fact.name: fact.symbol for fact in FACTS}


def total(counts: Iterable[Counts]) -> Counts:
    """The sum, fact by fact."""
    parts = list(counts)
    return Counts(*map(sum, zip(*parts, strict=True))) if parts else Counts()
