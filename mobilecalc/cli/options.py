"""The options that commands share, and what their texts become."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated

import typer

from mobilecalc.core.conventions import Convention
from mobilecalc.core.counts import SYMBOLS
from mobilecalc.core.errors import BadOption
from mobilecalc.counters import CONVENTIONS, COUNTERS, Counter
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
        help=f"Real counters to run beside the formulas, of {', '.join(COUNTERS)}; or none.",
        rich_help_panel=_COUNTING,
    ),
]
ConventionName = Annotated[
    str,
    typer.Option(
        "--convention",
        help="What the cost adds up: a name (mobilecalc conventions lists them) or a sum such"
        ' as "macs + 2*norm_elements".',
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

DEFAULT_COUNTERS = "fvcore,thop"


def counters_of(names: str, option: str = "--counters") -> list[Counter]:
    """Counters by names with commas between them; "none" of them for `--counters`.

    Raises `UnknownName`, and `BadOption` where none is named.
    """
    if names.strip() == "none" and option == "--counters":
        return []
    chosen = [name.strip() for name in names.split(",") if name.strip()]
    if not chosen:
        raise BadOption(
            f"{option} names no counter.",
            why=f"It takes names with commas between them: {', '.join(COUNTERS)}.",
            mend=f"For example: {option} {DEFAULT_COUNTERS}",
        )
    return [COUNTERS[name] for name in dict.fromkeys(chosen)]


def convention_of(text: str) -> Convention:
    """The convention of that name, or the one that a sum over facts stands for.

    Raises `UnknownName` for what looks like a name, `BadOption` for what looks like a sum.
    """
    from mobilecalc.core.expressions import parse_convention

    is_a_name = re.fullmatch(r"[\w-]*", text) and not set(text.split("-")) & set(SYMBOLS)
    return CONVENTIONS[text] if is_a_name or text in CONVENTIONS else parse_convention(text)
