"""The registry of formats, and the choice of one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import ModuleType
from typing import NamedTuple

from mobilecalc.answers.table import Table
from mobilecalc.core.errors import BadOption
from mobilecalc.core.registry import Registry


class View(NamedTuple):
    """A format: its name, which is that of the file here that renders it, and its extensions.

    notes: whether it shows a table's notes. is_language: whether documents are written in it, as
    the file of its name in `notes/languages/` says.
    """

    name: str
    extensions: tuple[str, ...]
    notes: bool = True
    is_language: bool = False

    @property
    def render(self) -> Callable[[Table], str]:
        """Table -> text. Imported when asked for, so that no format pays for another."""
        render: Callable[[Table], str] = self._module.render
        return render

    @property
    def fragment(self) -> Callable[[Table], str]:
        """Table -> text that stands in a document of that language, and is none of its own."""
        fragment: Callable[[Table], str] = getattr(self._module, "fragment", self.render)
        return fragment

    @property
    def _module(self) -> ModuleType:
        return import_module(f"mobilecalc.views.{self.name}")


VIEWS: Registry[View] = Registry("format")
for _view in (
    View("console", (".txt",)),
    View("markdown", (".md", ".markdown", ".qmd", ".rmd"), is_language=True),
    View("latex", (".tex", ".latex"), is_language=True),
    View("html", (".html", ".htm")),
    View("rst", (".rst",), is_language=True),
    View("typst", (".typ",), is_language=True),
    View("csv", (".csv",), notes=False),
    View("json", (".json",)),
):
    VIEWS.add(_view.name, _view)


def render(table: Table, format: str = "console") -> str:
    """The table as text in the format of that name. Raises `UnknownName`."""
    return VIEWS[format].render(table)


def view_for(format: str | None, extension: str | None) -> View:
    """The named format, else the one the file's extension asks for, else the console's.

    Raises `UnknownName` for the name, `BadOption` for the extension.
    """
    if format is not None:
        return VIEWS[format]
    if extension is None:
        return VIEWS["console"]
    for view in (VIEWS[name] for name in VIEWS):
        if extension.lower() in view.extensions:
            return view
    extensions = ", ".join(e for name in VIEWS for e in VIEWS[name].extensions)
    raise BadOption(
        f"No format has the extension '{extension}'."
        if extension
        else "The file has no extension.",
        why=f"The extensions that choose a format are {extensions}.",
        fix=f"Use one of them, or choose one with --format: {', '.join(VIEWS)}.",
    )
