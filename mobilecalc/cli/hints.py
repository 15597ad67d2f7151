"""What the command line makes of an error: options for arguments, and the command that helps."""

from __future__ import annotations

import re

from mobilecalc.core.errors import MobilecalcError, Untraceable

_HELPS = {
    "model": "List them: mobilecalc models",
    "convention": "List them: mobilecalc conventions",
    "counter": "List them: mobilecalc explain --help",
    "published table": "List them: mobilecalc paper",
    "quantity": "List the quantities: mobilecalc count v1",
    "sum of facts": "List the facts: mobilecalc count v1."
    " List the conventions: mobilecalc conventions",
    "facts": "List what it has: mobilecalc count {of}",
    "part": "Its layers: mobilecalc breakdown {of}",
    "layer": "List its layers: mobilecalc breakdown {of}",
    "feature-map size": "List the sizes: mobilecalc memory {of} --by resolution",
}
"""The command that shows what an error would have its reader see (`MobilecalcError.see`)."""

_FITTING_INPUT = (
    "Give an input that fits (--input 1x3x224x224, or NAME=1x128:int64 for a keyword), or fix the"
    " module. Where it raises: mobilecalc --debug ..."
)


def for_the_command_line(error: MobilecalcError) -> None:
    """Give an error the texts that a user of the command line can act on."""
    if isinstance(error, Untraceable):
        error.fix = _FITTING_INPUT
    error.what = _with_options(error.what, error.arguments)
    help = _HELPS.get(error.see, "").format(of=error.of)
    error.fix = f"{_with_options(error.fix, error.arguments)} {help}".strip()


def _with_options(text: str, arguments: tuple[str, ...]) -> str:
    """Each argument as an option where it is first named: `alpha=0` becomes `--alpha 0`.

    In a call's parentheses it stays an argument.
    """
    for name in arguments:
        found = re.search(rf"(?<![\w(-]){re.escape(name)}(?:(=)|\b)", text)
        if found:
            option = f"--{name.replace('_', '-')}{' ' * bool(found[1])}"
            text = text[: found.start()] + option + text[found.end() :]
    return text
