"""`mobilecalc formula`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.options import (
    Destination,
    Feed,
    Size,
)
from mobilecalc.cli.output import Sink, sink
from mobilecalc.cli.subjects import model_of
from mobilecalc.core.checks import positive
from mobilecalc.core.errors import BadOption, UnknownName, shown
from mobilecalc.modules.loading.sources import PYTHON, is_loadable, source_of
from mobilecalc.networks import Network, describe
from mobilecalc.networks.settings import WIDEST, multiplier

GROUPINGS = ("network", "layer")

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


Steps = Annotated[
    bool,
    typer.Option(
        "--steps",
        help="The derivation, from the standard convolution on, with the numbers put in.",
        rich_help_panel=_ONE_LAYER,
    ),
]
Symbols = Annotated[
    bool,
    typer.Option(
        "--symbols",
        help="In alpha and rho: the closed form of a network's MACs and parameters, unrounded;"
        " without a network, a layer's, from standard to separable.",
    ),
]
By = Annotated[str, typer.Option(help="With --symbols: of the network, or of each layer.")]


def formula(
    model: OptionalModel = None,
    kernel: Kernel = None,
    inputs: In = None,
    outputs: Out = None,
    size: Side = None,
    steps: Steps = False,
    symbols: Symbols = False,
    by: By = "network",
    scaled: Size = Size(),
    feed: Feed = Feed(),
    to: Destination = Destination(),
) -> None:
    """Each separable layer's formula with its numbers, against the standard convolution's."""
    from mobilecalc.studies.formulas import layers as formula

    out = sink(to)
    if symbols or by != "network":
        if steps:
            raise BadOption(
                "--symbols and --steps were both given.",
                why="The one leaves numbers out, the other derives one layer with its numbers.",
                mend="Leave one of them out.",
            )
        refuse_numbers(kernel, inputs, outputs, size, feed)
        show_symbols(out, model, by, scaled, feed)
        return
    if steps and (inputs, outputs, size) == (None, None, None):
        raise BadOption(
            "--steps derives the cost of one layer, and none is given.",
            mend="For example: mobilecalc formula --kernel 3 --in 512 --out 512 --size 14 --steps",
        )
    if (kernel, inputs, outputs, size) == (None, None, None, None):
        subject = model_of("v1" if model is None else model, scaled, feed)
        table = formula.network_formulas(subject)
        out.show(table, of=[subject], strict=feed.strict)
        return
    refuse_with_layer(model, scaled, feed)
    layer = formula.layer_of(3 if kernel is None else kernel, inputs, outputs, size)
    width = positive("--alpha", scaled.alpha, "the width multiplier", 0.5, WIDEST)
    shrink = multiplier(1.0 if scaled.rho is None else scaled.rho)
    answer = formula.layer_steps if steps else formula.layer_formulas
    out.show(answer(layer, width, shrink), of=())


def show_symbols(out: Sink, model: str | None, by: str, size: Size, feed: Feed) -> None:
    """The closed form of a network, or the general chain of ratios where none is named."""
    from mobilecalc.studies.formulas import symbols

    if by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    if model is None:
        out.show(symbols.chain(), of=())
        return
    network = network_of(model, size, feed)
    if by == "layer":
        out.show(symbols.by_layer(network), of=[network])
    else:
        form, rounding = symbols.closed_form(network)
        out.show(form, console=[form, rounding], of=[network])


def network_of(name: str, size: Size, feed: Feed) -> Network:
    """The network of the zoo, or one's own description. Raises `BadOption` for a module."""
    if not is_loadable(name):
        return describe(name, size.settings)
    subject = model_of(name, size, feed) if source_of(name) is PYTHON else None
    if isinstance(subject, Network):
        return subject
    raise BadOption(
        f"{shown(name)} has no alpha and no rho.",
        why="A built-in network has both, and a description has rho: a module has the sizes that it"
        " was made with.",
        mend="Name a built-in network (mobilecalc models lists them), or omit --symbols.",
    )


def refuse_numbers(
    kernel: int | None, inputs: int | None, outputs: int | None, side: int | None, feed: Feed
) -> None:
    """Refuse the numbers of one layer where symbols are asked for: `BadOption`."""
    numbers: dict[str, object] = {"--kernel": kernel, "--in": inputs, "--out": outputs}
    numbers |= {"--size": side, "--input": feed.input or None}
    if given := [option for option, value in numbers.items() if value is not None]:
        raise BadOption(
            f"{' and '.join(given)} and --symbols were both given.",
            why="The ones put numbers into the formula, the other leaves them out.",
            mend="Leave out the one or the other; --steps derives one layer's.",
        )


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
