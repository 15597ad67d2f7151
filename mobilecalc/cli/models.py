"""The models that a command is asked about, from the names and options that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.cli.options import InputOptions, PassOptions, SettingOptions
from mobilecalc.cli.output import Output
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.modules.loading.sources import is_half_a_name, is_loadable, is_python_call
from mobilecalc.networks import describe

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model
    from mobilecalc.networks import Settings


def model_of(
    name: str,
    settings: SettingOptions,
    inputs: InputOptions,
    pass_: PassOptions = PassOptions(),
    *,
    output: Output,
) -> Model:
    """The one model of that name. Raises what `models_of` raises."""
    return models_of([name], settings, inputs, pass_, output=output)[0]


def models_of(
    names: Sequence[str],
    settings: SettingOptions,
    inputs: InputOptions,
    pass_: PassOptions = PassOptions(),
    *,
    output: Output,
) -> list[Model]:
    """A network of the zoo for each word of it, a loaded module for each other name.

    Raises `BadOption` for an option that none of them takes and for a name that the output does
    not allow, and what loading raises.
    """
    loadable = [is_loadable(name) for name in names]
    for name in names:
        refuse_half_a_name(name)
    for name in (*names, *(text for text in inputs.input or () if is_python_call(text))):
        output.check_model(name)
    if not any(loadable) and (inputs.input or inputs.device != "meta"):
        raise BadOption(
            "--input and --device are for modules that are loaded.",
            why=f"{names[0]} is a network of the zoo.",
            fix="Its size is set by --resolution and --channels.",
        )
    chosen = settings.checked
    given = None if settings == SettingOptions() else chosen
    alone = all(loadable)
    return [
        _loaded(name, inputs, pass_, given, alone=alone)
        if loaded
        else describe(name, chosen, train=pass_.train)
        for name, loaded in zip(names, loadable, strict=True)
    ]


def _loaded(
    name: str, inputs: InputOptions, pass_: PassOptions, settings: Settings | None, *, alone: bool
) -> Model:
    """With a batch asked for, the module itself is counted on one sample."""
    from mobilecalc.modules.loading.load import model
    from mobilecalc.modules.loading.model import LoadedModel

    made = model(
        name, inputs.input or (), settings, alone=alone, train=pass_.train, device=inputs.device
    )
    return made.at_batch(1) if isinstance(made, LoadedModel) and pass_.batch > 1 else made


def refuse_half_a_name(name: str) -> None:
    """Raise `BadOption` for a file, a folder or a class without what is to be made of it."""
    if is_half_a_name(name) or (not is_loadable(name) and _is_there(name)):
        raise BadOption(
            f"'{shown(name)}' does not say what to count.",
            why="A file or package is named with what makes the module, after a colon.",
            fix="For example: net.py:make_net, torch.nn:Linear(8, 8), transformers:path/to/config",
        )


def _is_there(name: str) -> bool:
    from pathlib import Path

    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a file's name, or with a character of none
        return False
