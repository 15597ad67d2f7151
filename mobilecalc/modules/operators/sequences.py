"""Embeddings and recurrent layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.cost.products import GATES
from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Embedding, Recurrent
from mobilecalc.modules.operators.reading import Seen, Weights, reads

if TYPE_CHECKING:
    from torch import Tensor


@reads("embedding")
def embedding(table: Tensor, indices: Tensor, *options: Any) -> Seen:
    """The table is (rows, features)."""
    if indices.is_floating_point():
        kind = str(indices.dtype).removeprefix("torch.")
        raise BadShape(
            f"An embedding takes whole numbers, and not {kind}.",
            fix="Say the type of the input: --input 1x128:int64",
        )
    rows, features = table.shape
    result = table.new_empty(*indices.shape, features)
    return Seen(Embedding(rows, features), (indices,), ((table, "weights"),), result=result)


@reads("embedding_bag", "_embedding_bag", "_embedding_bag_forward_only")
def embedding_bag(table: Tensor, indices: Tensor, *options: Any) -> Seen:
    """As `embedding`; the bags' sums are few beside what follows."""
    return embedding(table, indices)._replace(result=NotImplemented)


@reads("lstm")
def lstm(x: Tensor, *args: Any) -> Seen:
    """(input, states, weights, biases?, layers, dropout, train, bidirectional, batch first)."""
    return _recurrent("lstm", x, args)


@reads("gru")
def gru(x: Tensor, *args: Any) -> Seen:
    """As `lstm`, with one state."""
    return _recurrent("gru", x, args)


@reads("rnn_tanh", "rnn_relu")
def rnn(x: Tensor, *args: Any) -> Seen:
    """As `lstm`, with one state."""
    return _recurrent("rnn", x, args)


def _recurrent(name: str, x: Tensor, args: Any) -> Seen:
    packed = hasattr(args[0], "shape") and hasattr(args[1], "shape")
    if packed or (name == "lstm" and hasattr(args[0], "shape")):
        args = args[1:]  # a packed sequence: its batch sizes come second
    states, weights, has_biases, layers, _, _, bidirectional = args[:7]
    hidden_states = states if name == "lstm" else [states]
    hidden = weights[0].shape[0] // GATES[name]
    state = hidden_states[0].shape[-1]
    directions = 2 if bidirectional else 1
    projection = state if state != hidden else 0
    op = Recurrent(name, hidden, layers, directions, has_biases, projection)
    charged: Weights = tuple((w, "weights" if w.dim() == 2 else "biases") for w in weights)
    outputs = x.new_empty(*x.shape[:-1], state * directions)
    result = (outputs, *(s.clone() for s in hidden_states))
    return Seen(op, (x,), charged, result=result)
