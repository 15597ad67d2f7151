"""What a traced module is called with: positional and keyword tensors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import prod
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from mobilecalc.core.checks import whole
from mobilecalc.core.errors import BadOption
from mobilecalc.core.shape import Shape

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

_TYPES = ("float32", "float16", "bfloat16", "float64", "int64", "int32", "int8", "uint8", "bool")
_FEW = 16
_EXAMPLE = "For example: --input 1x3x224x224, --input 1x128:int64, --input input_ids=1x128:int64"


class TensorSpec(NamedTuple):
    """A tensor to be made: its sizes, batch included, and its type; `name` of a keyword's."""

    sizes: tuple[int, ...]
    dtype: str = "float32"
    name: str = ""

    @staticmethod
    def parse(text: str) -> TensorSpec:
        """ "1x3x224x224", "1x128:int64", "input_ids=1x128:int64". Raises `BadOption`."""
        name, equals, rest = text.strip().rpartition("=")
        shape, colon, dtype = rest.partition(":")
        if (equals and not name.isidentifier()) or (colon and dtype not in _TYPES):
            raise BadOption(
                f"--input '{text[:60]}' cannot be read.",
                why=f"It is [NAME=]SIZES[:TYPE], and a type is one of {', '.join(_TYPES)}.",
                fix=_EXAMPLE,
            )
        parts = shape.lower().split("x")
        if not all(part.isascii() and part.isdigit() for part in parts):
            raise BadOption(
                f"--input '{text[:60]}' cannot be read.",
                why="Its sizes are whole numbers with an x between them, the batch first.",
                fix=_EXAMPLE,
            )
        sizes = tuple(whole("input", part, "a size of the input", "1x3x224x224") for part in parts)
        return TensorSpec(sizes, dtype or "float32", name)

    def __str__(self) -> str:
        name = f"{self.name} " if self.name else ""
        return f"{name}{'x'.join(map(str, self.sizes))} {self.dtype}"


class Inputs(NamedTuple):
    """The arguments of one call: tensors (or nested tensors), and what made them, in words."""

    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = MappingProxyType({})

    @staticmethod
    def of(specs: tuple[TensorSpec, ...]) -> Inputs:
        """Tensors of zeros without memory: on the meta device.

        Raises `BadOption` where two have one name, and for one that is too large for torch.
        """
        import torch

        def made(spec: TensorSpec) -> Tensor:
            return _empty(spec.sizes, getattr(torch, spec.dtype))

        names = [spec.name for spec in specs if spec.name]
        if twice := next((name for name in names if names.count(name) > 1), None):
            raise BadOption(
                f"--input {twice}=... was given twice.", fix="Leave one of the two out."
            )
        return Inputs(
            tuple(made(spec) for spec in specs if not spec.name),
            {spec.name: made(spec) for spec in specs if spec.name},
        )

    @staticmethod
    def returned(value: Any, place: str) -> Inputs:
        """What a user's function returned: a tensor, a tuple of arguments, or keywords.

        Raises `BadOption` where there is no tensor in it, and for nested tensors.
        """
        match value:
            case (tuple() as args, dict() as kwargs):
                inputs = Inputs(args, kwargs)
            case tuple():
                inputs = Inputs(value)
            case dict():
                inputs = Inputs((), value)
            case _:
                inputs = Inputs((value,))
        try:
            tensors = list(inputs.tensors())
        except RecursionError:
            tensors = []
        if any(tensor.is_nested for tensor in tensors):
            raise BadOption(
                f"--input {place} returns a nested tensor.",
                why="Its samples differ in size, and layers are counted for one size.",
                fix="Return a padded tensor, or one sample: torch.nested.to_padded_tensor(x, 0.0)",
            )
        if not tensors:
            raise BadOption(
                f"--input {place} gives no tensor.",
                why=f"It returned a {type(value).__name__}.",
                fix="Return a tensor, a tuple of arguments, a dict of keywords, or (tuple, dict).",
            )
        return inputs

    def tensors(self) -> Iterator[Tensor]:
        """Every tensor in the arguments."""
        from torch import Tensor
        from torch.utils._pytree import tree_leaves

        return (
            leaf for leaf in tree_leaves((self.args, dict(self.kwargs))) if isinstance(leaf, Tensor)
        )

    def of_type_of(self, module: nn.Module | None) -> Inputs:
        """Numbers in the type of the module's first parameter, as half precision asks for."""
        import torch
        from torch.utils._pytree import tree_map_only

        first = None if module is None else next(module.parameters(), None)
        if first is None or not first.is_floating_point() or first.dtype == torch.float32:
            return self

        def converted(tensor: Tensor) -> Tensor:
            return tensor.to(first.dtype) if tensor.is_floating_point() else tensor

        args, kwargs = tree_map_only(torch.Tensor, converted, (self.args, dict(self.kwargs)))
        return Inputs(args, kwargs)

    def on(self, device: str) -> Inputs:
        """New tensors on a device; those without values become zeros.

        On meta, a few whole numbers with values keep them: sizes and lengths, that code asks for.
        """
        import torch
        from torch.utils._pytree import tree_map_only

        def moved(tensor: Tensor) -> Tensor:
            if device == "meta" and not tensor.is_floating_point() and tensor.numel() <= _FEW:
                return tensor.detach().clone()
            if tensor.is_meta and device != "meta":
                return torch.zeros(tensor.shape, dtype=tensor.dtype, device=device)
            return tensor.detach().clone() if tensor.device.type == device else tensor.to(device)

        args, kwargs = tree_map_only(torch.Tensor, moved, (self.args, dict(self.kwargs)))
        return Inputs(args, kwargs)

    def single(self) -> Tensor:
        """The one tensor that there is. Raises `ValueError` where there are more."""
        tensors = list(self.tensors())
        if len(tensors) != 1 or len(self.args) + len(self.kwargs) != 1:
            raise ValueError("counters are run on modules with one input tensor")
        return tensors[0]

    def with_batch(self, samples: int) -> Inputs:
        """The same with another first size, without values: of every tensor that has the first's.

        (What has another one, a scale or a mask, does not hold a value for each sample.)
        """
        import torch
        from torch.utils._pytree import tree_map_only

        batch = next((tensor.shape[0] for tensor in self.tensors() if tensor.dim()), None)

        def resized(tensor: Tensor) -> Tensor:
            if not tensor.dim() or tensor.shape[0] != batch:
                return tensor
            return _empty((samples, *tensor.shape[1:]), tensor.dtype)

        args, kwargs = tree_map_only(torch.Tensor, resized, (self.args, dict(self.kwargs)))
        return Inputs(args, kwargs)

    @property
    def shape(self) -> Shape:
        """Of the first tensor, without its batch."""
        first = next(self.tensors(), None)
        if first is None:
            return Shape()
        sizes = tuple(first.shape)
        return Shape(*(sizes[1:] if len(sizes) > 1 and sizes[0] == 1 else sizes))

    def __str__(self) -> str:
        def shown(name: str, value: Any) -> str:
            from torch import Tensor

            if isinstance(value, Tensor):
                dtype = str(value.dtype).removeprefix("torch.")
                return str(TensorSpec(tuple(value.shape), dtype, name))
            return f"{name} {type(value).__name__}".strip()

        named = [("", value) for value in self.args] + list(self.kwargs.items())
        return ", ".join(shown(name, value) for name, value in named)


def _empty(sizes: tuple[int, ...], dtype: torch.dtype) -> Tensor:
    """Without memory. Raises `BadOption` for more bytes than torch can number."""
    import torch

    if prod(sizes) * dtype.itemsize >= 2**63:
        shown = "x".join(map(str, sizes[:8])) + "x..." * (len(sizes) > 8)
        raise BadOption(
            f"An input of {shown} has too many elements.",
            why="Torch numbers the bytes of a tensor with 63 bits.",
            fix="Give a smaller input, for example: --input 1x3x224x224",
        )
    return torch.empty(sizes, dtype=dtype, device="meta")
