"""The languages that documents are written in, a file each, of the name of its format."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from mobilecalc.core.errors import BadOption
from mobilecalc.core.registry import Registry
from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.markers import Marker
from mobilecalc.views import VIEWS

__all__ = ["LANGUAGES", "Language", "Marker", "language_of"]

LANGUAGES: Registry[Language] = Registry("language")
for _view in VIEWS:
    if VIEWS[_view].is_language:
        _language = import_module(f"{__name__}.{_view}").LANGUAGE
        LANGUAGES.add(_language.name, _language)


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
