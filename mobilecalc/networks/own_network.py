"""A network of one's own: a description that is not of the zoo."""

from __future__ import annotations

from typing import get_args

from mobilecalc.core.blocks import Chain, Concat, Gate, Residual
from mobilecalc.core.errors import BadOption, BadShape
from mobilecalc.core.ops import Layer
from mobilecalc.core.rounding import V1_RULES
from mobilecalc.networks.network import Network
from mobilecalc.networks.settings import BASE_CLASSES, BASE_RESOLUTION, Settings

_TAKEN = {Residual: ("add", "shortcut"), Gate: ("scale",), Concat: ("concat", "split")}
"""The names of the steps that a block adds to its own."""


def own(body: Chain, settings: Settings, name: str = "network", *, train: bool = False) -> Network:
    """The network that a chain describes, on an input of these settings.

    Raises `BadOption` for an alpha or classes, which a description has none of; `BadShape` where
    a step of it is no record, or its name cannot be one.
    """
    if (settings.alpha, settings.classes) != (1.0, Settings().classes):
        raise BadOption(
            "alpha and classes size a network of the zoo, and a description has sizes of its own.",
            fix="Let a function make it, and give that its arguments: net.py:make(alpha=0.5)",
            arguments=["alpha", "classes"],
        )
    if not body.steps:
        raise BadShape(
            "The description has no steps.", fix="For example: Chain.of(conv=Conv(16, kernel=3))"
        )
    _check(body, "")
    settings = settings.resolved(BASE_RESOLUTION, BASE_CLASSES)
    return Network(
        name=name,
        title=name,
        source="",
        settings=settings,
        rules=V1_RULES,
        body=body,
        train=train,
        sizes=f"input {settings.input}",
    )


def _check(op: object, path: str, taken: tuple[str, ...] = ()) -> None:
    """Raises `BadShape` with the path of the place."""
    match op:
        case Chain(steps=steps):
            if not isinstance(steps, tuple):
                raise BadShape(
                    f"At '{path}': a Chain of {steps!r}.", fix="Name its steps: Chain.of(conv=...)"
                )
            _check_names([name for name, _ in steps], path, taken)
            for name, step in steps:
                _check(step, f"{path}.{name}" if path else name)
        case Residual(body=body, shortcut=shortcut):
            _check(body, path, _TAKEN[Residual])
            if shortcut is not None:
                _check(shortcut, f"{path}.shortcut")
        case Gate(body=body):
            _check(body, path, _TAKEN[Gate])
        case Concat(branches=branches):
            _check_names([name for name, _ in branches], path, _TAKEN[Concat])
            for name, branch in branches:
                _check(branch, f"{path}.{name}")
        case _:
            if not isinstance(op, get_args(Layer)):
                raise BadShape(
                    f"At '{path}': {type(op).__name__} is no record.",
                    why="A description is made of the records in mobilecalc.records.",
                    fix=f"For example: Chain.of({path.rpartition('.')[2] or 'conv'}=Conv(16, 3))",
                )
            _check_fields(op, path)


_LEAST = dict.fromkeys(
    ("channels", "features", "kernel", "stride", "groups", "multiplier", "dilation", "sides"), 1
) | {"padding": 0}
"""The least value of the fields that hold whole numbers, or several."""


def _check_fields(op: Layer, path: str) -> None:
    for field, value in op._asdict().items():
        default = op._field_defaults.get(field)
        if field in _LEAST and not (value is None and field == "padding"):
            numbers = value if isinstance(value, tuple) and value else (value,)
            fits = all(type(number) is int and number >= _LEAST[field] for number in numbers)
            wanted = f"a whole number, at least {_LEAST[field]}"
        elif isinstance(default, bool):
            fits, wanted = isinstance(value, bool), "True or False"
        else:
            continue
        if not fits:
            raise BadShape(
                f"At '{path}': {field} {value!r} of {type(op).__name__} is not possible.",
                why=f"It is {wanted}.",
            )


def _check_names(names: list[str], path: str, taken: tuple[str, ...]) -> None:
    where = f"In '{path}'" if path else "In the description"
    for name in names:
        if not isinstance(name, str) or not name.isidentifier():
            raise BadShape(
                f"{where}, the step '{name}' cannot have that name.",
                why="It names a module: letters, digits and underscores.",
            )
        if name in taken or names.count(name) > 1:
            raise BadShape(
                f"{where}, two steps have the name '{name}'.",
                why="The block has one of its own." if name in taken else "",
                fix="Give it another.",
            )
