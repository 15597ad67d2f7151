"""What can go wrong, said so that a person can mend it."""

from __future__ import annotations

from collections.abc import Iterable


class MobilecalcError(Exception):
    """An error a user can mend: what is wrong, why, and the way out.

    `exit_code` is what the command line exits with: 2 for a wrong call, 1 for a failed check.
    """

    exit_code = 2

    def __init__(self, what: str, *, why: str = "", mend: str = "") -> None:
        self.what = what
        self.why = why
        self.mend = mend
        super().__init__("\n".join(line for line in (what, why, mend) if line))


_MOST_LISTED = 60


class UnknownName(MobilecalcError):
    """A name that no registry knows; offers the nearest ones, and all."""

    def __init__(self, kind: str, name: str, known_names: Iterable[str], *, see: str = "") -> None:
        from difflib import get_close_matches

        names = list(known_names)
        near = get_close_matches(name.lower(), names, n=3, cutoff=0.4)
        guess = f"Did you mean {' or '.join(near)}?" if near else ""
        more = f", ... ({len(names)} in all)" if len(names) > _MOST_LISTED else ""
        known = f"Known: {', '.join(names[:_MOST_LISTED])}{more}." if names else ""
        super().__init__(
            f"There is no {kind} named '{name}'.",
            why=guess,
            mend=f"{known} {see}".strip(),
        )


class BadOption(MobilecalcError):
    """An option whose value cannot be used."""


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
            mend=f"Install it: pip install {' '.join(names)}"
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
            else f"{type(cause).__name__}: {said[0][:300]}",
            mend="Give an input that fits (--input 1x3x224x224, or NAME=1x128:int64 for a keyword),"
            " or mend the module. Where it raises: mobilecalc --debug ...",
        )


class CheckFailed(MobilecalcError):
    """A cross-check that did not come out even; the answer was printed all the same."""

    exit_code = 1

    def __init__(self, failures: Iterable[str]) -> None:
        super().__init__("A check failed.", why="\n".join(failures))


class UnwritableOutput(MobilecalcError):
    """An output file that cannot be written; what was there stays whole."""
