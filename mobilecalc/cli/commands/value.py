"""`mobilecalc value`"""

from __future__ import annotations

from fractions import Fraction
from typing import Annotated

import typer

from mobilecalc.cli.completion import model_names
from mobilecalc.cli.models import models_of
from mobilecalc.cli.options import InputOptions, ModelName, SettingOptions
from mobilecalc.cli.output import output_of
from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.core.units import UNITS

MOST_DIGITS = 12

What = Annotated[
    list[str],
    typer.Argument(
        metavar="WHAT...",
        help="The quantity: macs, params, a fact (mobilecalc count MODEL lists them), or a"
        " convention (mobilecalc conventions lists them), of the network or of a part: macs of"
        " pointwise, params without classifier, share of macs of block1, channels at 7x7.",
    ),
]
Over = Annotated[
    str | None,
    typer.Option(
        metavar="MODEL", autocompletion=model_names, help="Divide by the same of this model."
    ),
]
Unit = Annotated[
    str | None, typer.Option(help='k, M, G, T, % or "" (all digits); else the one that fits.')
]
Digits = Annotated[int | None, typer.Option(help="Digits behind the point.")]


def value(
    context: typer.Context,
    model: ModelName,
    what: What,
    over: Over = None,
    unit: Unit = None,
    digits: Digits = None,
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
) -> None:
    """One number, for a sentence: of a model, of a part of it, or over another's."""
    from mobilecalc.studies.value import value
    from mobilecalc.views.numbers import measured

    output = output_of(context)
    _check(unit, digits)
    names = [model] if over is None else [model, over]
    subjects = models_of(names, settings, inputs, output=output)
    subject, *others = subjects
    number = value(subject, " ".join(what), *others)
    _check_fits(unit, number)
    output.say(measured(number, unit, digits), of=subjects, strict=inputs.strict)


def _check(unit: str | None, digits: int | None) -> None:
    """Raise `UnknownName` or `BadOption`."""
    if unit is not None and unit not in UNITS:
        raise UnknownName("unit", unit, [known or '""' for known in UNITS])
    if digits is not None and not 0 <= digits <= MOST_DIGITS:
        raise BadOption(
            f"--digits {digits} is not possible.",
            why=f"It is a number of digits behind the point: 0 to {MOST_DIGITS}.",
            fix="For example: --digits 1",
        )


def _check_fits(unit: str | None, number: int | Fraction) -> None:
    """Raise `BadOption` for a percentage that is no share, and for a share in thousands."""
    if unit == "%" and isinstance(number, int):
        raise BadOption(
            "--unit % is for a share or a quotient, and this is a number by itself.",
            fix="Ask for a share (share of macs of pointwise), or divide it: --over MODEL",
        )
    if unit not in (None, "", "%") and not isinstance(number, int):
        raise BadOption(
            f"--unit {unit} is for a number by itself, and this is a share or a quotient.",
            fix='Use --unit % or --unit "", or leave it out.',
        )
