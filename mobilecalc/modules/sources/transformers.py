"""transformers' architectures, from a configuration: `transformers:BertConfig`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadOption, MissingPackage, MobilecalcError
from mobilecalc.modules.construction import constructed
from mobilecalc.modules.inputs import Inputs, TensorSpec
from mobilecalc.modules.sources.source import Found, source

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
    try:
        import transformers
    except ImportError as error:
        raise MissingPackage(["transformers"], f"transformers:{name}", error) from error
    known = getattr(transformers, name, None) if name.isidentifier() else None
    if known is None:
        config = _from_disk(name, options)
        make = transformers.AutoModel.from_config
    elif issubclass(known, transformers.PretrainedConfig):
        config, make = known(*args, **options), transformers.AutoModel.from_config
    else:
        config, make = known.config_class(*args, **options), known
    module = constructed(lambda: make(config))
    return Found(module, lambda: _inputs(module))


def _from_disk(name: str, options: Mapping[str, Any]) -> Any:
    from transformers import AutoConfig

    try:
        return AutoConfig.from_pretrained(name, local_files_only=True, **options)  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise BadOption(
            f"There is no configuration '{name}' on this machine.",
            why="Nothing is downloaded: a configuration must be in the cache, or a path.",
            mend="Name the architecture, with its options: transformers:BertConfig,"
            " transformers:LlamaConfig(num_hidden_layers=4)",
        ) from error


def _inputs(module: nn.Module) -> Inputs:
    """What the architecture says that it takes: tokens, pixels or sound."""
    config: Any = module.config
    text = getattr(config, "text_config", None)
    vision = getattr(config, "vision_config", None)
    names = {str(getattr(module, "main_input_name", "input_ids"))}
    if vision is not None and text is not None:
        names = {"input_ids", "pixel_values"}
    if getattr(config, "is_encoder_decoder", False):
        names.add("decoder_input_ids")
    return Inputs.of(tuple(_spec(name, config, vision or config) for name in sorted(names)))


def _spec(name: str, config: Any, vision: Any) -> TensorSpec:
    match name:
        case "input_ids" | "decoder_input_ids":
            return TensorSpec((1, _TOKENS), "int64", name)
        case "pixel_values":
            size = getattr(vision, "image_size", None) or 224
            sides = tuple(size) if isinstance(size, list | tuple) else (size, size)
            return TensorSpec((1, getattr(vision, "num_channels", 3), *sides), name=name)
        case "input_features":
            bins = getattr(config, "num_mel_bins", 80)
            return TensorSpec(
                (1, bins, 2 * getattr(config, "max_source_positions", 1500)), name=name
            )
        case "input_values":
            return TensorSpec((1, _SAMPLES_OF_SOUND), name=name)
        case _:
            raise MobilecalcError(
                f"What {type(config).__name__} takes is not known: its input is '{name}'.",
                mend=f"Say it: --input {name}=1x3x224x224",
            )
