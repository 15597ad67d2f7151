"""The command `mobilecalc`: its commands, and what becomes of an error."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from mobilecalc import __version__
from mobilecalc.cli import standard_streams as streams
from mobilecalc.cli.hints import for_the_command_line
from mobilecalc.cli.signatures import flat
from mobilecalc.core.checks import is_plain
from mobilecalc.core.errors import BadOption, MobilecalcError, readable, shown

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
"""Each is the function of that name in the file of that name in `commands`."""

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


class Command(TyperCommand):
    """A command that refuses what typer lets pass.

    An option that is given twice (neither value is the one that holds), a file without a name
    (pathlib takes it for the current folder), and numbers that only Python writes (1_0).
    """

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """As typer does. Raises `BadOption`."""
        if ctx.resilient_parsing:  # a line that is being completed
            return super().parse_args(ctx, args)
        values, _, order = self.make_parser(ctx).parse_args(args=list(args))
        options: list[Any] = [param for param in order if param.param_type_name == "option"]
        for param in options:
            if options.count(param) > 1 and not (param.multiple or param.is_flag):
                raise BadOption(f"{param.opts[0]} was given twice.", fix="Give it once.")
            _check_value(param, values.get(param.name))
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run it. An error speaks of options and commands, whoever reads it."""
        try:
            return super().invoke(ctx)
        except MobilecalcError as error:
            for_the_command_line(error)
            raise


def _check_value(param: Any, value: Any) -> None:
    """Raises `BadOption` for a text that becomes another value than it says."""
    if not isinstance(value, str):
        return
    if param.type.name in ("path", "file") and not value.strip():
        raise BadOption(f"The file name of {param.opts[0]} is empty.", fix="Give it a name.")
    if param.type.name in ("int", "integer", "float") and not is_plain(value):
        raise BadOption(
            f"{param.opts[0]} {shown(value)} is not possible.",
            why="A number has the digits 0 to 9, without separators.",
            fix=f"For example: {param.opts[0]} 1",
        )


def command(name: str) -> TyperCommand:
    """The command of that name, built by typer from its function."""
    function = getattr(import_module(f"mobilecalc.cli.commands.{name}"), name)
    one = typer.Typer(add_completion=False)
    one.command(name, cls=Command, context_settings=_SETTINGS)(flat(function))
    return typer.main.get_command(one)  # type: ignore[return-value]


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
)


def _show_version(asked: bool) -> None:
    if asked:
        typer.echo(f"mobilecalc {__version__}")
        raise typer.Exit


@app.callback()
def mobilecalc(
    context: typer.Context,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks.")] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    """What a neural network costs, where the cost sits, and why."""
    from mobilecalc.cli.output import Terminal

    context.obj = Terminal()


def run() -> None:
    """Run the command line and exit; an error is one message, and a traceback with --debug."""
    streams.prepare()
    try:
        status = app(standalone_mode=False)
        sys.stdout.flush()
    except MobilecalcError as error:
        _leave(error, error.exit_code, str(error))
    except BrokenPipeError:
        streams.abandon()
        sys.exit(1)
    except (KeyboardInterrupt, SystemExit):
        raise
    except OSError as error:
        why = error.strerror or str(error)
        if error.filename is not None:  # of what was named, and not of the screen
            _leave(error, 2, f"{error.filename}: {why}.")
        _leave(error, 1, f"The answer cannot be written: {why}.")
    except BaseException as error:  # also what a user's code may raise
        if hasattr(error, "format_message"):  # a wrong call, as typer says it
            _refuse(error)
        what = f"Something broke: {type(error).__name__}: {error}"
        arguments = " ".join(sys.argv[1:])
        _leave(error, 1, f"{what}\nTo see where: mobilecalc --debug {arguments}")
    sys.exit(status)


def _refuse(error: Any) -> None:
    """Say what is wrong with a call; show the help where there is none."""
    if len(sys.argv) == 1:
        typer.echo(error.ctx.get_help())
        sys.exit(error.exit_code)
    command = error.ctx.command_path if error.ctx else "mobilecalc"
    refused = BadOption(error.format_message(), fix=f"See: {command} --help")
    streams.complain(str(refused))
    sys.exit(error.exit_code)


def _leave(error: BaseException, exit_code: int, message: str) -> None:
    if "--debug" in sys.argv[1:]:
        raise error
    try:
        sys.stdout.flush()
    except OSError:
        streams.abandon()
    streams.complain(readable(message))
    sys.exit(exit_code)
