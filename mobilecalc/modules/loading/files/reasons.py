"""What is wrong with a file, as a sentence without the names of Python's exceptions."""

from __future__ import annotations

from mobilecalc.core.errors import sentence

_LONGEST = 300


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
