"""The models that a command is asked about, from the names and options that were given."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from mobilecalc.cli.options import Feed, Size
from mobilecalc.core.errors import BadOption
from mobilecalc.networks import describe

if TYPE_CHECKING:
    from mobilecalc.modules.model import Model


def model_of(name: str, size: Size, feed: Feed, *, train: bool = False) -> Model:
    """The one model of that name. Raises what `models_of` raises."""
    return models_of([name], size, feed, train=train)[0]


def models_of(names: Sequence[str], size: Size, feed: Feed, *, train: bool = False) -> list[Model]:
    """A network of the zoo for each word of it, a loaded module for each other name.

    Raises `BadOption` for an option that none of them takes, and what loading raises.
    """
    from mobilecalc.modules.names import is_loadable

    loadable = [is_loadable(name) for name in names]
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
        _loaded(name, feed, train) if loaded else describe(name, chosen, train=train)
        for name, loaded in zip(names, loadable, strict=True)
    ]


def _loaded(name: str, feed: Feed, train: bool) -> Model:
    from mobilecalc.modules.load import load

    return load(name, feed.input or (), train=train, device=feed.device)


def _given(group: Size, default: Size) -> str:
    changed = (k for k, v in group._asdict().items() if v != getattr(default, k))
    return " and ".join(f"--{name}" for name in changed)


def uncounted_failures(models: Sequence[Model], feed: Feed) -> tuple[str, ...]:
    """With --strict, what no formula covers: a failed check."""
    from mobilecalc.studies.measure import uncounted_notes

    if not feed.strict:
        return ()
    return tuple(note for model in models for note in uncounted_notes(model.profile()))
