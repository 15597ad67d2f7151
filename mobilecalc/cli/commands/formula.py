"""`mobilecalc formula`"""

from __future__ import annotations

from typing import Annotated, NamedTuple

import typer

from mobilecalc.cli.completion import model_names
from mobilecalc.cli.models import model_of
from mobilecalc.cli.options import (
    InputOptions,
    OutputOptions,
    SettingOptions,
    refuse_both,
)
from mobilecalc.cli.output import Output, output_of
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
        autocompletion=model_names,
        help="A network, or where a module comes from; v1 where neither it nor a layer is given.",
    ),
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


class LayerOptions(NamedTuple):
    """One layer, as it was given."""

    kernel: Annotated[
        int | None,
        typer.Option(help="Kernel size D_K (3 where not given).", rich_help_panel=_ONE_LAYER),
    ] = None
    inputs: Annotated[
        int | None, typer.Option("--in", help="Input channels M.", rich_help_panel=_ONE_LAYER)
    ] = None
    outputs: Annotated[
        int | None, typer.Option("--out", help="Output channels N.", rich_help_panel=_ONE_LAYER)
    ] = None
    size: Annotated[
        int | None,
        typer.Option(help="Side D_F of the output map.", rich_help_panel=_ONE_LAYER),
    ] = None

    @property
    def given(self) -> dict[str, object]:
        """What each option was given as, None for those that were not."""
        names = ("--kernel", "--in", "--out", "--size")
        return dict(zip(names, self, strict=True))

    def check_there_is_one(self) -> None:
        """Raises `BadOption` where nothing but a kernel was given."""
        if self._replace(kernel=None) == LayerOptions():
            example = "mobilecalc formula --kernel 3 --in 512 --out 512 --size 14 --steps"
            raise BadOption(
                "--steps derives the cost of one layer, and none is given.",
                fix=f"For example: {example}",
            )


def formula(
    context: typer.Context,
    model: OptionalModel = None,
    layer: LayerOptions = LayerOptions(),
    steps: Steps = False,
    symbols: Symbols = False,
    by: By = "network",
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    output_options: OutputOptions = OutputOptions(),
) -> None:
    """Each separable layer's formula with its numbers, against the standard convolution's."""
    from mobilecalc.studies.formulas.network import network_formulas

    output = output_of(context, output_options)
    if symbols or by != "network":
        _refuse_numbers(layer, inputs, steps=steps)
        _show_symbols(output, model, by, settings, inputs)
    elif steps or layer != LayerOptions():
        if steps:
            layer.check_there_is_one()
        _refuse_network(model, settings, inputs)
        _show_layer(output, layer, settings, steps=steps)
    else:
        subject = model_of("v1" if model is None else model, settings, inputs, output=output)
        output.show(network_formulas(subject), strict=inputs.strict)


def _show_symbols(
    output: Output, model: str | None, by: str, settings: SettingOptions, inputs: InputOptions
) -> None:
    """The closed form of a network, or the general chain of ratios where none is named."""
    from mobilecalc.studies.formulas.closed_form import by_layer, chain, closed_form

    if by not in GROUPINGS:
        raise UnknownName("grouping", by, GROUPINGS)
    if model is None:
        output.show(chain())
        return
    network = _network(model, settings, inputs, output)
    if by == "layer":
        output.show(by_layer(network))
    else:
        form, rounding = closed_form(network)
        output.show(form, console=[form, rounding])


def _network(name: str, settings: SettingOptions, inputs: InputOptions, output: Output) -> Network:
    """The network of the zoo, or one's own description. Raises `BadOption` for a module."""
    if not is_loadable(name):
        return describe(name, settings.checked)
    if source_of(name) is PYTHON:
        found = model_of(name, settings, inputs, output=output)
        if isinstance(found, Network):
            return found
    raise BadOption(
        f"{shown(name)} has no alpha and no rho.",
        why="A built-in network has both, and a description has rho: a module has the sizes that it"
        " was made with.",
        fix="Name a built-in network (mobilecalc models lists them), or omit --symbols.",
    )


def _show_layer(
    output: Output, options: LayerOptions, settings: SettingOptions, *, steps: bool
) -> None:
    """One layer's formulas with its numbers, or their derivation."""
    from mobilecalc.studies.formulas.layer import layer_formulas, layer_steps
    from mobilecalc.studies.formulas.separable import layer_of

    kernel = 3 if options.kernel is None else options.kernel
    layer = layer_of(kernel, options.inputs, options.outputs, options.size)
    width = positive("alpha", settings.alpha, "the width multiplier", 0.5, WIDEST)
    shrink = multiplier(1.0 if settings.rho is None else settings.rho)
    answer = layer_steps if steps else layer_formulas
    output.show(answer(layer, width, shrink))


def _refuse_numbers(layer: LayerOptions, inputs: InputOptions, *, steps: bool) -> None:
    """Refuse the numbers of one layer where symbols are asked for: `BadOption`."""
    if steps:
        refuse_both(
            {"--symbols": True},
            "--steps",
            why="The one leaves numbers out, the other derives one layer with its numbers.",
            fix="Leave one of them out.",
        )
    refuse_both(
        {**layer.given, "--input": inputs.input or None},
        "--symbols",
        why="The ones put numbers into the formula, the other leaves them out.",
        fix="Leave out the one or the other; --steps derives one layer's.",
    )


def _refuse_network(model: str | None, settings: SettingOptions, inputs: InputOptions) -> None:
    """Refuse what belongs to a network where one layer alone is asked for: `BadOption`."""
    own_channels = settings.channels == SettingOptions().channels
    refuse_both(
        {
            "MODEL": model,
            "--resolution": settings.resolution,
            "--classes": settings.classes,
            "--channels": None if own_channels else settings.channels,
            "--input": inputs.input or None,
        },
        "a layer",
        why="--kernel, --in, --out and --size describe one layer alone, without a network.",
        fix="Leave out the one or the other; --alpha and --rho scale one layer too.",
    )
