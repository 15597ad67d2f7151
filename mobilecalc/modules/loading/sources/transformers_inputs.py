"""What a transformers architecture is called with, where nobody says it.

Tokens, pixels, sound, and what goes with them. A forward method names its inputs and seldom
their sizes; where more than one form is usual, the first that the model takes is chosen.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from itertools import islice, product, zip_longest
from typing import TYPE_CHECKING, Any

from mobilecalc.core.errors import BadOption
from mobilecalc.modules.inputs import Inputs, TensorSpec

if TYPE_CHECKING:
    from torch import Tensor, nn

_TOKENS = 128
_SIDE = 224
_SECOND = 16_000
_FRAMES_OF_CODECS = 10 * 1_920
"""Ten frames of 80 ms at 24 kHz: some codecs take whole ones."""

_STEPS = 3_000
"""Of a spectrogram: half a minute, in steps of a hundredth of a second."""

_GRID = 16
"""Patches a side, of an image that is given as a list of patches."""

_OF_PATCHES = ("grid_thw", "spatial_shapes", "pixel_position_ids")
"""Inputs beside which an image is a list of patches."""

_MOST_TRIED = 24

_COMPANIONS: tuple[tuple[str, ...], ...] = (
    (),
    ("pixel_values",),
    ("input_ids",),
    ("input_ids", "pixel_values"),
    ("bbox",),
    ("bbox", "pixel_values"),
    ("input_features",),
    ("input_ids", "input_values"),
    ("pixel_values_videos",),
    ("input_ids", "pixel_values_videos"),
    ("visual_feats", "visual_pos"),
    ("pixel_values", "image_grid_thw"),
    ("input_features_mask",),
    ("encoder_hidden_states",),
    ("actions", "returns_to_go", "rewards", "states", "timesteps"),
)
"""Inputs that have a default and yet must be given, by some architectures."""


def usual_inputs(module: nn.Module) -> Inputs:
    """The tensors that its forward method must have, and its main input.

    Of a model whose text holds marks for images, the text alone: the marks are its user's.
    Raises `BadOption` where it must have what is not usual.
    """
    from mobilecalc.modules.tracing.trace import first_accepted

    candidates = list(islice(_candidates(module), _MOST_TRIED))
    return candidates[0] if len(candidates) == 1 else first_accepted(module, candidates)


def _candidates(module: nn.Module) -> Iterator[Inputs]:
    config: Any = module.config
    parameters = inspect.signature(module.forward).parameters
    needed = {
        name
        for name, parameter in parameters.items()
        if parameter.default is parameter.empty
        and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
    }
    first = needed | {str(getattr(module, "main_input_name", "input_ids"))}
    marks = ("image_token_id", "image_token_index", "audio_token_id")
    if hasattr(config, "text_config") and any(hasattr(config, mark) for mark in marks):
        first = needed | {"input_ids"}
    elif hasattr(config, "text_config") and hasattr(config, "vision_config"):
        first |= {"input_ids", "pixel_values"}
    if getattr(config, "is_encoder_decoder", False):
        first.add("decoder_input_ids")
    sets: list[tuple[str, ...]] = []
    for companions in _COMPANIONS:
        if set(companions) <= set(parameters):
            names = tuple(sorted((first | {*companions}) & set(parameters)))
            if names not in sets:
                sets.append(names)
    turns = [
        [
            Inputs((), dict(zip(names, forms, strict=True)))
            for forms in product(*(_forms(name, config, names) for name in names))
        ]
        for names in sets
    ]
    for turn in zip_longest(*turns):
        yield from filter(None, turn)


def _forms(name: str, config: Any, names: tuple[str, ...]) -> list[Tensor]:
    """The forms that an input of this name is given in, the most usual first."""
    import torch

    if name.endswith("grid_thw"):
        return [torch.tensor([[1, _GRID, _GRID]])]
    if name == "spatial_shapes":
        return [torch.tensor([[_GRID, _GRID]])]
    if name == "pixel_position_ids":
        return [torch.cartesian_prod(torch.arange(_GRID), torch.arange(_GRID))[None]]
    as_patches = any(n.endswith(_OF_PATCHES) for n in names)
    forms = _sizes(name, config, as_patches)
    if not forms:
        raise BadOption(
            f"What {type(config).__name__} takes is not known: '{name}'.",
            why="Only the usual inputs (tokens, pixels, sound) have a usual size.",
            fix=f"Say all of them: --input {name}=1x128",
        )
    if name.endswith("mask"):
        return [torch.ones(sizes, dtype=torch.int64) for sizes in forms]
    words = ("ids", "bbox", "timesteps")
    dtype = "int64" if name.endswith(words) or name == "task_inputs" else "float32"
    made = Inputs.of(tuple(TensorSpec(sizes, dtype) for sizes in dict.fromkeys(forms)))
    return list(made.args)


def _sizes(name: str, config: Any, as_patches: bool) -> list[tuple[int, ...]]:
    text = _ask(config, "max_position_embeddings", default=_TOKENS, of=("text_config",))
    tokens = min(_TOKENS, text)
    hidden = _ask(config, "hidden_size", "d_model", default=768)
    match name:
        case "input_ids" | "decoder_input_ids" | "qformer_input_ids" | "attention_mask":
            decoder = getattr(config, "decoder_config", None)
            books = _ask(config, "num_codebooks", default=0) or _ask(
                decoder, "num_channels", default=0
            )
            coded = [(1, tokens, books), (1, tokens, books + 1)] if books else []
            return [(1, tokens), *(coded if name.endswith("ids") else ())]
        case "bbox":
            return [(1, tokens, 4)]
        case "task_inputs":
            return [(1, _ask(config, "task_seq_len", default=77))]
        case "inputs_embeds":
            return [(1, tokens, hidden)]
        case "query_embeds":
            return [(1, _ask(config, "num_query_tokens", default=32), hidden)]
        case "encoder_hidden_states":
            return [(1, tokens, _ask(config, "encoder_hidden_size", default=hidden))]
        case "hidden_states" | "pixel_values" if as_patches:
            return _patches(config)
        case "pixel_attention_mask":
            return [(1, _GRID * _GRID)]
        case "pixel_values" | "pixel_values_videos":
            return _images(config, moving=name.endswith("videos"))
        case "input_features" | "audio_mel" | "input_features_mask" | "audio_mel_mask":
            return _spectrograms(config, mask=name.endswith("mask"))
        case "input_values":
            return _sounds(config)
        case "past_values" | "past_observed_mask":
            steps = _ask(config, "context_length", default=32)
            channels = _ask(config, "num_input_channels", default=1)
            return [(1, steps, channels), (1, steps)]
        case "visual_feats":
            return [(1, 36, _ask(config, "visual_feat_dim", default=2048))]
        case "visual_pos":
            return [(1, 36, 4)]
        case "inputs":
            return [(1, 2048, hidden)]
        case "states":
            return [(1, tokens, _ask(config, "state_dim", default=17))]
        case "actions":
            return [(1, tokens, _ask(config, "act_dim", default=4))]
        case "rewards" | "returns_to_go":
            return [(1, tokens, 1)]
        case "timesteps":
            return [(1, tokens)]
        case _:
            return []


def _images(config: Any, *, moving: bool) -> list[tuple[int, ...]]:
    """(batch, channels, height, width), and several images or frames of them."""
    sides = _ask_sides(config)
    channels = _ask(config, "num_channels", "in_channels", default=3, of=("vision_config",))
    frames = _ask(config, "num_frames", default=8, of=("vision_config",))
    several: list[tuple[int, ...]] = [(1, n, channels, *sides) for n in (frames, 1, 2)]
    if moving:
        return several
    larger: list[tuple[int, ...]] = [
        (1, channels, side, side) for side in (384, 512, 640, 1024, 1536)
    ]
    return [(1, channels, *sides), *several, *larger]


def _ask_sides(config: Any) -> tuple[int, int]:
    for part in _parts(config, ("vision_config", "backbone_config")):
        size = getattr(part, "image_size", None)
        if isinstance(size, list | tuple) and len(size) == 2:
            return size[0], size[1]
        if isinstance(size, int):
            return size, size
    return _SIDE, _SIDE


def _patches(config: Any) -> list[tuple[int, ...]]:
    """One row a patch, its values in a line; batched, or not, or as small images."""
    patch = _ask(config, "patch_size", default=14, of=("vision_config",))
    channels = _ask(config, "num_channels", "in_channels", "in_chans", default=3)
    frames = _ask(config, "temporal_patch_size", default=1)
    flat, n = channels * patch * patch, _GRID * _GRID
    return [(n, frames * flat), (1, n, flat), (n, flat), (n, channels, patch, patch)]


def _spectrograms(config: Any, *, mask: bool) -> list[tuple[int, ...]]:
    """(batch, bins, steps) as Whisper takes it, and (batch, steps, bins)."""
    steps = 2 * _ask(config, "max_source_positions", default=_STEPS // 2)
    if mask:
        return [(1, steps), (1, _STEPS)]
    names = ("num_mel_bins", "feature_size", "feature_projection_input_dim", "input_dim")
    known = _ask(config, *names, "input_feat_per_channel", "input_feat_size", default=80)
    lines: list[tuple[int, ...]] = [
        size for bins in (known, 80, 128) for size in ((1, bins, steps), (1, _STEPS, bins))
    ]
    return [*lines, (1, 1, 1001, 64)]


def _sounds(config: Any) -> list[tuple[int, ...]]:
    """(batch, samples), (batch, channels, samples), or a spectrogram of a known length."""
    longest, bins = getattr(config, "max_length", None), getattr(config, "num_mel_bins", None)
    if isinstance(longest, int) and isinstance(bins, int):
        return [(1, longest, bins)]
    channels = _ask(config, "audio_channels", default=1)
    lengths = (_SECOND, _FRAMES_OF_CODECS)
    plain: list[tuple[int, ...]] = [(1, n) for n in lengths]
    by_channel: list[tuple[int, ...]] = [(1, channels, n) for n in lengths]
    return by_channel + plain if hasattr(config, "codebook_size") else plain + by_channel


def _parts(config: Any, first: tuple[str, ...] = ()) -> list[Any]:
    """The configurations that this one holds, those of these names first; itself before them."""
    if not hasattr(config, "to_dict"):
        return []
    held = vars(config).items()
    inner = {n: v for n, v in held if n.endswith("_config") and hasattr(v, "to_dict")}
    named = [inner.pop(name) for name in first if name in inner]
    return [*named, config, *inner.values()] if named else [config, *inner.values()]


def _ask(config: Any, *names: str, default: int, of: tuple[str, ...] = ()) -> int:
    """A whole number that the configuration, or one that it holds, has under one of the names."""
    for part in _parts(config, of):
        for name in names:
            value = getattr(part, name, None)
            if isinstance(value, int) and not isinstance(value, bool) and value > 0:
                return value
    return default
