"""The command `mobilecalc`: its commands, and what becomes of an error."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup

from mobilecalc import __version__
from mobilecalc.cli.grouped import flat
from mobilecalc.core.errors import MobilecalcError

if TYPE_CHECKING:
    from typer.core import TyperCommand

COMMANDS = (
    "compare",
    "breakdown",
    "explain",
    "scale",
    "formula",
    "count",
    "memory",
    "value",
    "explorer",
    "paper",
    "conventions",
    "models",
    "notes",
)
"""Each is the function of that name in the file of that name beside this one."""

_SETTINGS = {"help_option_names": ["-h", "--help"]}


class Commands(TyperGroup):
    """The commands, each imported when it is asked for: none pays for the others' options."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Every name, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | None:
        """The command, built by typer from its function."""
        if cmd_name not in COMMANDS:
            return None
        return command(cmd_name)


def command(name: str) -> TyperCommand:
    """The command of that name, built by typer from its function."""
    function = getattr(import_module(f"mobilecalc.cli.{name}"), name)
    one = typer.Typer(add_completion=False)
    one.command(name, context_settings=_SETTINGS)(flat(function))
    return typer.main.get_command(one)  # type: ignore[return-value]


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
)


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
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        app()
    except MobilecalcError as error:
        _leave(error, error.exit_code, str(error))
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except (KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        why = f"The answer cannot be written: {error.strerror or error}."
        _leave(error, 1, why)
    except BaseException as error:  # also what a user's code may raise
        what = f"Something broke: {type(error).__name__}: {error}"
        arguments = " ".join(sys.argv[1:])
        _leave(error, 1, f"{what}\nTo see where: mobilecalc --debug {arguments}")


def _leave(error: BaseException, exit_code: int, message: str) -> None:
    if "--debug" in sys.argv[1:]:
        raise error
    typer.echo(f"mobilecalc: {message}", err=True)
    sys.exit(exit_code)
