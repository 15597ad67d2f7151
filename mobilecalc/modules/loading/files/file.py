"""A file that holds a model: whether it can be opened, and what is wrong if it cannot be read."""

from __future__ import annotations

import stat
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TypeAlias

from mobilecalc.core.errors import BadOption, MobilecalcError, sentence
from mobilecalc.modules.isolation.interpreter import silenced
from mobilecalc.modules.loading.definition import Definition

Read: TypeAlias = Callable[[Path], Definition]

_LONGEST = 300


def saved(fix: str) -> Callable[[Read], Callable[[str], Definition]]:
    """Make a source of a function that reads a file, and may raise whatever a bad file makes.

    It raises `BadOption` for a file that is missing or cannot be read; `fix` says how to get one
    that can.
    """

    def source(read: Read) -> Callable[[str], Definition]:
        @wraps(read)
        def found(name: str) -> Definition:
            path = Path(name)
            with silenced():
                check(path)
                try:
                    return read(path)
                except MobilecalcError:
                    raise
                except Exception as error:
                    what = f"{_short(path)} cannot be read."
                    raise BadOption(what, why=damage(error), fix=fix) from error

        return found

    return source


def check(path: Path) -> None:
    """Raises `BadOption` unless it is a file that can be opened."""
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            kind = "a directory" if stat.S_ISDIR(mode) else "not a regular file"
            raise BadOption(
                f"{_short(path)} cannot be read.",
                why=f"It is {kind}.",
                fix="Name a file, for example: net.py:make_net",
            )
        path.open("rb").close()
    except FileNotFoundError:
        raise BadOption(
            f"There is no file {_short(path)}.",
            fix="Check the path; it is relative to the current directory.",
        ) from None
    except (OSError, ValueError) as error:
        raise BadOption(
            f"{_short(path)} cannot be read.",
            why=getattr(error, "strerror", None) or str(error),
            fix="Check the path and its permissions.",
        ) from error


def _short(path: Path) -> str:
    text = str(path)
    return text if len(text) <= 120 else f"{text[:60]}...{text[-50:]}"


def reason(error: Exception) -> str:
    """What an exception says. A `KeyError` says only the name of what is missing."""
    said = str(error)[:_LONGEST]
    if isinstance(error, KeyError):
        return f"There is no {said}."
    return sentence(said) or "The file is damaged."


def damage(error: Exception) -> str:
    """The same of a file that is read: only a `ValueError` says in full what is wrong with it."""
    said = reason(error)
    damaged = "The file is damaged."
    return said if isinstance(error, ValueError) or said == damaged else f"{damaged} {said}"
