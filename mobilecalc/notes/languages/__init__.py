"""The languages that documents are written in, a file each."""

from __future__ import annotations

from pathlib import Path

from mobilecalc.core.errors import BadOption
from mobilecalc.core.registry import Registry
from mobilecalc.notes.languages import latex, markdown, restructuredtext, typst
from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.markers import Marker

__all__ = ["LANGUAGES", "Language", "Marker", "language_of"]

LANGUAGES: Registry[Language] = Registry("language")
for _file in (markdown, latex, restructuredtext, typst):
    LANGUAGES.add(_file.LANGUAGE.name, _file.LANGUAGE)


def language_of(path: Path) -> Language:
    """The language that a file's extension says. Raises `BadOption` for any other."""
    languages = [LANGUAGES[name] for name in LANGUAGES]
    for language in languages:
        if path.suffix.lower() in language.extensions:
            return language
    known = ", ".join(extension for one in languages for extension in one.extensions)
    raise BadOption(
        f"{path} is in no language that notes can be in.",
        why=f"The endings of documents are {known}.",
    )
