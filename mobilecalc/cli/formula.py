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
from mobilecalc.core.errors import BadOption
from mobilecalc.networks import describe, settings

_ONE_LAYER = "One layer alone"

OptionalModel = Annotated[
    str | None, typer.Argument(help="A network; v1 where neither it nor a layer is given.")
]
Kernel = Annotated[int, typer.Option(help="Kernel size D_K.", rich_help_panel=_ONE_LAYER)]
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
    kernel: Kernel = 3,
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
    chosen = settings(
        alpha=alpha, resolution=resolution, rho=rho, classes=classes, channels=channels
    )
    if (inputs, outputs, size) == (None, None, None):
        out.show(formula.network_formulas(describe(model or "v1", chosen)))
    elif model is not None:
        raise BadOption(
            "A model and a layer were both given.",
            why="--in, --out and --size describe one layer alone.",
            mend=f"Leave them out, or leave out {model}.",
        )
    else:
        layer = formula.layer_of(kernel, inputs, outputs, size)
        out.show(formula.layer_formulas(layer, chosen.alpha, chosen.rho))
