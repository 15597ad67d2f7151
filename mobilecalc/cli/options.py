"""The options that commands share, and what their texts become."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mobilecalc.core.conventions import CONVENTIONS, Convention
from mobilecalc.core.errors import BadOption
from mobilecalc.counters import COUNTERS, Counter
from mobilecalc.networks.settings import BASE_RESOLUTION
from mobilecalc.views import VIEWS

_SIZE = "Size of the network"
_COUNTING = "Counting"
_OUTPUT = "Output"

Model = Annotated[str, typer.Argument(help="A network: mobilecalc models lists them.")]
Alpha = Annotated[float, typer.Option(help="Width multiplier.", rich_help_panel=_SIZE)]
Resolution = Annotated[
    int | None,
    typer.Option(
        help=f"Pixels a side of the input; {BASE_RESOLUTION} where --rho is not given either.",
        rich_help_panel=_SIZE,
    ),
]
Rho = Annotated[
    float | None,
    typer.Option(
        help=f"Resolution multiplier, a fraction of {BASE_RESOLUTION} pixels.",
        rich_help_panel=_SIZE,
    ),
]
Classes = Annotated[int, typer.Option(help="Classes to tell apart.", rich_help_panel=_SIZE)]
Channels = Annotated[int, typer.Option(help="Channels of the input.", rich_help_panel=_SIZE)]
CounterNames = Annotated[
    str,
    typer.Option(
        "--counters",
        help=f"Real counters to run beside the formulas ({','.join(COUNTERS)}), or none.",
        rich_help_panel=_COUNTING,
    ),
]
ConventionName = Annotated[
    str,
    typer.Option(
        "--convention",
        help=f"What the cost adds up: {', '.join(CONVENTIONS)}.",
        rich_help_panel=_COUNTING,
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        help=f"One of {', '.join(VIEWS)}; the ending of --output chooses it too.",
        rich_help_panel=_OUTPUT,
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(help="Write to this file instead of the screen.", rich_help_panel=_OUTPUT),
]

ALL_COUNTERS = ",".join(COUNTERS)


def counters_of(names: str) -> list[Counter]:
    """Counters by names with commas between them, or "none". Raises `UnknownName`."""
    if names.strip() == "none":
        return []
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if not chosen:
        raise BadOption(
            "--counters names no counter.",
            why="It takes names with commas between them, or none.",
            mend=f"For example: --counters {ALL_COUNTERS}",
        )
    return [COUNTERS[name] for name in dict.fromkeys(chosen)]


def convention_of(name: str) -> Convention:
    """The convention of that name. Raises `UnknownName`."""
    return CONVENTIONS[name]
