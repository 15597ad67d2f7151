"""Which arguments are passed on to a library: those that size an architecture."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from mobilecalc.core.errors import BadOption

_REFUSED_TEXT = """
    weights weights_backbone progress
    checkpoint_path cache_dir model_cfg feature_cls kwargs_filter scriptable exportable no_jit
    device name_or_path auto_map trust_remote_code code_revision revision subfolder token proxies
    gguf_file local_files_only force_download use_pretrained_backbone backbone_kwargs architectures
    attn_implementation experts_implementation use_kernels kernel_config quantization_config
    tokenizer_class transformers_version distributed_config adapter_kwargs configuration_files
"""
_REFUSED = frozenset(_REFUSED_TEXT.split())
"""Arguments of torchvision, timm and transformers that load, that choose code or that say how a
model is run."""

_DTYPES = ("float16", "bfloat16", "float32", "float64")
_WORD = re.compile(r"[A-Za-z0-9_+-]*")
"""Neither a path nor an address, nor a model of another library."""


def check_arguments(model: str, args: Sequence[Any], options: Mapping[str, Any]) -> None:
    """Raises `BadOption` for an argument that may load something, or that has no name.

    Names are refused that load, and values that are not numbers, truths, words, or lists and
    dictionaries of these.
    """
    if args:
        raise BadOption(
            f"{model} was given an argument without a name.",
            why="Only named arguments are passed on, so that it is known what each of them does.",
            fix=f"For example: {model}(num_classes=10)",
        )
    for name, value in options.items():
        if not _is_name_of_size(name):
            why = f"'{name}' does not set the size of the architecture."
        elif not _is_size(name, value):
            why = f"The value of '{name}' is not made of numbers, truth values and plain words."
        else:
            continue
        raise BadOption(
            f"{model}({name}=...) is refused.",
            why=f"{why} No weights, files, addresses or code are passed on to a library.",
            fix=f"Leave it out: {model}",
        )


def sizes_only(data: Mapping[str, Any]) -> dict[str, Any]:
    """A configuration that was read from a file, without what `check_arguments` refuses by name."""

    def kept(value: Any) -> Any:
        if isinstance(value, Mapping):
            return sizes_only(value)
        return [kept(item) for item in value] if isinstance(value, list) else value

    return {
        key: kept(value)
        for key, value in data.items()
        if _is_name_of_size(key) and (not _is_dtype(key) or value in _DTYPES)
    }


def _is_name_of_size(name: Any) -> bool:
    text = str(name)
    return not (text in _REFUSED or text.startswith(("_", "pretrained")))


def _is_dtype(name: Any) -> bool:
    return name in ("dtype", "torch_dtype")


def _is_size(name: Any, value: Any) -> bool:
    if _is_dtype(name):
        return value in _DTYPES
    match value:
        case None | bool() | int() | float():
            return True
        case str():
            return _WORD.fullmatch(value) is not None
        case list() | tuple():
            return all(_is_size("", item) for item in value)
        case dict():
            return all(_is_name_of_size(key) and _is_size(key, item) for key, item in value.items())
        case _:
            return False
