r"""LaTeX: a booktabs table that compiles alone and as `\input` in a document."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from mobilecalc.answers.columns import Column, Value, ValueKind
from mobilecalc.answers.table import Table
from mobilecalc.views.formulas import Latex
from mobilecalc.views.layout import wraps
from mobilecalc.views.markup import Markup
from mobilecalc.views.numbers import NUMERIC, text_of

_OPENING = r"""% Compiles as it stands, and by \input where its three packages are loaded.
\makeatletter
\ifx\@nodocument\relax \let\mobilecalcend\relax \else
  \documentclass{article}
  \usepackage[a4paper,landscape,margin=15mm]{geometry}
  \usepackage{booktabs,graphicx,longtable}
  \begin{document}
  \def\mobilecalcend{\end{document}}
\fi
\makeatother
"""

_SYMBOLS = {
    "\\": r"\textbackslash{}",
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "--": r"-{}-",
    "²": r"\textsuperscript{2}",
    "≠": r"\(\neq\)",
    "·": r"\(\cdot\)",
}
_ANY_SYMBOL = re.compile("|".join(re.escape(s) for s in sorted(_SYMBOLS, key=len, reverse=True)))


_LONG_ROWS = 24

_LINE = 165
"""How many characters of the smaller size stand on a line of the page."""

_NAME_LENGTH = 26
"""A text up to this length is a name, and does not wrap."""

_LEAST_TEXT = 16
"""No text is set in fewer characters than these."""


def render(table: Table) -> str:
    """A file that compiles as it stands, and by `\\input`."""
    return f"{_OPENING}{fragment(table)}\\mobilecalcend\n"


def fragment(table: Table) -> str:
    """A `table` with caption and notes; where long, a `longtable`, which breaks over pages.

    Where no longtable can stand, in beamer and in columns, a long one is a `table` too, made small
    enough for the page. It needs booktabs, graphicx and longtable.
    """
    return _long(table) if len(table.rows) > _LONG_ROWS else _short(table)


def _short(table: Table) -> str:
    return _float(table, "table", _tabular(table), r"\footnotesize")


def _tabular(table: Table) -> str:
    return f"""\
\\begin{{tabular}}{{{_alignment(table)}}}
\\toprule
{_head(table)}
\\midrule
{_rows(table)}
\\bottomrule
\\end{{tabular}}"""


def _float(table: Table, name: str, tabular: str, size: str) -> str:
    """The tabular, no wider than the line, in a float with caption and notes."""
    notes = "".join(f"{LATEX.parts(note.parts)}\\par\n" for note in table.footnotes)
    return f"""\
\\begin{{{name}}}[htbp]
\\centering
\\caption{{{escaped(table.title)}}}
{_size(table)}
\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%
{tabular}}}
\\par\\medskip
\\begin{{minipage}}{{\\linewidth}}{size}
{notes}\\end{{minipage}}
\\end{{{name}}}
"""


_PLACES = r"""\expandafter\ifx\csname if@twocolumn\expandafter\endcsname\csname iftrue\endcsname
  \let\mobilecalcshown\mobilecalcincolumns
\fi
\ifnum\csname col@number\endcsname>1 \let\mobilecalcshown\mobilecalcincolumns\fi
\expandafter\ifx\csname ver@beamer.cls\endcsname\relax\else
  \let\mobilecalcshown\mobilecalconaslide
\fi
"""
r"""Choose another way to set a long table where it cannot break over pages.

Without `\makeatletter`: what stands in a frame was read before that could change anything; and
without the token `\iftrue`, which a frame that is skipped would take for a condition.
"""

_HEIGHTS = {"columns": r".7\textheight", "slide": r".6\textheight"}
"""Of a long table that cannot break."""


def _long(table: Table) -> str:
    r"""Each way to set it is a macro: a frame looks for its \end outside of braces only."""
    notes = "".join(f"\\noindent {LATEX.parts(note.parts)}\\par\n" for note in table.footnotes)
    rows = "\\mobilecalchead\n\\midrule\n\\mobilecalcrows\n\\bottomrule"
    fitted = {
        where: f"""\
\\resizebox*{{!}}{{\\ifdim\\totalheight>{height}{height}\\else\\totalheight\\fi}}{{%
\\begin{{tabular}}{{{_alignment(table)}}}
\\toprule
{rows}
\\end{{tabular}}}}"""
        for where, height in _HEIGHTS.items()
    }
    return f"""\
\\begingroup
\\def\\mobilecalchead{{{_head(table)}}}
\\def\\mobilecalcrows{{{_rows(table)}}}
\\def\\mobilecalcshown{{%
{_size(table)}
\\setlength{{\\LTleft}}{{0pt plus 1fill minus 1fill}}
\\setlength{{\\LTright}}{{\\LTleft}}
\\begin{{longtable}}{{{_alignment(table)}}}
\\caption{{{escaped(table.title)}}}\\\\
\\toprule
\\mobilecalchead
\\midrule
\\endhead
\\mobilecalcrows
\\bottomrule
\\end{{longtable}}
\\footnotesize
{notes}}}
\\def\\mobilecalcincolumns{{%
{_float(table, "table*", fitted["columns"], chr(92) + "footnotesize")}}}
\\def\\mobilecalconaslide{{%
{_float(table, "table", fitted["slide"], chr(92) + "tiny")}}}
{_PLACES}\\mobilecalcshown
\\endgroup
"""


def _size(table: Table) -> str:
    return r"\small" if len(table.columns) <= 7 else r"\scriptsize\setlength{\tabcolsep}{3pt}"


def _alignment(table: Table) -> str:
    """Numbers flush right, texts that must wrap in paragraphs, nothing at the table's edges."""
    paragraphs = _paragraphs(table)
    letters = "".join(
        "r"
        if column.kind in NUMERIC
        else f"p{{{paragraphs[column.key]:.2f}\\linewidth}}"
        if column.key in paragraphs
        else "l"
        for column in table.columns
    )
    return f"@{{}}{letters}@{{}}"


def _paragraphs(table: Table) -> dict[str, float]:
    """The columns that wrap, and which part of the line each takes: none where all fit."""
    lengths = {column.key: _longest(table, column) + 2 for column in table.columns}
    texts = {
        column.key: lengths[column.key]
        for column in table.columns
        if lengths[column.key] > _NAME_LENGTH + 2 and _wraps(table, column)
    }
    if sum(lengths.values()) <= _LINE or not texts:
        return {}
    room = _LINE - sum(length for key, length in lengths.items() if key not in texts)
    wanted = sum(texts.values())
    return {
        key: max(_LEAST_TEXT, room * length / wanted - 2) / _LINE for key, length in texts.items()
    }


def _wraps(table: Table, column: Column) -> bool:
    return column.kind != "verdict" and wraps(_texts(table, column), column)


def _longest(table: Table, column: Column) -> int:
    return max(len(column.heading), *map(len, _texts(table, column)), 0)


def _texts(table: Table, column: Column) -> list[str]:
    return [text_of(value, column.kind) for value in table.column(column.key)]


def _head(table: Table) -> str:
    return " & ".join(escaped(column.heading) for column in table.columns) + r" \\"


def _rows(table: Table) -> str:
    ragged = _paragraphs(table)
    lines = [_line(table, row, ragged) for row in table.rows]
    if table.total is not None:
        lines += [r"\midrule", _line(table, table.total, ragged)]
    return "\n".join(lines)


def _line(table: Table, row: Mapping[str, Value], ragged: Collection[str]) -> str:
    cells = (
        rf"\raggedright {_cell(row[c.key], c.kind)}"
        if c.key in ragged
        else _cell(row[c.key], c.kind)
        for c in table.columns
    )
    return " & ".join(cells) + (r" \tabularnewline" if ragged else r" \\")


def _cell(value: Value, kind: ValueKind) -> str:
    if kind == "difference" and value is not None:
        text = text_of(value, kind)
        return rf"\({escaped(text[0])}\){escaped(text[1:])}"
    return LATEX.value(value, kind)


def escaped(text: str) -> str:
    """The text with what LaTeX reads as its own written so that it prints."""
    return _ANY_SYMBOL.sub(lambda found: _SYMBOLS[found[0]], text)


_NOTATION = Latex()
LATEX = Markup(escaped, lambda formula: rf"\({_NOTATION.written(formula)}\)")
"""What stands in a paragraph or in a cell."""
