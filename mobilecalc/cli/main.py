"""The command `mobilecalc`: its commands, and what becomes of an error."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

from mobilecalc import __version__
from mobilecalc.cli.breakdown import breakdown
from mobilecalc.cli.compare import compare
from mobilecalc.cli.count import count
from mobilecalc.cli.formula import formula
from mobilecalc.cli.models import models
from mobilecalc.cli.scale import scale
from mobilecalc.core.errors import MobilecalcError

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for _command in (compare, breakdown, scale, formula, count, models):
    app.command()(_command)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mobilecalc {__version__}")
        raise typer.Exit


@app.callback()
def mobilecalc(
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """What a neural network costs, where the cost sits, and why."""


def run() -> None:
    """Run the command line and exit; an error is one message, and a traceback with --debug."""
    sys.stdout.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        app()
    except MobilecalcError as error:
        _leave(error, error.exit_code, str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:
        what = f"Something broke: {type(error).__name__}: {error}"
        arguments = " ".join(sys.argv[1:])
        _leave(error, 1, f"{what}\nTo see where: mobilecalc --debug {arguments}")


def _leave(error: BaseException, exit_code: int, message: str) -> None:
    if "--debug" in sys.argv[1:]:
        raise error
    typer.echo(f"mobilecalc: {message}", err=True)
    sys.exit(exit_code)
