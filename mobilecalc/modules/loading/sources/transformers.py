"""transformers' architectures, from a configuration: `transformers:BertConfig`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from mobilecalc.core.errors import BadOption, MissingPackage, UnknownName
from mobilecalc.modules.loading.definition import Definition
from mobilecalc.modules.loading.sources.arguments import sizes_only
from mobilecalc.modules.loading.sources.library import library
from mobilecalc.modules.loading.sources.transformers_inputs import usual_inputs

_SIZES = [
    *("num_labels", "is_decoder", "is_encoder_decoder", "add_cross_attention"),
    *("cross_attention_hidden_size", "tie_word_embeddings", "chunk_size_feed_forward"),
    *("output_hidden_states", "output_attentions", "return_dict", "dtype", "torch_dtype"),
]
"""What every configuration has and a user may set; its other common attributes are of no size."""

_LARGEST = 64 * 2**20
"""Bytes of a configuration."""


@library
def find(name: str, options: Mapping[str, Any]) -> Definition:
    """By a configuration on disk, or by a class: `LlamaConfig`, `LlamaForCausalLM`.

    The options are the configuration's. A configuration on disk is read as data: neither weights
    nor Python files beside it are loaded. Raises `BadOption` if there is neither,
    `MissingPackage`.
    """
    from mobilecalc.modules.loading.construction import constructed

    try:
        import transformers as library
    except ImportError as error:
        raise MissingPackage(["transformers"], f"transformers:{name}", error) from error
    transformers: Any = library
    known: Any = getattr(transformers, name, None) if name.isidentifier() else None
    if known is None:
        config = _from_disk(name, options, dir(library))
        make = _from_config
    elif getattr(known, "config_class", None) is None and not _is_config(known):
        raise BadOption(
            f"transformers:{name} is neither a configuration nor an architecture.",
            fix="For example: transformers:BertConfig, transformers:LlamaForCausalLM",
        )
    else:
        kind = known if _is_config(known) else known.config_class
        _check_options(kind, options)
        config = kind(**options)
        make = _from_config if kind is known else known
    module = constructed(lambda: make(config))
    return Definition(module, lambda: usual_inputs(module))


def _is_config(known: Any) -> bool:
    from transformers import PretrainedConfig

    return isinstance(known, type) and issubclass(known, PretrainedConfig)


def _from_config(config: Any) -> Any:
    import transformers

    library: Any = transformers
    return library.AutoModel.from_config(config, trust_remote_code=False)


def _check_options(kind: Any, options: Mapping[str, Any]) -> None:
    """Raises `UnknownName` for one that the configuration, which takes any, does not define."""
    from transformers import PretrainedConfig

    common = {*dir(PretrainedConfig()), *dir(PretrainedConfig)}
    own = {*dir(kind()), *kind.attribute_map} - common
    known = sorted(name for name in own if not name.startswith("_")) + _SIZES
    for option in options:
        if option not in known:
            raise UnknownName(f"option of {kind.__name__}", option, known)


def _from_disk(name: str, options: Mapping[str, Any], known: Iterable[str]) -> Any:
    """From a copy of the configuration in which nothing names code or weights."""
    import transformers

    library: Any = transformers
    try:
        _check_size(Path(name))
        data, _ = library.PretrainedConfig.get_config_dict(name, local_files_only=True)
        with TemporaryDirectory() as folder:
            Path(folder, "config.json").write_text(json.dumps(sizes_only(data)))
            return library.AutoConfig.from_pretrained(
                folder, local_files_only=True, trust_remote_code=False, **options
            )
    except (OSError, ValueError) as error:
        near = get_close_matches(name, known, n=2, cutoff=0.8)
        raise BadOption(
            f"There is no configuration '{name[:80]}' of an architecture of transformers here.",
            why="Nothing is downloaded, and Python files beside a configuration are not run."
            f"{' Did you mean ' + ' or '.join(near) + '?' if near else ''}",
            fix="Name the architecture, with its options: transformers:BertConfig,"
            " transformers:LlamaConfig(num_hidden_layers=4)",
        ) from error


def _check_size(path: Path) -> None:
    file = path / "config.json" if path.is_dir() else path
    if file.is_file() and file.stat().st_size > _LARGEST:
        raise ValueError(f"{file} is larger than {_LARGEST} bytes")
