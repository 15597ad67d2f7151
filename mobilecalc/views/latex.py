r"""LaTeX: a booktabs table that compiles alone and as `\input` in a document."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mobilecalc.core.table import Column, Table, Value, ValueKind
from mobilecalc.views.values import NUMERIC, text_of

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
    "·": r"\(\cdot\)",
    "D_K": r"\(D_K\)",
    "D_F": r"\(D_F\)",
}
_ANY_SYMBOL = re.compile("|".join(re.escape(s) for s in sorted(_SYMBOLS, key=len, reverse=True)))


_LONG_ROWS = 24
_LONG_TEXT = 40


def render(table: Table) -> str:
    """A `table` with caption and notes; a `longtable`, which breaks over pages, where long."""
    body = _long(table) if len(table.rows) > _LONG_ROWS else _short(table)
    return f"{_OPENING}{body}\\mobilecalcend\n"


def _short(table: Table) -> str:
    notes = "".join(f"{_escape(note)}\\par\n" for note in table.notes)
    return f"""\
\\begin{{table}}[htbp]
\\centering
\\caption{{{_escape(table.title)}}}
{_size(table)}
\\resizebox{{\\ifdim\\width>\\linewidth\\linewidth\\else\\width\\fi}}{{!}}{{%
\\begin{{tabular}}{{{_alignment(table)}}}
\\toprule
{_head(table)}
\\midrule
{_rows(table)}
\\bottomrule
\\end{{tabular}}}}
\\par\\medskip
\\begin{{minipage}}{{\\linewidth}}\\footnotesize
{notes}\\end{{minipage}}
\\end{{table}}
"""


def _long(table: Table) -> str:
    notes = "".join(f"\\noindent {_escape(note)}\\par\n" for note in table.notes)
    return f"""\
\\begingroup
{_size(table)}
\\setlength{{\\LTleft}}{{0pt plus 1fill minus 1fill}}
\\setlength{{\\LTright}}{{\\LTleft}}
\\begin{{longtable}}{{{_alignment(table)}}}
\\caption{{{_escape(table.title)}}}\\\\
\\toprule
{_head(table)}
\\midrule
\\endhead
{_rows(table)}
\\bottomrule
\\end{{longtable}}
\\footnotesize
{notes}\\endgroup
"""


def _size(table: Table) -> str:
    return r"\small" if len(table.columns) <= 7 else r"\scriptsize\setlength{\tabcolsep}{3pt}"


def _alignment(table: Table) -> str:
    """Numbers flush right, long texts in a paragraph, nothing at the table's edges."""
    letters = "".join(_letter(table, column) for column in table.columns)
    return f"@{{}}{letters}@{{}}"


def _letter(table: Table, column: Column) -> str:
    if column.kind in NUMERIC:
        return "r"
    longest = max((len(str(value)) for value in table.column(column.key)), default=0)
    is_long = column.kind == "text" and longest > _LONG_TEXT
    return r"p{0.45\linewidth}" if is_long else "l"


def _head(table: Table) -> str:
    return " & ".join(_escape(column.heading) for column in table.columns) + r" \\"


def _rows(table: Table) -> str:
    lines = [_line(table, row) for row in table.rows]
    if table.total is not None:
        lines += [r"\midrule", _line(table, table.total)]
    return "\n".join(lines)


def _line(table: Table, row: Mapping[str, Value]) -> str:
    return " & ".join(_cell(row[c.key], c.kind) for c in table.columns) + r" \\"


def _cell(value: Value, kind: ValueKind) -> str:
    text = text_of(value, kind)
    if kind == "formula":
        return rf"\({_math(text)}\)" if text else ""
    if kind == "difference" and text:
        return rf"\({_escape(text[0])}\){_escape(text[1:])}"
    return _escape(text)


def _math(text: str) -> str:
    return text.replace("²", "^2").replace("·", r"\cdot")


def _escape(text: str) -> str:
    return _ANY_SYMBOL.sub(lambda found: _SYMBOLS[found[0]], text)
