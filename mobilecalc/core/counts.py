"""The facts: what one operation does, before any convention adds things up."""

# No `from __future__ import annotations` here: the annotations carry the symbols and meanings.

from collections.abc import Iterable
from typing import Annotated, NamedTuple


class Fact(NamedTuple):
    """One field of `Counts`: the letter formulas use, what it counts, and the field's name.

    `once` says that a network has it once, however many samples it is run on.
    """

    symbol: str
    meaning: str
    once: bool = False
    name: str = ""


class Counts(NamedTuple):
    """What an operation, a layer or a network does to one sample. Addable.

    Every field is a number of operations, elements or parameters; none depends on a
    convention. `FACTS` lists them with their symbols and meanings.
    """

    macs: Annotated[int, Fact("M", "multiply-accumulates of convolutions and matrix products")] = 0
    product_macs: Annotated[int, Fact("Mp", "those of M in products of two computed matrices")] = 0
    attention_macs: Annotated[int, Fact("Ma", "those of M in scaled dot-product attention")] = 0
    recurrent_macs: Annotated[int, Fact("Mr", "those of M in LSTM, GRU and RNN layers")] = 0
    bias_adds: Annotated[int, Fact("b", "additions of a bias, one an output element")] = 0
    conv_bias_adds: Annotated[int, Fact("bc", "those of b that convolutions make")] = 0
    norm_elements: Annotated[
        int, Fact("N", "elements that batch normalisation normalises, by running statistics")
    ] = 0
    sample_norm_elements: Annotated[
        int, Fact("L", "elements normalised by their own statistics: layer, group, instance, RMS")
    ] = 0
    activation_elements: Annotated[int, Fact("R", "elements an activation is applied to")] = 0
    softmax_elements: Annotated[int, Fact("S", "elements that a softmax is taken of")] = 0
    pool_inputs: Annotated[int, Fact("Pi", "elements that adaptive average pooling reads")] = 0
    pool_outputs: Annotated[int, Fact("Po", "elements that adaptive average pooling writes")] = 0
    module_pool_elements: Annotated[
        int, Fact("Q", "those of Pi and Po where the pooling is an nn.Module")
    ] = 0
    window_pool_inputs: Annotated[
        int, Fact("Pw", "elements that any other pooling reads, window by window or at once")
    ] = 0
    average_window_outputs: Annotated[
        int, Fact("Pa", "elements that average pooling writes, window by window")
    ] = 0
    upsample_reads: Annotated[
        int, Fact("U", "elements that up-sampling reads: 1 an output for nearest, 4 for bilinear")
    ] = 0
    residual_adds: Annotated[
        int, Fact("A", "additions of two maps of one shape, as of a residual connection")
    ] = 0
    elementwise: Annotated[int, Fact("E", "results of other element-wise arithmetic")] = 0
    element_products: Annotated[
        int, Fact("Em", "those of E that are products, as of a gate and its map")
    ] = 0
    reduced_elements: Annotated[
        int, Fact("D", "elements that a sum, a mean or a maximum goes over")
    ] = 0
    fourier_points: Annotated[
        int, Fact("T", "values times log2 of the length (rounded up), of Fourier transforms")
    ] = 0
    input_gradient_macs: Annotated[
        int, Fact("Gi", "multiply-accumulates of the gradients of inputs, in training")
    ] = 0
    weight_gradient_macs: Annotated[
        int, Fact("Gw", "multiply-accumulates of the gradients of weights, in training")
    ] = 0
    weights: Annotated[
        int,
        Fact("w", "weights of convolutions, linear and recurrent layers and embeddings", once=True),
    ] = 0
    biases: Annotated[
        int, Fact("c", "biases of convolutions, linear and recurrent layers", once=True)
    ] = 0
    norm_parameters: Annotated[int, Fact("W", "scales and shifts of normalisation", once=True)] = 0
    norm_buffers: Annotated[
        int, Fact("V", "running means and variances of normalisation", once=True)
    ] = 0
    other_parameters: Annotated[
        int, Fact("o", "other parameters: tokens, positions, scales, and those not used", once=True)
    ] = 0

    @property
    def parameters(self) -> int:
        """What a module's parameters() hold: weights, biases, gamma and beta, and others."""
        return self.weights + self.biases + self.norm_parameters + self.other_parameters

    @property
    def training_macs(self) -> int:
        """Multiply-accumulates forward and backward; forward alone where no gradient was asked."""
        return self.macs + self.input_gradient_macs + self.weight_gradient_macs

    def times(self, samples: int) -> "Counts":
        """The facts of as many samples: what a network has once stays as it is."""
        pairs = zip(self, FACTS, strict=True)
        return Counts(*(value if fact.once else value * samples for value, fact in pairs))

    def __add__(self, other: "Counts") -> "Counts":  # type: ignore[override]
        return total((self, other))

    def __repr__(self) -> str:
        shown = (f"{name}={value}" for name, value in self._asdict().items() if value != 0)
        return f"Counts({', '.join(shown)})"


FACTS: tuple[Fact, ...] = tuple(
    annotation.__metadata__[0]._replace(name=name)
    for name, annotation in Counts.__annotations__.items()
)

PARAMETER_FACTS: tuple[str, ...] = tuple(fact.name for fact in FACTS if fact.once)
"""The names of those that a network has once: its parameters and buffers."""

SYMBOLS: dict[str, str] = {fact.name: fact.symbol for fact in FACTS}


def total(counts: Iterable[Counts]) -> Counts:
    """The sum, fact by fact."""
    parts = list(counts)
    return Counts(*map(sum, zip(*parts, strict=True))) if parts else Counts()
