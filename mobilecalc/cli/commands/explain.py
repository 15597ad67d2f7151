"""`mobilecalc explain`."""

from __future__ import annotations

from typing import Annotated, Optional

import typer

from mobilecalc.cli.completion import counter_names
from mobilecalc.cli.counting import counters_of
from mobilecalc.cli.models import model_of
from mobilecalc.cli.options import ChartFile, InputOptions, ModelName, OutputOptions, SettingOptions
from mobilecalc.cli.output import output_of
from mobilecalc.core.errors import UnknownName
from mobilecalc.counters import COUNTERS

CounterName = Annotated[
    Optional[str],
    typer.Option(
        "--counter",
        autocompletion=counter_names,
        help=f"One counter, or several with commas, of {', '.join(COUNTERS)}; where none is"
        " named, all that are installed (with --predict, all).",
    ),
]
By = Annotated[str, typer.Option(help="A row for each fact, or for each layer.")]
Predict = Annotated[
    bool, typer.Option("--predict", help="From the facts alone: no counter is run.")
]


def explain(
    context: typer.Context,
    model: ModelName,
    counter: CounterName = None,
    by: By = "fact",
    predict: Predict = False,
    settings: SettingOptions = SettingOptions(),
    inputs: InputOptions = InputOptions(),
    output_options: OutputOptions = OutputOptions(),
    chart: ChartFile = None,
) -> None:
    """Why the counters disagree: each one's number, line by line, from the same facts."""
    from mobilecalc.studies.explain import facts as study
    from mobilecalc.studies.explain.layers import layer_ledger
    from mobilecalc.studies.explain.pages import tables

    output = output_of(context, output_options, chart)
    groupings = {"fact": study.ledger, "layer": layer_ledger}
    if by not in groupings:
        raise UnknownName("grouping", by, groupings)
    subject = model_of(model, settings, inputs, output=output)
    chosen = None if counter is None else counters_of(counter, "counter")
    explanation = study.explain(subject, chosen, predict=predict)
    whole, pages = tables(explanation, groupings[by])
    output.show(whole, console=pages, strict=inputs.strict)
