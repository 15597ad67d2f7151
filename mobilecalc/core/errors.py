"""What can go wrong, said so that a person can fix it."""

from __future__ import annotations

from collections.abc import Iterable

from mobilecalc.core.suggestions import nearest

_LONGEST_VALUE = 80
_LONGEST_WORD = 240
"""Of a message, in characters: a path may be so long, and is a command that can be pasted."""
_LONGEST_LINE = 2400


def shown(value: object) -> str:
    """A value as it stands in a message: on one line, printable, at most `_LONGEST_VALUE` long."""
    try:
        text = str(value)
    except ValueError:  # Python writes no integer of more than 4300 digits
        return "an integer of more than 4300 digits"
    return _cut(printable(text).replace("\n", "\\n"), _LONGEST_VALUE)


def sentence(text: str) -> str:
    """The first line of a text as a sentence: with a capital, and one full stop."""
    line = text.strip().partition("\n")[0].rstrip(" .:")
    return f"{line[:1].upper()}{line[1:]}." if line else ""


def printable(text: str) -> str:
    """The text without what a terminal obeys: control characters are escaped, line ends stay."""
    if text.isprintable():
        return text
    return "".join(
        c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text
    )


def readable(text: str) -> str:
    """A message that is printable, and in which no line and no word is longer than people read."""
    lines = (
        _cut(" ".join(_cut(word, _LONGEST_WORD) for word in line.split(" ")), _LONGEST_LINE)
        for line in printable(text).split("\n")
    )
    return "\n".join(lines)


def _cut(text: str, longest: int) -> str:
    """The beginning and the end of a text that is too long."""
    if len(text) <= longest:
        return text
    end = longest // 4
    return f"{text[: longest - end - 3]}...{text[-end:]}"


class MobilecalcError(Exception):
    """An error that a user can fix: what is wrong, why, and the way out, in terms of Python.

    arguments: those that the texts name, as Python writes them (`alpha=0`). see: what there is a
    list of that helps ("convention"), and of which model. A command line says the ones as its
    options, and names the command that shows the other. `exit_code` is what it exits with: 2 for a
    wrong call, 1 for a failed check.
    """

    exit_code = 2

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        arguments: Iterable[str] = (),
        see: str = "",
        of: str = "",
    ) -> None:
        self.what = readable(what)
        self.why = readable(why)
        self.fix = readable(fix)
        self.arguments = tuple(arguments)
        self.see, self.of = see, of
        super().__init__(self.what)

    def __str__(self) -> str:
        return "\n".join(line for line in (self.what, self.why, self.fix) if line)


_MOST_LISTED = 3
_FEW = 8
"""So many names are the values that an option has, and not suggestions."""


class UnknownName(MobilecalcError):
    """A name that no registry knows; offers the nearest ones."""

    def __init__(self, kind: str, name: str, known_names: Iterable[str]) -> None:
        names = list(known_names)
        more = f", ... ({len(names)} in total)" if len(names) > _FEW else ""
        listed = names[:_MOST_LISTED] if more else names
        super().__init__(
            f"There is no {kind} named '{shown(name)}'.",
            why=nearest(name, names),
            fix=f"Known: {', '.join(listed)}{more}." if names else "",
            see=kind,
        )


class BadOption(MobilecalcError):
    """An argument whose value cannot be used."""


class BadShape(MobilecalcError):
    """A description whose shapes do not fit together."""


class MissingPackage(MobilecalcError):
    """Packages that this request needs, and that are not installed (or do not import)."""

    def __init__(self, packages: Iterable[str], purpose: str, cause: Exception) -> None:
        names = list(packages)
        missing = cause.name if isinstance(cause, ModuleNotFoundError) else None
        module = (missing or "").partition(".")[0].replace("_", "-")
        is_missing = bool(module) and module in [name.removesuffix("-python") for name in names]
        super().__init__(
            f"{purpose} needs {' and '.join(names)}, and cannot import what it needs.",
            why=f"{type(cause).__name__}: {cause}",
            fix=f"Install it: pip install {' '.join(names)}"
            if is_missing
            else f"Install what it lacks, or {' and '.join(names)} anew, in fitting versions.",
        )


class Untraceable(MobilecalcError):
    """A module whose forward pass raises, with what it says."""

    def __init__(self, name: str, inputs: str, cause: BaseException) -> None:
        said = str(cause).strip().splitlines() or [""]
        super().__init__(
            f"The forward pass of {name} raises on {inputs or 'no input'}.",
            why=" ".join(said)
            if isinstance(cause, MobilecalcError)
            else f"{type(cause).__name__}: {said[0]}",
            fix="Give an input that fits, or fix the module.",
        )


class CheckFailed(MobilecalcError):
    """A cross-check that did not come out even; the answer was printed all the same."""

    exit_code = 1

    def __init__(self, failures: Iterable[str]) -> None:
        super().__init__("A check failed.", why="\n".join(failures))


class UnwritableOutput(MobilecalcError):
    """An output file that cannot be written; what was there stays whole."""
