"""The models that a command is asked about, from the names and options that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.cli.inside import document
from mobilecalc.cli.options import Feed, Size, Step
from mobilecalc.core.errors import BadOption, shown
from mobilecalc.modules.loading.sources import is_half_a_name, is_loadable, is_python_call
from mobilecalc.networks import describe

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model
    from mobilecalc.networks import Settings


def model_of(name: str, size: Size, feed: Feed, step: Step = Step()) -> Model:
    """The one model of that name. Raises what `models_of` raises."""
    return models_of([name], size, feed, step)[0]


def models_of(names: Sequence[str], size: Size, feed: Feed, step: Step = Step()) -> list[Model]:
    """A network of the zoo for each word of it, a loaded module for each other name.

    Raises `BadOption` for an option that none of them takes, and what loading raises.
    """
    loadable = [is_loadable(name) for name in names]
    for name in names:
        refuse_half_a_name(name)
    if (inside := document()) is not None:
        for name in (*names, *(text for text in feed.input or () if is_python_call(text))):
            inside.check_model(name)
    if not any(loadable) and (feed.input or feed.device != "meta"):
        raise BadOption(
            "--input and --device are for modules that are loaded.",
            why=f"{names[0]} is a network of the zoo.",
            mend="Its size is set by --resolution and --channels.",
        )
    chosen = size.settings
    given = None if size == Size() else chosen
    alone = all(loadable)
    return [
        _loaded(name, feed, step, given, alone=alone)
        if loaded
        else describe(name, chosen, train=step.train)
        for name, loaded in zip(names, loadable, strict=True)
    ]


def _loaded(name: str, feed: Feed, step: Step, settings: Settings | None, *, alone: bool) -> Model:
    """With a batch asked for, the module itself is counted on one sample."""
    from mobilecalc.modules.loading.load import model
    from mobilecalc.modules.loading.model import LoadedModel

    made = model(
        name, feed.input or (), settings, alone=alone, train=step.train, device=feed.device
    )
    return made.at_batch(1) if isinstance(made, LoadedModel) and step.batch > 1 else made


def refuse_half_a_name(name: str) -> None:
    """Raise `BadOption` for a file, a folder or a class without what is to be made of it."""
    if is_half_a_name(name) or (not is_loadable(name) and _is_there(name)):
        raise BadOption(
            f"'{shown(name)}' does not say what to count.",
            why="A file or package is named with what makes the module, after a colon.",
            mend="For example: net.py:make_net, torch.nn:Linear(8, 8), transformers:path/to/config",
        )


def _is_there(name: str) -> bool:
    from pathlib import Path

    try:
        return Path(name).exists()
    except (OSError, ValueError):  # too long for a file's name, or with a character of none
        return False
