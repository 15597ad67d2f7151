"""Code in documents: the markers in it are left alone, as independent parsers tell code."""

import re
from pathlib import Path

import docutils.core
import docutils.nodes
import docutils.utils
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mobilecalc.notes.languages import language_of
from mobilecalc.notes.questions import questions

LIVE = "@"
"""Stands for a marker in the documents below."""


def numbered(template, marker):
    """The document with a numbered marker for each `@`."""
    parts = template.split(LIVE)
    return "".join(
        part + (marker.format(n) if n < len(parts) - 1 else "") for n, part in enumerate(parts)
    )


def read_markdown(template):
    """The numbers of the markers that mobilecalc reads."""
    text = numbered(template, "<!-- mobilecalc: q{} --><!-- /mobilecalc -->")
    return [int(q.words[1:]) for q in questions(text, language_of(Path("a.md")), "a.md")]


RAW = re.compile("<pre(?=[ >\\s]).*?(</pre>|$)", re.DOTALL)
"""What a browser shows as it stands."""


def comments_of_markdown(template):
    """The numbers of the comments that a parser of CommonMark finds."""
    tokens = MarkdownIt("commonmark").parse(numbered(template, "<!-- q{} -->"))
    html = [RAW.sub("", token.content) for token in tokens if token.type == "html_block"]
    html += [
        child.content
        for token in tokens
        for child in token.children or []
        if child.type == "html_inline"
    ]
    return sorted(int(piece.split()[0]) for part in html for piece in part.split("<!-- q")[1:])


LINES = st.lists(
    st.sampled_from(
        [
            *(
                "",
                " ",
                "  ",
                "   ",
                "    ",
                "     ",
                "\t",
                "> ",
                ">",
                "- ",
                "* ",
                "1. ",
                "2) ",
                "-",
            ),
            *("a", "a", LIVE, LIVE, f"a {LIVE}", f"`{LIVE}`", f"``{LIVE}`", "`", "``", "\\`"),
            *(
                "```",
                "````",
                "~~~",
                "# ",
                "===",
                "---",
                "***",
                "<div>",
                "</div>",
                "<pre>",
                "</pre>",
            ),
            *("\n", "\n", "\n", "\n\n", "\r\n"),
        ]
    ),
    min_size=1,
    max_size=14,
).map("".join)


@settings(max_examples=600, deadline=None)
@given(LINES)
@example("a\n\n    @\n")
@example("a\n    @\n")
@example("- a\n\n    @\n\n      @\n\n  - b\n\n        @\n")
@example("1. a\n\n       @\n\n   @\n")
@example("> a\n>\n>     @\n")
@example("\t@")
@example("- ```\n  @\n  ```\n  @")
@example("> ~~~\n> @\n@")
@example("`a\n@`")
@example("``@`@``")
@example("-\n\n      @")
def test_markdown_markers_are_read_exactly_where_commonmark_has_comments(template):
    template = f"\n{template}"  # no front matter, which CommonMark has not
    assert read_markdown(template) == comments_of_markdown(template)


def read_rst(template):
    text = numbered(template, ".. mobilecalc: q{}")
    closed = "\n".join(
        f"{line}\n{line[: len(line) - len(line.lstrip())]}.. /mobilecalc"
        if line.lstrip().startswith(".. mobilecalc:")
        else line
        for line in text.split("\n")
    )
    return [int(q.words[1:]) for q in questions(closed, language_of(Path("a.rst")), "a.rst")]


def comments_of_rst(template):
    """The numbers of the comments that docutils finds, each by itself."""
    quiet = {"report_level": 5, "halt_level": 5, "file_insertion_enabled": False}
    text = numbered(template, ".. q{}")
    tree = docutils.core.publish_doctree(text, settings_overrides=quiet)
    found = [node.astext() for node in tree.findall(docutils.nodes.comment)]
    return sorted(int(text.split()[0][1:]) for text in found if text.startswith("q"))


PARAGRAPHS = st.lists(
    st.tuples(
        st.sampled_from(["", "  ", "    ", "      "]),
        st.sampled_from(
            [
                *(
                    LIVE,
                    LIVE,
                    LIVE,
                    "a",
                    "a::",
                    "::",
                    "a\\::",
                    "* a",
                    "* a::",
                    "..",
                    ".. b",
                    ".. c\n",
                ),
                *(".. code-block:: python", ".. note::", ".. raw:: html", ">>> a"),
            ]
        ),
    ).map("".join),
    min_size=1,
    max_size=7,
).map("\n\n".join)


@settings(max_examples=400, deadline=None)
@given(PARAGRAPHS)
@example("a::\n\n  @\n\n@")
@example("a::\n\n@\n\n@")
@example(".. code-block:: python\n\n   @\n\n   a\n\n@")
@example("..\n\n  @\n\n@")
def test_rst_markers_are_read_exactly_where_docutils_has_comments(template):
    assert read_rst(template) == comments_of_rst(template)


ASKED = "% mobilecalc: live\n% /mobilecalc\n"


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("\\begin{verbatim}\n@\\end{verbatim}\n", 0),
        ("\\begin{verbatim*}\n@\\end{verbatim}\n@\\end{verbatim*}\n", 0),
        ("\\begin{lstlisting}[a=b]\n@\\end{lstlisting}\n@", 1),
        ("\\begin{minted}{python}\n@\\end{minted}\n", 0),
        ("\\begin{comment}\n@\\end{comment}\n", 0),
        ("\\begin{Verbatim}\n@\\end{Verbatim}\n", 0),
        ("% \\begin{verbatim}\n@\\end{verbatim}\n", 1),
        ("\\\\begin{verbatim}\n@\\end{verbatim}\n", 1),
        ("\\begin{verbatim}\n@", 0),
        ("\\verb|a%b| \\verb+\\begin{verbatim}+\n@\\end{verbatim}\n", 1),
        ("\\mintinline{c}|\\begin{comment}|\n@\\end{comment}\n", 1),
        ("5\\%\n@", 1),
    ],
)
def test_latex_markers_in_code_are_left_alone(text, live):
    found = questions(text.replace("@", ASKED), language_of(Path("a.tex")), "a.tex")
    assert len(found) == live


@pytest.mark.parametrize(
    ("text", "live"),
    [
        ("```\n@```\n", 0),
        ("````typ\n```\n@```\n@````\n@", 1),
        ("`a\n@`", 0),
        ("/* a\n@*/\n@", 1),
        ("/* a /* b */\n@*/\n", 0),
        ("// it`s a comment\n@", 1),
        ("\\`\n@", 1),
        ("https://a.b `\n@`\n@", 1),
        ("``\n@", 1),
    ],
)
def test_typst_markers_in_code_are_left_alone(text, live):
    asked = ASKED.replace("%", "//")
    found = questions(text.replace("@", asked), language_of(Path("a.typ")), "a.typ")
    assert len(found) == live
