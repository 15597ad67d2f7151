"""The options of what is counted: which counters run, and by which convention."""

from __future__ import annotations

import re
from typing import Annotated

import typer

from mobilecalc.cli.completion import convention_names, counter_names
from mobilecalc.core.checks import refuse_repeated
from mobilecalc.core.conventions import Convention
from mobilecalc.core.counts import SYMBOLS
from mobilecalc.core.errors import BadOption
from mobilecalc.counters import CONVENTIONS, COUNTERS, Counter

_COUNTING = "Counting"

CounterNames = Annotated[
    str | None,
    typer.Option(
        "--counters",
        autocompletion=counter_names,
        help=f"Real counters to run beside the formulas, of {', '.join(COUNTERS)}; or none. Where"
        " it is not given, fvcore and thop on networks of the zoo.",
        rich_help_panel=_COUNTING,
    ),
]
ConventionName = Annotated[
    str,
    typer.Option(
        "--convention",
        autocompletion=convention_names,
        help="What the cost adds up: a name (mobilecalc conventions lists them) or a sum such"
        ' as "macs + 2*norm_elements".',
        rich_help_panel=_COUNTING,
    ),
]
DEFAULT_COUNTERS = "fvcore,thop"


def counters_of(names: str | None, argument: str = "counters") -> list[Counter]:
    """Counters by names with commas between them; "none" of them for `counters`.

    Those of `DEFAULT_COUNTERS` where nothing is given.

    Raises `UnknownName`, and `BadOption` where none is named.
    """
    if names is None:
        names = DEFAULT_COUNTERS
    if names.strip() == "none" and argument == "counters":
        return []
    chosen = [name.strip() for name in names.split(",")]
    if not all(chosen):
        raise BadOption(
            f"--{argument} names no counter.",
            why="It takes names with commas between them, and one between two commas is empty.",
            fix=f"For example: --{argument} {DEFAULT_COUNTERS}",
        )
    refuse_repeated(argument, chosen)
    return [COUNTERS[name] for name in chosen]


def convention_of(text: str) -> Convention:
    """The convention of that name, or the one that a sum over facts stands for.

    Raises `UnknownName` for what looks like a name, `BadOption` for what looks like a sum.
    """
    from mobilecalc.core.own_convention import parse_convention

    is_a_name = re.fullmatch(r"[\w-]*", text) and not set(text.split("-")) & set(SYMBOLS)
    if is_a_name or text in CONVENTIONS:
        return CONVENTIONS[text]
    return parse_convention(text, "--convention")
