"""The options that commands share, and what their texts become."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer

from mobilecalc.cli.completion import (
    format_names,
    model_names,
)
from mobilecalc.core.checks import whole
from mobilecalc.core.errors import BadOption
from mobilecalc.modules.loading.sources import PREFIXES
from mobilecalc.networks.settings import BASE_CLASSES, BASE_RESOLUTION, Settings, settings
from mobilecalc.views import VIEWS, View, view_for

if TYPE_CHECKING:
    from mobilecalc.studies.costs import Pass

_SETTINGS = "Size of a network of the zoo"
_PASS = "What is run"
_OUTPUT = "Output"

SCREEN = Path("-")
"""As the name of a file: the standard output."""

ModelName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        autocompletion=model_names,
        help="A network (mobilecalc models lists them), or where a module comes from:"
        f" {', '.join(f'{prefix}:NAME' for prefix in PREFIXES)}, FILE.py:FACTORY,"
        " PACKAGE.MODULE:FACTORY, a .pt2 or .onnx file.",
    ),
]

NetworkName = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        autocompletion=model_names,
        help="A built-in network (mobilecalc models lists them).",
    ),
]

Classes = Annotated[
    int | None,
    typer.Option(
        help=f"Classes to tell apart; the network's own ({BASE_CLASSES}, mostly) where not given.",
        rich_help_panel=_SETTINGS,
    ),
]
Channels = Annotated[int, typer.Option(help="Channels of the input.", rich_help_panel=_SETTINGS)]


class SettingOptions(NamedTuple):
    """The settings of a network of the zoo, as they were given."""

    alpha: Annotated[float, typer.Option(help="Width multiplier.", rich_help_panel=_SETTINGS)] = 1.0
    resolution: Annotated[
        int | None,
        typer.Option(
            help="Pixels a side of the input; the network's own where --rho is not given either.",
            rich_help_panel=_SETTINGS,
        ),
    ] = None
    rho: Annotated[
        float | None,
        typer.Option(
            help="Resolution multiplier, a fraction of the network's own"
            f" ({BASE_RESOLUTION}, mostly).",
            rich_help_panel=_SETTINGS,
        ),
    ] = None
    classes: Classes = None
    channels: Channels = 3

    @property
    def checked(self) -> Settings:
        """The settings. Raises `BadOption` for one that no network can have."""
        return settings(**self._asdict())


class InputOptions(NamedTuple):
    """What a loaded module is called with, as it was given."""

    input: Annotated[
        list[str] | None,
        typer.Option(
            help="An input of a loaded module, [NAME=]SIZES[:TYPE]: 1x3x224x224, 1x128:int64,"
            " input_ids=1x128:int64; once for each. FILE.py:FUNCTION is called for all of them.",
            rich_help_panel=_PASS,
        ),
    ] = None
    device: Annotated[
        str,
        typer.Option(help="Where a loaded module is run: meta, cpu, cuda.", rich_help_panel=_PASS),
    ] = "meta"
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Exit 1 where an operation is not counted.", rich_help_panel=_PASS
        ),
    ] = False


class PassOptions(NamedTuple):
    """The pass that is counted, as it was given."""

    batch: Annotated[
        int, typer.Option(help="Show the cost of a batch of so many too.", rich_help_panel=_PASS)
    ] = 1
    train: Annotated[
        bool,
        typer.Option("--train", help="A training step: forward and back.", rich_help_panel=_PASS),
    ] = False

    @property
    def checked(self) -> Pass:
        """The pass. Raises `BadOption` for a batch of no whole number of samples."""
        from mobilecalc.studies.costs import Pass

        samples = whole("batch", self.batch, "the number of samples of a batch", 8)
        return Pass(self.train, samples)


class OutputOptions(NamedTuple):
    """The format and the file of an answer, as they were given."""

    format: Annotated[
        str | None,
        typer.Option(
            autocompletion=format_names,
            help=f"One of {', '.join(VIEWS)}; the ending of --output chooses it too.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Write to this file instead of the screen; - is the standard output.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None

    @property
    def path(self) -> Path | None:
        """The file; None for the standard output."""
        return None if self.output == SCREEN else self.output

    @property
    def view(self) -> View:
        """The format. Raises `UnknownName` or `BadOption`, as `view_for` does."""
        return view_for(self.format, None if self.path is None else self.path.suffix)


ChartFile = Annotated[
    Path | None,
    typer.Option(
        "--chart",
        help="Also save a chart to this file: .svg, .png, .pdf, .html, or .json (Vega-Lite); - is"
        " SVG on the standard output.",
        rich_help_panel=_OUTPUT,
    ),
]


def refuse_both(given: Mapping[str, object], other: str, *, why: str, fix: str) -> None:
    """Raise `BadOption` for options beside one that excludes them: each with what it was given as.

    That is None or False for an option that was not given.
    """
    names = [name for name, value in given.items() if value is not None and value is not False]
    if names:
        raise BadOption(f"{' and '.join(names)} and {other} were both given.", why=why, fix=fix)
