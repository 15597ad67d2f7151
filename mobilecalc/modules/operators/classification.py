"""Which operator is counted how: by a reader, as element-wise work, as free, or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from torch import Tag, Tensor
from torch._C import _dispatch_has_kernel_for_dispatch_key
from torch._ops import OpOverload

from mobilecalc.modules.operators.reading import READERS, Reader

How: TypeAlias = Literal["read", "ignore", "move", "elementwise", "reduce", "decompose", "unknown"]


class Plan(NamedTuple):
    """What becomes of an operator's calls: `name` is its name without overload and "_".

    read: by `reader`, or as `otherwise` where the reader declines. ignore: it does nothing.
    move: values change place. elementwise, reduce: one result an element, one of many.
    decompose: into the operators that it is made of. unknown: it is listed as uncounted. writes:
    the arguments that it changes, by position or name.
    """

    how: How
    name: str
    in_place: bool = False
    reader: Reader | None = None
    otherwise: How = "unknown"
    writes: tuple[int | str, ...] = ()

    @property
    def foreign(self) -> bool:
        """Whether it is of another namespace than torch's: then its name has that too."""
        return "::" in self.name


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OWN = ("aten", "prims")
"""The namespaces whose names are known."""

_BOOKKEEPING = ("prim", "profiler")
"""Those of torch that compute nothing: they ask for a tensor's device, or mark a time."""

_NOTHING = _names("""
    alias detach lift lift_fresh lift_fresh_copy device item size stride is_nonzero
    _local_scalar_dense equal is_same_size _assert_async _assert_tensor_metadata sym_size
    sym_stride sym_numel sym_storage_offset requires_grad_ is_floating_point is_complex
    is_pinned _has_compatible_shallow_copy_type result_type can_cast empty_like new_empty
    new_empty_strided zeros_like ones_like full_like new_zeros new_ones new_full rand_like
    randn_like randint_like zero fill zero_ fill_ uniform normal bernoulli random
    exponential resize resize_as set_ promote_types _nested_tensor_size _fw_primal
    _make_dual _unpack_dual _use_cudnn_rnn_flatten_weight
""")

_MOVES = _names("""
    squeeze unsqueeze transpose t as_strided squeeze_copy unsqueeze_copy movedim chunk split
    tensor_split narrow expand_as view_as reshape_as broadcast_to ravel mT numpy_T
    clone copy _to_copy to type_as contiguous reshape flatten unflatten _unsafe_view
    _reshape_alias cat stack hstack vstack dstack column_stack repeat
    repeat_interleave tile roll flip fliplr flipud rot90 pad constant_pad_nd
    reflection_pad1d reflection_pad2d reflection_pad3d replication_pad1d replication_pad2d
    replication_pad3d index index_select gather take take_along_dim masked_select
    masked_scatter scatter index_put _unsafe_index _unsafe_index_put index_copy index_fill
    select_scatter slice_scatter diagonal_scatter pixel_shuffle pixel_unshuffle
    im2col unfold_copy tril triu tril_indices triu_indices meshgrid one_hot
    nonzero where masked_fill _pad_enum block_diag combinations
    expand_copy permute_copy view_copy split_with_sizes_copy unbind_copy slice_copy
    select_copy t_copy transpose_copy view_as_real view_as_complex resolve_conj resolve_neg
    _conj conj real imag split_with_sizes unsafe_split unsafe_chunk unsafe_split_with_sizes
""")

_REDUCTIONS = _names("""
    col2im
    max min mean sum prod var std var_mean std_mean norm linalg_vector_norm logsumexp any
    all argmax argmin median count_nonzero aminmax amax amin nansum nanmean
""")

FLOATING = _names("""
    add sub rsub mul div pow sqrt rsqrt exp log log1p neg abs sin cos erf reciprocal
    clamp clamp_min clamp_max maximum minimum addcmul
""")
"""Arithmetic whose result, of floating-point operands of one type, has that type."""

_ARITHMETIC = FLOATING | _names("""
    exp2 expm1 log2 tan floor ceil round trunc
    sign addcdiv lerp bitwise_and bitwise_or bitwise_xor bitwise_not logical_and
    logical_or logical_not logical_xor eq ne lt le gt ge floor_divide remainder fmod
    atan2 frac sgn native_dropout
""")


def is_known(plan: Plan, operands: Sequence[Tensor], kwargs: Mapping[str, Any]) -> bool:
    """Whether the type of what element-wise arithmetic gives on the meta device is known."""
    x = operands[0]
    if plan.in_place:
        return x.is_meta
    return (
        plan.name in FLOATING
        and x.is_meta
        and x.is_floating_point()
        and all(o.dtype == x.dtype and o.is_meta for o in operands)
        and "out" not in kwargs
    )


_PLANS: dict[OpOverload, Plan] = {}


def plan_for(operator: OpOverload) -> Plan:
    """The plan of an operator; found out once."""
    plan = _PLANS.get(operator)
    if plan is None:
        plan = _PLANS[operator] = _plan(operator)
    return plan


def _plan(operator: OpOverload) -> Plan:
    full = operator._schema.name
    namespace, _, bare = full.partition("::")
    in_place = bare.endswith("_") and not bare.endswith("__")
    name = bare[:-1] if in_place else bare.strip("_") if bare.startswith("__") else bare
    if namespace in _OWN:
        otherwise = _without_reader(operator, name)
    else:  # its name, its tags and the shape of its schema say nothing of what it computes
        name, otherwise = full, _if_unknown(operator)
    if namespace in _BOOKKEEPING:
        otherwise = "ignore"
    writes = tuple(_writes(operator))
    reader = f"{namespace}::{name}" if namespace == "aten" else full
    if reader in READERS:
        return Plan("read", name, in_place, READERS[reader], otherwise, writes)
    return Plan(otherwise, name, in_place, writes=writes)


def _writes(operator: OpOverload) -> Iterator[int | str]:
    for position, argument in enumerate(operator._schema.arguments):
        if argument.alias_info is not None and argument.alias_info.is_write:
            yield argument.name if argument.kwarg_only else position


def _without_reader(operator: OpOverload, name: str) -> How:
    """An operator of torch's own that is made of others is one of them by another name, mostly."""
    if name in _NOTHING:
        return "ignore"
    if name in _MOVES:
        return "move"
    if is_composite(operator):
        return "decompose"
    if operator.is_view:
        return "move"
    if name in _ARITHMETIC or Tag.pointwise in operator.tags:
        return "elementwise"
    if name in _REDUCTIONS or Tag.reduction in operator.tags:
        return "reduce"
    return "unknown"


def _if_unknown(operator: OpOverload) -> How:
    return "decompose" if is_composite(operator) else "unknown"


def is_composite(operator: OpOverload) -> bool:
    """Whether it is defined by the operators that it calls, also for autograd."""
    return bool(_dispatch_has_kernel_for_dispatch_key(operator._name, "CompositeImplicitAutograd"))
