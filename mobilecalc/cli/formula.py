"""`mobilecalc formula`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    Alpha,
    Channels,
    Classes,
    Format,
    Output,
    Resolution,
    Rho,
)
from mobilecalc.cli.output import sink
from mobilecalc.core.checks import positive
from mobilecalc.core.errors import BadOption
from mobilecalc.networks import describe, settings
from mobilecalc.networks.settings import WIDEST

_ONE_LAYER = "One layer alone"

OptionalModel = Annotated[
    str | None, typer.Argument(help="A network; v1 where neither it nor a layer is given.")
]
Kernel = Annotated[
    int | None,
    typer.Option(help="Kernel size D_K (3 where not given).", rich_help_panel=_ONE_LAYER),
]
In = Annotated[
    int | None, typer.Option("--in", help="Input channels M.", rich_help_panel=_ONE_LAYER)
]
Out = Annotated[
    int | None, typer.Option("--out", help="Output channels N.", rich_help_panel=_ONE_LAYER)
]
Size = Annotated[
    int | None,
    typer.Option(help="Side D_F of the output map.", rich_help_panel=_ONE_LAYER),
]


def formula(
    model: OptionalModel = None,
    kernel: Kernel = None,
    inputs: In = None,
    outputs: Out = None,
    size: Size = None,
    alpha: Alpha = 1.0,
    resolution: Resolution = None,
    rho: Rho = None,
    classes: Classes = 1000,
    channels: Channels = 3,
    format: Format = None,
    output: Output = None,
) -> None:
    """Each separable layer's formula with its numbers, against the standard convolution's."""
    from mobilecalc.studies import formula

    out = sink(format, output)
    if (kernel, inputs, outputs, size) == (None, None, None, None):
        chosen = settings(
            alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels
        )
        out.show(formula.network_formulas(describe(model or "v1", chosen)))
        return
    refuse_with_layer(model, resolution, classes, channels)
    layer = formula.layer_of(3 if kernel is None else kernel, inputs, outputs, size)
    width = positive("--alpha", alpha, "the width multiplier", 0.5, WIDEST)
    shrink = 1.0 if rho is None else positive("--rho", rho, "the resolution multiplier", 0.5)
    out.show(formula.layer_formulas(layer, width, shrink))


def refuse_with_layer(
    model: str | None, resolution: int | None, classes: int, channels: int
) -> None:
    """Refuse what belongs to a network where one layer alone is asked for: `BadOption`."""
    of_network = {
        "MODEL": model,
        "--resolution": resolution,
        "--classes": None if classes == 1000 else classes,
        "--channels": None if channels == 3 else channels,
    }
    if given := [option for option, value in of_network.items() if value is not None]:
        raise BadOption(
            f"{' and '.join(given)} and a layer were both given.",
            why="--kernel, --in, --out and --size describe one layer alone, without a network.",
            mend="Leave out the one or the other; --alpha and --rho scale one layer too.",
        )
