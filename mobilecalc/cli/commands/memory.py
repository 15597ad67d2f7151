"""`mobilecalc memory`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.models import model_of
from mobilecalc.cli.options import InputOptions, ModelName, OutputOptions, SettingOptions
from mobilecalc.cli.output import output_of
from mobilecalc.core.errors import UnknownName
from mobilecalc.core.units import BYTES

Dtype = Annotated[str, typer.Option(help="Type of the values: int8, fp16, bf16, fp32.")]
Split = Annotated[
    bool,
    typer.Option(
        "--split",
        help="Compute what is between two pointwise convolutions channel by channel"
        " (arXiv:1801.04381, section 5.1).",
    ),
]
By = Annotated[str, typer.Option(help="A row for each: layer, or resolution (the largest output).")]


def memory(
    context: typer.Context,
    model: ModelName,
    dtype: Dtype = "fp32",
    split: Split = False,
    by: By = "layer",
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    output_options: OutputOptions = OutputOptions(),
) -> None:
    """What is in memory layer by layer, where the peak is, and the weights beside it."""
    from mobilecalc.studies import memory

    tables = {"layer": memory.memory, "resolution": memory.by_resolution}
    for kind, given, known in (("type", dtype, BYTES), ("table", by, tables)):
        if given not in known:
            raise UnknownName(kind, given, known)
    output = output_of(context, output_options)
    subject = model_of(model, settings, inputs, output=output)
    table = tables[by](subject.profile(), dtype, split=split)
    output.show(table, strict=inputs.strict)
