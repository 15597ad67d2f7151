"""The models that a command is asked about, from the names and options that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.cli.options import Feed, Size, Step
from mobilecalc.core.errors import BadOption
from mobilecalc.core.names import is_half_a_name, is_loadable
from mobilecalc.networks import describe

if TYPE_CHECKING:
    from mobilecalc.modules.model import Model


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
    if all(loadable) and size != Size():
        raise BadOption(
            f"{_given(size, Size())} sizes a network of the zoo, and {names[0]} is none.",
            mend="Give a factory its arguments: net.py:make_net(width=0.5), and --input the size.",
        )
    if not any(loadable) and (feed.input or feed.device != "meta"):
        raise BadOption(
            "--input and --device are for modules that are loaded.",
            why=f"{names[0]} is a network of the zoo.",
            mend="Its size is set by --resolution and --channels.",
        )
    chosen = size.settings
    return [
        _loaded(name, feed, step) if loaded else describe(name, chosen, train=step.train)
        for name, loaded in zip(names, loadable, strict=True)
    ]


def _loaded(name: str, feed: Feed, step: Step) -> Model:
    """With a batch asked for, the module itself is counted on one sample."""
    from mobilecalc.modules.load import load

    model = load(name, feed.input or (), train=step.train, device=feed.device)
    return model if step.batch == 1 else model.at_batch(1)


def refuse_half_a_name(name: str) -> None:
    """Raise `BadOption` for a file, a folder or a class without what is to be made of it."""
    from pathlib import Path

    if is_half_a_name(name) or (not is_loadable(name) and Path(name).exists()):
        raise BadOption(
            f"'{name}' does not say what to count.",
            why="A file or package is named with what makes the module, after a colon.",
            mend="For example: net.py:make_net, torch.nn:Linear(8, 8), transformers:path/to/config",
        )


def _given(group: Size, default: Size) -> str:
    changed = (k for k, v in group._asdict().items() if v != getattr(default, k))
    return " and ".join(f"--{name}" for name in changed)


def uncounted_failures(models: Sequence[Model], feed: Feed) -> tuple[str, ...]:
    """With --strict, what no formula covers: a failed check."""
    from mobilecalc.studies.measure import uncounted_notes

    if not feed.strict:
        return ()
    return tuple(note for model in models for note in uncounted_notes(model.profile()))
