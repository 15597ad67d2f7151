"""The values of small tensors that do not depend on the input: sizes, axes, indices.

Only what a graph computes from constants and sizes is known; its result is never larger than
`MOST_KNOWN` values, which is checked before it is computed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import TYPE_CHECKING, Any, TypeAlias

from mobilecalc.modules.loading.files.onnx.values import MOST_KNOWN, Sizes

if TYPE_CHECKING:
    import numpy as np

    Array: TypeAlias = np.ndarray[Any, Any]

Attributes: TypeAlias = Mapping[str, Any]


def folded(
    kind: str, attributes: Attributes, given: Sequence[Any], sizes: Sizes | None
) -> Array | None:
    """The value of a node's output, if it is small and its inputs are known.

    given: the known inputs, None for those that are left out. sizes: the output's.
    """
    import numpy as np

    rule = _RULES.get(kind)
    if rule is None or sizes is None or prod(sizes) > MOST_KNOWN:
        return None
    with np.errstate(all="ignore"):
        try:
            value = np.asarray(rule(attributes, sizes, *given))
        except (ValueError, TypeError, IndexError, KeyError, OverflowError, ZeroDivisionError):
            return None  # what numpy refuses is not known
    return value if value.shape == sizes and value.dtype.kind in "iufb" else None


def parts(whole: Array, axis: int, sizes: Sequence[Sizes | None]) -> list[Array | None]:
    """The values of a Split's outputs, if their sizes are known."""
    import numpy as np

    if None in sizes or axis >= whole.ndim:
        return [None] * len(sizes)
    ends = np.cumsum([size[axis] for size in sizes if size is not None])
    return list(np.split(whole, ends[:-1], axis))


def _elementwise(name: str) -> Callable[..., Any]:
    def rule(attributes: Attributes, sizes: Sizes, *given: Array) -> Any:
        import numpy as np

        return getattr(np, name)(*given)

    return rule


def _quotient(attributes: Attributes, sizes: Sizes, a: Array, b: Array) -> Any:
    import numpy as np

    if a.dtype.kind == "f":
        return a / b
    if not np.all(b):
        raise ZeroDivisionError
    return np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))


def _cast(attributes: Attributes, sizes: Sizes, a: Array) -> Any:
    from onnx import helper

    to = attributes["to"]
    number = helper.np_dtype_to_tensor_dtype  # an early Cast names its type as a text
    if isinstance(to, bytes):
        import numpy as np

        to = number(
            np.dtype(
                {"float": "float32", "double": "float64"}.get(
                    to.decode().lower(), to.decode().lower()
                )
            )
        )
    return a.astype(helper.tensor_dtype_to_np_dtype(int(to)))


def _same_values(attributes: Attributes, sizes: Sizes, a: Array, *_: Any) -> Any:
    return a.reshape(sizes)


def _slice(attributes: Attributes, sizes: Sizes, a: Array, *given: Any) -> Any:
    if "starts" in attributes:
        starts, ends = attributes["starts"], attributes["ends"]
        axes, steps = attributes.get("axes"), None
    else:
        starts, ends, axes, steps = (
            None if g is None else g.tolist() for g in (*given, None, None)[:4]
        )
    axes = range(len(starts)) if axes is None else axes
    steps = [1] * len(starts) if steps is None else steps
    cut = [slice(None)] * a.ndim
    for start, end, axis, step in zip(starts, ends, axes, steps, strict=True):
        cut[axis] = slice(start, end, step)
    return a[tuple(cut)]


def _reduction(name: str) -> Callable[..., Any]:
    def rule(attributes: Attributes, sizes: Sizes, a: Array, axes: Array | None = None) -> Any:
        import numpy as np

        over = attributes.get("axes") if axes is None else axes.tolist()
        if not over and attributes.get("noop_with_empty_axes"):
            return a
        return getattr(np, name)(a, axis=tuple(over) if over else None).reshape(sizes)

    return rule


def _range(attributes: Attributes, sizes: Sizes, start: Array, limit: Array, delta: Array) -> Any:
    import numpy as np

    return start + delta * np.arange(sizes[0], dtype=start.dtype)


def _filled(attributes: Attributes, sizes: Sizes, shape: Array) -> Any:
    import numpy as np
    from onnx import numpy_helper

    value = attributes.get("value")
    if value is None:
        return np.zeros(sizes, np.float32)
    if prod(value.dims) > 1 or value.external_data:
        raise ValueError
    return np.full(sizes, numpy_helper.to_array(value).reshape(()))


def _numpy(call: Callable[..., Any]) -> Callable[..., Any]:
    """A rule written with numpy as its first argument."""

    def rule(attributes: Attributes, sizes: Sizes, *given: Any) -> Any:
        import numpy as np

        return call(np, attributes, sizes, *given)

    return rule


_SAME = {
    "Add": "add", "Sub": "subtract", "Mul": "multiply", "Neg": "negative", "Abs": "abs",
    "Floor": "floor", "Ceil": "ceil", "Sqrt": "sqrt", "Equal": "equal", "Less": "less",
    "Greater": "greater", "LessOrEqual": "less_equal", "GreaterOrEqual": "greater_equal",
    "Not": "logical_not", "And": "logical_and", "Or": "logical_or", "Where": "where",
    "Mod": "mod", "Round": "rint", "Pow": "power", "Sign": "sign",
}  # fmt: skip

_RULES: dict[str, Callable[..., Any]] = {
    **{kind: _elementwise(name) for kind, name in _SAME.items()},
    **dict.fromkeys(("Identity", "Reshape", "Squeeze", "Unsqueeze", "Flatten"), _same_values),
    "Div": _quotient,
    "Cast": _cast,
    "Slice": _slice,
    "ReduceProd": _reduction("prod"),
    "ReduceSum": _reduction("sum"),
    "ReduceMax": _reduction("max"),
    "ReduceMin": _reduction("min"),
    "Range": _range,
    "ConstantOfShape": _filled,
    "Min": _numpy(lambda np, a, sizes, *given: np.minimum.reduce(np.broadcast_arrays(*given))),
    "Max": _numpy(lambda np, a, sizes, *given: np.maximum.reduce(np.broadcast_arrays(*given))),
    "Concat": _numpy(lambda np, a, sizes, *given: np.concatenate(given, axis=a["axis"])),
    "Gather": _numpy(lambda np, a, sizes, x, index: np.take(x, index, axis=a.get("axis", 0))),
    "Transpose": _numpy(lambda np, a, sizes, x: np.transpose(x, a.get("perm"))),
    "Expand": _numpy(lambda np, a, sizes, x, shape: np.broadcast_to(x, sizes)),
    "Tile": _numpy(lambda np, a, sizes, x, repeats, *_: np.tile(x, repeats)),
}
