"""`mobilecalc formula`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    Destination,
    Feed,
    Size,
)
from mobilecalc.cli.output import sink
from mobilecalc.cli.subjects import model_of, uncounted_failures
from mobilecalc.core.checks import positive
from mobilecalc.core.errors import BadOption
from mobilecalc.networks.settings import WIDEST

_ONE_LAYER = "One layer alone"

OptionalModel = Annotated[
    str | None,
    typer.Argument(
        metavar="[MODEL]",
        help="A network, or where a module comes from; v1 where neither it nor a layer is given.",
    ),
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
Side = Annotated[
    int | None,
    typer.Option(help="Side D_F of the output map.", rich_help_panel=_ONE_LAYER),
]


def formula(
    model: OptionalModel = None,
    kernel: Kernel = None,
    inputs: In = None,
    outputs: Out = None,
    size: Side = None,
    scaled: Size = Size(),
    feed: Feed = Feed(),
    to: Destination = Destination(),
) -> None:
    """Each separable layer's formula with its numbers, against the standard convolution's."""
    from mobilecalc.studies import formula

    out = sink(to)
    if (kernel, inputs, outputs, size) == (None, None, None, None):
        subject = model_of(model or "v1", scaled, feed)
        table = formula.network_formulas(subject)
        out.show(table, failures=uncounted_failures([subject], feed))
        return
    refuse_with_layer(model, scaled, feed)
    layer = formula.layer_of(3 if kernel is None else kernel, inputs, outputs, size)
    width = positive("--alpha", scaled.alpha, "the width multiplier", 0.5, WIDEST)
    rho = 1.0 if scaled.rho is None else scaled.rho
    shrink = positive("--rho", rho, "the resolution multiplier", 0.5)
    out.show(formula.layer_formulas(layer, width, shrink))


def refuse_with_layer(model: str | None, size: Size, feed: Feed) -> None:
    """Refuse what belongs to a network where one layer alone is asked for: `BadOption`."""
    of_network = {
        "MODEL": model,
        "--resolution": size.resolution,
        "--classes": size.classes,
        "--channels": None if size.channels == Size().channels else size.channels,
        "--input": feed.input or None,
    }
    if given := [option for option, value in of_network.items() if value is not None]:
        raise BadOption(
            f"{' and '.join(given)} and a layer were both given.",
            why="--kernel, --in, --out and --size describe one layer alone, without a network.",
            mend="Leave out the one or the other; --alpha and --rho scale one layer too.",
        )
