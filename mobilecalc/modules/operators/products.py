"""Linear layers, products of matrices and attention, in each form that torch dispatches to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadShape
from mobilecalc.core.ops import Activation, Add, Attention, Elementwise, Linear, Norm, Product
from mobilecalc.modules.operators.reading import Seen, reads, same_type, unbatched

if TYPE_CHECKING:
    from torch import Tensor


@reads("linear")
def linear(x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Seen:
    """The weight is (output features, input features)."""
    _meet(x.shape[-1], weight.shape[-1], x, weight)
    features = weight.shape[0] if weight.dim() == 2 else 1
    return Seen(
        Linear(features, bias is not None),
        (x,),
        ((weight, "weights"), (bias, "biases")),
        result=None if weight.dim() == 2 else x.new_empty(x.shape[:-1]),
    )


@reads("mm", "bmm", "matmul")
def product(a: Tensor, b: Tensor) -> Seen | None:
    """Two matrices, or stacks of them; vectors are left to `matmul`'s own decomposition."""
    if a.dim() < 2 or b.dim() < 2:
        return None
    _meet(a.shape[-1], b.shape[-2], a, b)
    sizes = (*_broadcast(a.shape[:-2], b.shape[:-2]), *a.shape[-2:])
    return Seen(Product(b.shape[-1]), (a, b), ((a, "weights"), (b, "weights")), sizes=sizes)


@reads("addmm", "baddbmm")
def biased_product(bias: Tensor, a: Tensor, b: Tensor, beta: Any = 1, alpha: Any = 1) -> Seen:
    """Bias + a b: a linear layer below autograd, where b is its transposed weight."""
    seen = product(a, b)
    assert seen is not None
    return seen._replace(operands=(*seen.operands, bias), weights=(*seen.weights, (bias, "biases")))


@reads("addbmm")
def summed_product(bias: Tensor, a: Tensor, b: Tensor, **scales: Any) -> Seen | None:
    """Bias + the sum of the products of two stacks of matrices."""
    seen = product(a, b)
    return seen and seen._replace(result=bias.new_empty(a.shape[1], b.shape[2]))


@reads("_int_mm")
def integer_product(a: Tensor, b: Tensor) -> Seen | None:
    """Of 8-bit integers; the sums have 32."""
    seen = product(a, b)
    return seen and seen._replace(result=NotImplemented)


@reads("addr")
def outer_product(added: Tensor, a: Tensor, b: Tensor, **scales: Any) -> tuple[Seen, ...]:
    """A matrix + the outer product of two vectors, which torch computes as `a[:, None] * b`."""
    sizes = (a.shape[0], b.shape[0])
    return (
        Seen(Elementwise("mul", unbatched(sizes)), (a, b), sizes=sizes),
        Seen(Elementwise("add", unbatched(sizes)), (added, a, b), sizes=sizes),
    )


@reads("_grouped_mm", "grouped_mm")
def grouped_product(
    a: Tensor, b: Tensor, ends: Tensor | None = None, *more: Any, **options: Any
) -> Seen:
    """Rows of a, each times the matrix of its own group: a mixture's experts, in one call."""
    _meet(a.shape[-1], b.shape[-2], a, b)
    if (a.dim(), b.dim()) == (2, 3):
        return Seen(Linear(b.shape[-1], bias=False), (a,), ((b, "weights"),))
    sizes = a.shape[1:] if (a.dim(), b.dim()) == (3, 2) else a.shape
    seen = Seen(Product(b.shape[-1]), (a, b), ((a, "weights"), (b, "weights")), sizes=sizes)
    return seen._replace(result=NotImplemented)


@reads("mv", "dot", "vdot")
def vector_product(a: Tensor, b: Tensor) -> Seen:
    """Matrix or vector times vector: one column."""
    _meet(a.shape[-1], b.shape[0], a, b)
    return Seen(Product(1), (a, b), result=a.new_empty(a.shape[:-1]))


@reads("addmv")
def biased_vector_product(bias: Tensor, a: Tensor, b: Tensor, **scales: Any) -> Seen:
    """Bias + a b for a vector b."""
    return vector_product(a, b)


@reads("scaled_dot_product_attention")
def attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    attn_mask: Tensor | None = None,
    *more: Any,
    enable_gqa: bool = False,
    **options: Any,
) -> Seen | None:
    """(..., heads, L, E) queries, (..., heads, S, E) keys, (..., heads, S, V) values.

    Everything before the last two axes is broadcast. If the values or the mask have more of it
    than the scores, the two products differ in size: it is decomposed.
    """
    _meet(query.shape[-1], key.shape[-1], query, key)
    stacks = [tuple(t.shape[:-2]) for t in (key, value)]
    if enable_gqa:  # a head of theirs serves several of the queries'
        stacks = [(*stack[:-1], query.shape[-3]) for stack in stacks]
    scores = _broadcast(tuple(query.shape[:-2]), stacks[0])
    mask = () if attn_mask is None else tuple(attn_mask.shape[:-2])
    if _broadcast(_broadcast(scores, stacks[1]), mask) != scores:
        return None
    op = Attention(key.shape[-2], value.shape[-1])
    return Seen(op, (query, key, value), sizes=(*scores, *query.shape[-2:]))


@reads(
    "_scaled_dot_product_flash_attention",
    "_scaled_dot_product_flash_attention_for_cpu",
    "_scaled_dot_product_efficient_attention",
    "_scaled_dot_product_cudnn_attention",
    "_scaled_dot_product_fused_attention_overrideable",
)
def fused_attention(query: Tensor, key: Tensor, value: Tensor, *more: Any, **options: Any) -> Seen:
    """The kernels behind it; they return more than the output."""
    grouped = query.dim() > 2 and query.shape[-3] != key.shape[-3]
    seen = attention(query, key, value, enable_gqa=grouped)
    assert seen is not None
    return seen._replace(result=NotImplemented)


@reads("_native_multi_head_attention")
def multi_head_attention(
    query: Tensor,
    key: Tensor,
    value: Tensor,
    embed_dim: int,
    heads: int,
    qkv_weight: Tensor,
    qkv_bias: Tensor,
    out_weight: Tensor,
    out_bias: Tensor,
    *more: Any,
    **options: Any,
) -> tuple[Seen, ...]:
    """The fused path of nn.MultiheadAttention: three projections, attention, a projection."""
    return _attention_block(query, heads, (qkv_weight, qkv_bias), (out_weight, out_bias))


@reads("_transformer_encoder_layer_fwd")
def encoder_layer(
    x: Tensor,
    embed_dim: int,
    heads: int,
    qkv_weight: Tensor,
    qkv_bias: Tensor,
    out_weight: Tensor,
    out_bias: Tensor,
    use_gelu: bool,
    norm_first: bool,
    eps: float,
    norm_weight_1: Tensor,
    norm_bias_1: Tensor,
    norm_weight_2: Tensor,
    norm_bias_2: Tensor,
    up_weight: Tensor,
    up_bias: Tensor,
    down_weight: Tensor,
    down_bias: Tensor,
    *more: Any,
    **options: Any,
) -> tuple[Seen, ...]:
    """The fused path of nn.TransformerEncoderLayer."""
    wide = (*x.shape[:-1], up_weight.shape[0])
    down = ((down_weight, "weights"), (down_bias, "biases"))
    return (
        *_attention_block(x, heads, (qkv_weight, qkv_bias), (out_weight, out_bias)),
        Seen(Add(), (x, x)),
        _layer_norm(x, norm_weight_1, norm_bias_1),
        linear(x, up_weight, up_bias),
        Seen(Activation("gelu" if use_gelu else "relu"), (x,), sizes=wide),
        Seen(Linear(down_weight.shape[0]), (x,), down, sizes=wide),  # type: ignore[arg-type]
        Seen(Add(), (x, x)),
        _layer_norm(x, norm_weight_2, norm_bias_2)._replace(result=NotImplemented),
    )


def _attention_block(
    x: Tensor, heads: int, qkv: tuple[Tensor, Tensor], out: tuple[Tensor, Tensor]
) -> tuple[Seen, ...]:
    """Self-attention of (batch, tokens, features)."""
    batch, tokens, features = x.shape
    width = features // heads
    return (
        linear(x, *qkv),
        Seen(Attention(tokens, width), (x, x, x), sizes=(batch, heads, tokens, width)),
        linear(x, *out)._replace(result=NotImplemented),
    )


def _layer_norm(x: Tensor, weight: Tensor, bias: Tensor) -> Seen:
    return Seen(Norm("layer"), (x,), ((weight, "norm_parameters"), (bias, "norm_parameters")))


def _broadcast(a: Any, b: Any) -> tuple[int, ...]:
    """The stack that two stacks of matrices are broadcast to."""
    if a == b:
        return tuple(a)
    import torch

    return tuple(torch.broadcast_shapes(a, b))  # type: ignore[no-untyped-call]


def _meet(inputs: int, expected: int, a: Tensor, b: Tensor) -> None:
    """Raises `BadShape` where two factors do not fit."""
    same_type(a, b)
    if inputs != expected:
        raise BadShape(
            f"A product of {tuple(a.shape)} and {tuple(b.shape)} is not possible.",
            why=f"The one has {inputs} columns, the other {expected} rows (or features).",
        )
