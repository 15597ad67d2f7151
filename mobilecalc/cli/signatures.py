"""The signature that typer reads: shared options are one parameter of a command's function."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Any, get_type_hints


def flat(command: Callable[..., None]) -> Callable[..., None]:
    """The command with each parameter that is a named tuple of options spread into its fields.

    Typer reads the fields' annotations; the function gets the tuples.
    """
    # Python 3.10's get_type_hints would hide an option that may be None in an Optional.
    signature = inspect.signature(command, eval_str=True)
    parameters: list[inspect.Parameter] = []
    groups: dict[str, tuple[type, tuple[str, ...]]] = {}
    for name, parameter in signature.parameters.items():
        group: Any = parameter.annotation
        if not hasattr(group, "_fields"):
            parameters.append(parameter.replace(annotation=group))
            continue
        groups[name] = group, group._fields
        fields = get_type_hints(group, include_extras=True)
        parameters += [
            parameter.replace(name=field, annotation=fields[field], default=default)
            for field, default in group._field_defaults.items()
        ]

    @wraps(command)
    def spread(**values: Any) -> None:
        gathered = {
            name: group(*(values.pop(field) for field in fields))
            for name, (group, fields) in groups.items()
        }
        command(**values, **gathered)

    spread.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    spread.__annotations__ = {p.name: p.annotation for p in parameters}
    return spread
