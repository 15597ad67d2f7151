"""transformers' architectures, from a configuration: `transformers:BertConfig`."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadOption, MissingPackage, UnknownName
from mobilecalc.modules.found import Found
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.sources.source import source

if TYPE_CHECKING:
    from torch import nn

_TOKENS = 128
_SAMPLES_OF_SOUND = 16_000


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
    return Found(module, lambda: _inputs(module))


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


def _inputs(module: nn.Module) -> Inputs:
    """What the forward pass must have, and the main input: tokens, pixels or sound.

    Of a model whose text holds marks for images, the text alone: the marks are its user's.
    """
    config: Any = module.config
    parameters = inspect.signature(module.forward).parameters
    names = {
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }
    names.add(str(getattr(module, "main_input_name", "input_ids")))
    marks = ("image_token_id", "image_token_index", "audio_token_id")
    if hasattr(config, "text_config") and any(hasattr(config, mark) for mark in marks):
        names = {"input_ids"}
    elif hasattr(config, "text_config") and hasattr(config, "vision_config"):
        names |= {"input_ids", "pixel_values"}
    if getattr(config, "is_encoder_decoder", False) and "decoder_input_ids" in parameters:
        names.add("decoder_input_ids")
    return Inputs.of(tuple(_spec(name, config) for name in sorted(names & {*parameters})))


def _spec(name: str, config: Any) -> TensorSpec:
    text = getattr(config, "text_config", None) or config
    vision = getattr(config, "vision_config", None) or config
    match name:
        case "input_ids" | "decoder_input_ids":
            longest = getattr(text, "max_position_embeddings", None) or _TOKENS
            tokens = min(_TOKENS, longest) if isinstance(longest, int) else _TOKENS
            return TensorSpec((1, tokens), "int64", name)
        case "pixel_values":
            size = getattr(vision, "image_size", None) or 224
            sides = tuple(size) if isinstance(size, list | tuple) else (size, size)
            return TensorSpec((1, getattr(vision, "num_channels", 3), *sides), name=name)
        case "input_features":
            bins = getattr(config, "num_mel_bins", 80)
            steps = 2 * getattr(config, "max_source_positions", 1500)
            return TensorSpec((1, bins, steps), name=name)
        case "input_values" if hasattr(config, "num_mel_bins") and hasattr(config, "max_length"):
            return TensorSpec((1, config.max_length, config.num_mel_bins), name=name)
        case "input_values" if hasattr(config, "codebook_size"):
            channels = getattr(config, "audio_channels", 1)
            return TensorSpec((1, channels, _SAMPLES_OF_SOUND), name=name)
        case "input_values":
            return TensorSpec((1, _SAMPLES_OF_SOUND), name=name)
        case _:
            raise BadOption(
                f"What {type(config).__name__} takes is not known: '{name}'.",
                why="Only the usual inputs (tokens, pixels, sound) have a usual size.",
                mend=f"Say all of them: --input {name}=1x128",
            )
