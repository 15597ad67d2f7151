"""The graph of an exported program: its parameters without values, and its operators run in turn.

Imports torch: import it lazily.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import _get_current_dispatch_mode
from torch.utils._pytree import tree_leaves

from mobilecalc.modules.loading.files.exported_operators import function_of, functions_in
from mobilecalc.modules.tracing.calls import Call

Values = dict[str, Any]
"""What the names in a graph stand for."""

_DTYPES = (
    *(None, "uint8", "int8", "int16", "int32", "int64", "float16", "float32", "float64"),
    *("complex32", "complex64", "complex128", "bool", "bfloat16"),
)
_LATER_DTYPES = (
    *("uint16", "float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"),
    *("float8_e8m0fnu", "uint32", "uint64"),
)
_FORMATS = (None, "contiguous_format", "channels_last", "channels_last_3d", "preserve_format")
_LAYOUTS = (None, "sparse_coo", "sparse_csr", "sparse_csc", "sparse_bsr", "sparse_bsc", None)
_STRIDED = 7


class Program(nn.Module):
    """The operators of an exported graph, each as a call of the module that it came from.

    serialized: the `graph_module` of torch's format. places: where parameters are stored, which
    are one if they are stored at one place. Raises `BadOption` for an operator that is
    not torch's own or that uses files.
    """

    def __init__(self, serialized: Mapping[str, Any], places: Mapping[str, Any]) -> None:
        super().__init__()
        signature = serialized["signature"]
        self._graph = serialized["graph"]
        self._inputs = [_only(spec) for spec in signature["input_specs"]]
        self._outputs = [_only(spec)[0] for spec in signature["output_specs"]]
        self._own: dict[str, tuple[nn.Module, str]] = {}
        self._stored: dict[str, nn.Parameter] = {}
        for name in functions_in(self._graph):
            function_of(name)
        for kind, spec in self._inputs:
            if kind in ("parameter", "buffer", "tensor_constant"):
                path = spec[f"{kind}_name"]
                self._add(kind, spec["arg"]["name"], path, str(places.get(path, path)))
            elif kind not in ("user_input", "constant_input"):
                raise ValueError(f"its graph has an input of an unknown kind, {kind}")

    def _add(self, kind: str, name: str, path: str, place: str) -> None:
        """Hold a parameter or a buffer where the exported module held it."""
        tensor = _without_values(self._graph["tensor_values"][name])
        *parents, attribute = path.split(".")
        owner: nn.Module = self
        for parent in parents:
            owner = owner._modules.setdefault(parent, nn.Module())  # type: ignore[assignment]
        if kind == "parameter":
            made = nn.Parameter(tensor, requires_grad=tensor.requires_grad)
            owner._parameters[attribute] = self._stored.setdefault(place, made)
        else:
            owner._buffers[attribute] = tensor
        self._own[name] = owner, attribute

    def train(self, mode: bool = True) -> Program:
        """It stays in the mode that it was exported in."""
        return self

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the exported module returns, in a flat tuple."""
        given = tree_leaves((args, kwargs))
        result = _Run().graph(self._graph, list(self._values(given)))
        kept = [v for v, kind in zip(result, self._outputs, strict=True) if kind.endswith("output")]
        return kept[0] if len(kept) == 1 else tuple(kept)

    def _values(self, given: Sequence[Any]) -> Iterator[Any]:
        """Of the graph's inputs; a constant may be left out."""
        kinds = [kind for kind, _ in self._inputs]
        constants, tensors = kinds.count("constant_input"), kinds.count("user_input")
        if len(given) not in (tensors, tensors + constants):
            raise TypeError(f"the program takes {tensors} inputs, and {len(given)} were given")
        left, whole = iter(given), len(given) > tensors
        for kind, spec in self._inputs:
            if kind == "constant_input":
                yield next(left) if whole else _only(spec["value"])[1]
            elif kind == "user_input":
                yield next(left)
            else:
                owner, attribute = self._own[spec["arg"]["name"]]
                yield getattr(owner, attribute)


class _Run:
    """One forward pass: how often each module's path was met, and the tracer, if there is one."""

    def __init__(self) -> None:
        from mobilecalc.modules.tracing.tracer import Tracer

        mode = _get_current_dispatch_mode()
        self._calls = mode.calls if isinstance(mode, Tracer) else None
        self._names: dict[str, dict[str, int]] = {}

    def graph(self, graph: Mapping[str, Any], given: Sequence[Any]) -> list[Any]:
        """The results of a graph for values of its inputs, in their order."""
        values: Values = {}
        for described, value in zip(graph["inputs"], given, strict=True):
            _bind(values, described, value)
        for node in graph["nodes"]:
            function = function_of(node["target"])
            args, kwargs = self._arguments(function, node["inputs"], values)
            with self._inside(node.get("metadata", {})):
                result = function(*args, **kwargs)
            outputs = node["outputs"]
            is_tuple = node.get("is_hop_single_tensor_return") is False or len(outputs) > 1
            if outputs:
                _bind(values, outputs if is_tuple else outputs[0], result)
        return [self._argument(described, values) for described in graph["outputs"]]

    def _inside(self, metadata: Mapping[str, str]) -> AbstractContextManager[None]:
        """The call of the module that a node came from."""
        if self._calls is None:
            return nullcontext()
        path, kind = _place(metadata.get("nn_module_stack", ""))
        call = Call.of_class(path, kind)
        call.names = self._names.setdefault(path, {})
        return self._calls.inside(call)

    def _arguments(
        self, function: Callable[..., Any], inputs: Sequence[Mapping[str, Any]], values: Values
    ) -> tuple[list[Any], dict[str, Any]]:
        """Positional ones and keywords. Older files do not tell them apart: operators take both."""
        otherwise = 2 if isinstance(function, torch._ops.OpOverload) else 1
        args, kwargs = list[Any](), dict[str, Any]()
        for described in inputs:
            value = self._argument(described["arg"], values)
            if described.get("kind", otherwise) == 1 or not described["name"]:
                args.append(value)
            else:
                kwargs[described["name"]] = value
        return args, kwargs

    def _argument(self, described: Mapping[str, Any], values: Values) -> Any:
        """The value of one argument in torch's format: a mapping from its kind to its data."""
        kind, data = _only(described)
        match kind:
            case "as_none":
                return None
            case "as_tensor":
                return values[data["name"]]
            case "as_tensors":
                return [values[item["name"]] for item in data]
            case "as_nested_tensors":
                return [[values[item["name"]] for item in items] for items in data]
            case "as_optional_tensor":
                return self._argument(data, values)
            case "as_optional_tensors":
                return [self._argument(item, values) for item in data]
            case "as_sym_int" | "as_sym_float" | "as_sym_bool":
                return _number(data, values)
            case "as_sym_ints" | "as_sym_floats" | "as_sym_bools":
                return [_number(item, values) for item in data]
            case "as_graph":
                return self._function(data["graph"])
            case "as_operator":
                return function_of(data)
            case "as_string_to_argument":
                return {name: self._argument(item, values) for name, item in data.items()}
            case _:
                return _constant(kind, data)

    def _function(self, graph: Mapping[str, Any]) -> Callable[..., Any]:
        """A graph that is an argument, as a function."""

        def function(*given: Any) -> Any:
            result = self.graph(graph, given)
            return result[0] if graph.get("is_single_tensor_return") else tuple(result)

        return function


def _only(union: Mapping[str, Any]) -> tuple[str, Any]:
    """The kind and the data of what may be of several kinds. Raises `ValueError` for another."""
    ((kind, data),) = union.items()
    return kind, data


def _bind(values: Values, described: Any, value: Any) -> None:
    """Give a result, or each of several, the name that the graph has for it."""
    match described:
        case list():
            for item, part in zip(described, value, strict=True):
                _bind(values, item, part)
        case {"name": str(name)} | {"as_name": str(name)}:
            values[name] = value
        case dict():
            for inner in described.values():
                _bind(values, inner, value)


def _number(described: Mapping[str, Any], values: Values) -> Any:
    kind, data = _only(described)
    value = values[data] if kind == "as_name" else data
    if isinstance(value, int) and abs(value) >= 2**63:
        raise ValueError("a size in the graph is beyond 64 bits")
    return value


def _constant(kind: str, data: Any) -> Any:
    match kind:
        case "as_int" | "as_bool" | "as_string" | "as_ints" | "as_bools" | "as_strings":
            return data
        case "as_float":
            return float(data)
        case "as_floats":
            return [float(item) for item in data]
        case "as_complex":
            return complex(data["real"], data["imag"])
        case "as_scalar_type":
            return _dtype(data)
        case "as_memory_format":
            return getattr(torch, _FORMATS[data] or "")
        case "as_layout":
            return torch.strided if data == _STRIDED else getattr(torch, _LAYOUTS[data] or "")
        case "as_device":
            return torch.device(data["type"])
        case _:
            raise ValueError(f"its graph has an argument of an unknown kind, {kind}")


def _dtype(code: int) -> torch.dtype:
    later = 28  # the number of the first of them
    name = _LATER_DTYPES[code - later] if code >= later else _DTYPES[code]
    found = getattr(torch, name or "")
    assert isinstance(found, torch.dtype)
    return found


def _without_values(described: Mapping[str, Any]) -> Tensor:
    """A tensor of the meta device."""
    return torch.empty_strided(
        [_size(item) for item in described["sizes"]],
        [_size(item) for item in described["strides"]],
        dtype=_dtype(described["dtype"]),
        device="meta",
        requires_grad=described["requires_grad"],
    )


def _size(described: Mapping[str, Any]) -> int:
    kind, data = _only(described)
    return int(data if kind == "as_int" else data["hint"]["as_int"])


def _place(stack: str) -> tuple[str, str]:
    """The path of the module that a node came from, and the name of its class.

    The stack is "key,path,class;...", and a path may hold commas.
    """
    _, _, rest = stack.rpartition(";")[2].partition(",")
    path, _, kind = rest.rpartition(",")
    if path.startswith("_empty_nn_module_stack"):
        return "", ""
    return path.removeprefix("L['self'].").removeprefix("L['self']"), kind
