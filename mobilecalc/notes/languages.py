"""The languages documents are written in: their comments, and how an answer stands in them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from mobilecalc.core.errors import BadOption
from mobilecalc.core.registry import Registry
from mobilecalc.notes import lexed, markdown, restructuredtext, typst
from mobilecalc.notes.markers import Marker


class Language(NamedTuple):
    """How a document's language writes what a note needs.

    markers: reads those of a text in linear time, and none that is in code. closed: whether a
    comment ends before its line does, so that an answer can stand in a line. view: the format of
    tables.
    fence: a text as it stands, of a language. image: a figure, of a file, its caption and what can
    be seen. number: a number in a sentence. nests: whether each line of a block has before it what
    a list or a quotation puts there. pictures: the endings of figures that it can show.
    """

    name: str
    endings: tuple[str, ...]
    markers: Callable[[str], Iterator[Marker]]
    closed: bool
    view: str
    fence: Callable[[str, str], str]
    image: Callable[[str, str, str], str]
    number: Callable[[str], str]
    nests: bool
    pictures: tuple[str, ...]
    example: str


LANGUAGES: Registry[Language] = Registry("language")


def language_of(path: Path) -> Language:
    """The language that a file's ending says. Raises `BadOption` for any other."""
    for language in (LANGUAGES[name] for name in LANGUAGES):
        if path.suffix.lower() in language.endings:
            return language
    known = ", ".join(ending for name in LANGUAGES for ending in LANGUAGES[name].endings)
    raise BadOption(
        f"{path} is in no language that notes can be in.",
        why=f"The endings of documents are {known}.",
    )


def _add(name: str, endings: str, **how: object) -> None:
    LANGUAGES.add(name, Language(name, tuple(endings.split()), **how))  # type: ignore[arg-type]


def _indented(text: str, by: str = "   ") -> str:
    return "\n".join(f"{by}{line}" if line else "" for line in text.splitlines())


_add(
    "markdown",
    ".md .markdown .qmd .rmd .myst",
    markers=markdown.markers,
    closed=True,
    view="markdown",
    fence=lambda text, language: f"```{language}\n{text}\n```",
    image=lambda file, caption, _: f"![{caption.replace('[', '(').replace(']', ')')}]({file})",
    number=lambda text: text,
    nests=True,
    pictures=(".svg", ".png"),
    example="<!-- mobilecalc: breakdown v1 -->",
)
_add(
    "latex",
    ".tex .latex .ltx",
    markers=lexed.latex,
    closed=False,
    view="latex",
    fence=lambda text, language: f"\\begin{{verbatim}}\n{_typed(text)}\n\\end{{verbatim}}",
    image=lambda file, caption, _: (
        "\\begin{figure}[htbp]\n\\centering\n"
        f"\\includegraphics[width=\\linewidth,height=.8\\textheight,keepaspectratio]{{{file}}}\n"
        f"\\caption{{{_latex(caption)}}}\n\\end{{figure}}"
    ),
    number=lambda text: _latex(text).replace(" ", r"\,"),
    nests=False,
    pictures=(".pdf", ".png"),
    example="% mobilecalc: breakdown v1",
)
_add(
    "restructuredtext",
    ".rst",
    markers=restructuredtext.markers,
    closed=False,
    view="rst",
    fence=lambda text, language: f".. code-block:: {language}\n\n{_indented(text)}",
    image=lambda file, caption, alt: f".. figure:: {file}\n   :alt: {alt}\n\n   {caption}",
    number=lambda text: text,
    nests=True,
    pictures=(".svg", ".png", ".pdf"),
    example=".. mobilecalc: breakdown v1",
)
_add(
    "typst",
    ".typ",
    markers=typst.markers,
    closed=False,
    view="typst",
    fence=lambda text, language: f"```{language}\n{text}\n```",
    image=lambda file, caption, alt: (
        f'#figure(image("{file}", alt: {_typst(alt)}), caption: {_typst(caption)})'
    ),
    number=lambda text: text.replace(" ", "~").replace("%", r"\%"),
    nests=False,
    pictures=(".svg", ".png"),
    example="// mobilecalc: breakdown v1",
)


_TYPED = str.maketrans({"─": "-", "≠": "!=", "│": "|", "┤": "|", "└": "+", "·": ".", "●": "*"})


def _typed(text: str) -> str:
    """A screen in letters that LaTeX has in every installation; a bar of blocks is one of #."""
    bars = re.sub("[\u2580-\u259f]", "#", text.translate(_TYPED))
    return bars.encode("latin-1", "replace").decode("latin-1")


def _latex(text: str) -> str:
    from mobilecalc.views.latex import escaped

    return escaped(text)


def _typst(text: str) -> str:
    from mobilecalc.views.typst import quoted

    return quoted(text)
