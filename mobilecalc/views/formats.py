"""The registry of formats, and the choice of one."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from mobilecalc.answers.table import Table
from mobilecalc.core.errors import BadOption
from mobilecalc.core.registry import Registry


class View(NamedTuple):
    """A format: its name, the extensions of its files, and the module whose `render` makes it.

    notes: whether it shows a table's notes.
    """

    name: str
    extensions: tuple[str, ...]
    module: str
    notes: bool = True

    @property
    def render(self) -> Callable[[Table], str]:
        """Table -> text. Imported when asked for, so that no format pays for another."""
        render: Callable[[Table], str] = import_module(self.module).render
        return render

    @property
    def fragment(self) -> Callable[[Table], str]:
        """Table -> text that stands in a document of that language, and is none of its own."""
        module = import_module(self.module)
        fragment: Callable[[Table], str] = getattr(module, "fragment", module.render)
        return fragment


VIEWS: Registry[View] = Registry("format")
for _name, _extensions in (
    ("console", (".txt",)),
    ("markdown", (".md", ".markdown", ".qmd", ".rmd")),
    ("latex", (".tex", ".latex")),
    ("html", (".html", ".htm")),
    ("rst", (".rst",)),
    ("typst", (".typ",)),
    ("csv", (".csv",)),
    ("json", (".json",)),
):
    VIEWS.add(_name, View(_name, _extensions, f"mobilecalc.views.{_name}", _name != "csv"))


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
        mend=f"Use one of them, or choose one with --format: {', '.join(VIEWS)}.",
    )
