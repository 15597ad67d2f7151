"""`mobilecalc paper`"""

from __future__ import annotations

from typing import Annotated

import typer

from mobilecalc.cli.completion import table_names
from mobilecalc.cli.options import ChartFile, OutputOptions, refuse_both
from mobilecalc.cli.output import output_of

Which = Annotated[
    str | None,
    typer.Argument(
        metavar="TABLE",
        autocompletion=table_names,
        help="A table (v1:6), or all tables of a paper (v1).",
    ),
]
Errata = Annotated[
    bool, typer.Option("--errata", help="Only what does not follow, and what does give it.")
]
Check = Annotated[
    bool, typer.Option("--check", help="Exit 1 where a verdict is another than is on record.")
]


def paper(
    context: typer.Context,
    table: Which = None,
    errata: Errata = False,
    check: Check = False,
    output_options: OutputOptions = OutputOptions(),
    chart: ChartFile = None,
) -> None:
    """Published tables: what is printed, what the networks cost, and why they differ."""
    from mobilecalc.literature import chosen, tables
    from mobilecalc.studies.paper.comparison import comparison, comparisons
    from mobilecalc.studies.paper.overview import overview

    if check:
        refuse_both(
            {"--errata": errata},
            "--check",
            why="The one shows what does not follow, the other checks every verdict.",
            fix="Leave one of them out.",
        )
    output = output_of(context, output_options, chart)
    which = tuple(tables().values()) if table is None else chosen(table)
    if check or (table is None and not errata):
        output.show(overview(which, checked=check))
    else:
        apart = comparisons(which, only_errata=errata)
        one = apart[0] if len(which) == 1 else comparison(which, only_errata=errata)
        output.show(one, console=apart)
