"""transformers' architectures, from a configuration: `transformers:BertConfig`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import Any

from mobilecalc.core.errors import BadOption, MissingPackage, UnknownName
from mobilecalc.modules.found import Found
from mobilecalc.modules.sources.source import source
from mobilecalc.modules.sources.transformers_inputs import usual_inputs


@source("transformers")
def find(name: str, args: tuple[Any, ...], options: Mapping[str, Any]) -> Found:
    """By a configuration on disk, or by a class: `LlamaConfig`, `LlamaForCausalLM`.

    The options are the configuration's. Never weights, never the network. Raises `BadOption`
    where there is neither, `MissingPackage`.
    """
    from mobilecalc.modules.construction import constructed

    try:
        import transformers as library
    except ImportError as error:
        raise MissingPackage(["transformers"], f"transformers:{name}", error) from error
    transformers: Any = library
    known: Any = getattr(transformers, name, None) if name.isidentifier() else None
    if known is None:
        config = _from_disk(name, options, dir(library))
        make = transformers.AutoModel.from_config
    elif getattr(known, "config_class", None) is None and not _is_config(known):
        raise BadOption(
            f"transformers:{name} is neither a configuration nor an architecture.",
            mend="For example: transformers:BertConfig, transformers:LlamaForCausalLM",
        )
    else:
        kind = known if _is_config(known) else known.config_class
        _check_options(kind, options)
        config = kind(*args, **options)
        make = transformers.AutoModel.from_config if kind is known else known
    module = constructed(lambda: make(config))
    return Found(module, lambda: usual_inputs(module))


def _is_config(known: Any) -> bool:
    from transformers import PretrainedConfig

    return isinstance(known, type) and issubclass(known, PretrainedConfig)


def _check_options(kind: Any, options: Mapping[str, Any]) -> None:
    """Raises `UnknownName` for one that the configuration, which takes any, does not know."""
    known = [name for name in dir(kind()) if not name.startswith("_")]
    for option in options:
        if option not in known:
            raise UnknownName(f"option of {kind.__name__}", option, known)


def _from_disk(name: str, options: Mapping[str, Any], known: Iterable[str]) -> Any:
    import transformers

    library: Any = transformers
    try:
        return library.AutoConfig.from_pretrained(name, local_files_only=True, **options)
    except (OSError, ValueError) as error:
        near = get_close_matches(name, known, n=2, cutoff=0.8)
        raise BadOption(
            f"There is no configuration '{name}' on this machine.",
            why="Nothing is downloaded: a configuration must be in the cache, or a path."
            f"{' Did you mean ' + ' or '.join(near) + '?' if near else ''}",
            mend="Name the architecture, with its options: transformers:BertConfig,"
            " transformers:LlamaConfig(num_hidden_layers=4)",
        ) from error
