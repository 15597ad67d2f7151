"""Typst: its strings, raw text and comments, known from left to right."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mobilecalc.notes.languages.language import Language
from mobilecalc.notes.languages.markers import Marker, Markers

_LEAD = re.compile(r"(?://|(?P<gap>/\*))[ \t]*(?P<word>/?mobilecalc)\b", re.IGNORECASE)

_KEYWORDS = "let|set|show|if|for|while|import|include|return|context"
_CODE = rf'#(?:(?P<keyword>{_KEYWORDS})\b|[\w.-]*[(\[]|[{{"])'
"""What begins code in markup and in math."""


_FLAT = r"[^\"()\[\]{}/`#$\\]{0,200}"
_STRING = r'"[^"\\]{0,200}"'
_ROUND = rf"\({_FLAT}\)"
_BLOCK = rf"\{{{_FLAT}\}}|\[{_FLAT}\]"
_CALL = rf"#[\w.-]*(?:{_ROUND}|{_BLOCK})(?![.(\[])"
_MATH = rf"\${_FLAT}\$"
"""Short ones with nothing in them to know; many are read at once."""


def _token(marks: str, code: str = "", flat: str = "") -> re.Pattern[str]:
    """Raw text, a comment of several lines, a mark, code; or what says nothing, many at once.

    The last are escaped characters, addresses, comments, and what `flat` is.
    """
    quiet = r"\\.?|(?<=:)//|//(?![ \t]*/?(?i:mobilecalc)\b)[^\n]*|/(?![/*])"
    quiet = f"{quiet}|{flat}" if flat else quiet
    begins = ""
    if code:
        begins, quiet = f"|(?P<code>{code})", rf"{quiet}|(?!{code.replace('?P<keyword>', '?:')})#"
    pattern = (
        rf"(?P<raw>`+)|(?P<comment>/\*)|(?P<mark>[{marks}]){begins}"
        if marks
        else "(?P<raw>`+)|(?P<comment>/\\*)"
    )
    rest = rf"[^\\/`{marks}{'#' * bool(code)}]*"
    return re.compile(rf"(?:(?:{quiet}){rest}){{1,1000}}|{pattern}", re.DOTALL)


_TOKENS = {
    "": _token("$", _CODE, f"{_CALL}|{_MATH}"),
    "[": _token(r"$\[\]", _CODE, f"{_CALL}|{_MATH}"),
    "m": _token(r"$\[\]", _CODE, f"{_CALL}|{_MATH}"),
    "$": _token('$"', _CODE, _STRING),
    "(": _token(r'$"(){}\[\]', "", f"{_STRING}|{_ROUND}|{_BLOCK}|{_MATH}"),
    "s": _token(r'$"(){}\[\]\n;', "", f"{_STRING}|{_ROUND}|{_MATH}"),
    '"': re.compile(r'(?P<mark>")|(?:\\.?[^"\\]*){1,1000}', re.DOTALL),
    "deep": _token(""),
}
"""Of markup, of content in code, of brackets in that, of math, of code in parentheses or braces, of
a statement up to the end of its line, of a string, and of what is too deep."""

_DEEPEST = 256
"""Brackets in one another, as in Typst, which refuses more; what is deeper has no strings."""

_MARKUP = ("", "[", "m", "$")
_NESTED = re.compile(r"/\*|\*/")
_CHAIN = re.compile(r"(?:\.[\w-]+)*(?=[(\[])[(\[]")
_GOES_ON = re.compile(r"[ \t]*(?:(?:else|and|or|in|not)\b|\.\w|[-+*/=<>!(\[{\n;])")


def markers(text: str) -> Iterator[Marker]:
    """The markers of a document in Typst, and of each answer what comes first in it.

    None is in a string: `"` opens one in code and in math, and it ends at the next `"` without a
    backslash. Code begins with `#` and ends with its parentheses or braces, or, if it begins with a
    keyword such as `let`, with the line or a `;`. `[` in code begins markup, up to its `]`. In
    markup `"` is a character, and so is one that no other follows.
    """
    return Markers(text, _LEAD, "").outside(_Reader(text).skip)


class _Reader:
    """What the text before a position has opened; read once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._last_quote = text.rfind('"')
        self._open = [""]
        self._found = _TOKENS[""].search(text)

    def skip(self, at: int, target: int) -> int:
        """Read up to there; the end of a string, raw text or comment that reaches further."""
        text, opened = self._text, self._open
        found = self._found
        if found is not None and found.start() < at:
            found = _TOKENS[opened[-1]].search(text, at)
        while found is not None and (found.start() < target or opened[-1] == '"'):
            kind = found.lastgroup
            at = found.end()
            if kind is not None:
                at = self._behind(found, kind)
            found = _TOKENS[opened[-1]].search(text, at)
        self._found = found
        return max(at, target)

    def _behind(self, found: re.Match[str], kind: str) -> int:
        """Where to go on behind a token."""
        if kind == "mark":
            return self._mark(found[0], found.end())
        if kind == "raw":
            return self._behind_raw(found)
        if kind == "comment":
            return self._behind_comment(found.end())
        self._push("s" if found["keyword"] else found[0][-1], found.end())
        return found.end()

    def _push(self, mark: str, at: int) -> None:
        if mark != '"' or at <= self._last_quote:
            deep = len(self._open) > _DEEPEST
            self._open.append("deep" if deep else "(" if mark == "{" else mark)

    def _mark(self, mark: str, end: int) -> int:
        inner = self._open[-1]
        if (mark == inner and mark in '"$') or mark in "\n;":
            self._open.pop()
        elif mark == "[" and inner in ("[", "m"):
            self._push("m", end)
        elif mark in '([{"$':
            self._push(mark, end)
        else:
            self._open.pop()
            return end - 1 if inner == "s" else self._closed(inner, end)
        return end

    def _closed(self, inner: str, end: int) -> int:
        """A bracket is closed: a call may go on in markup; a statement may end."""
        outer = self._open[-1]
        if outer in _MARKUP and inner != "m":
            if chain := _CHAIN.match(self._text, end):
                self._push(chain[0][-1], chain.end())
                return chain.end()
        elif outer == "s" and self._text[end - 1] in "]}" and not _GOES_ON.match(self._text, end):
            self._open.pop()
        return end

    def _behind_raw(self, found: re.Match[str]) -> int:
        ticks = found[0]
        if len(ticks) == 2:
            return found.end()
        closing = self._text.find(ticks, found.end())
        return closing + len(ticks) if closing >= 0 else len(self._text)

    def _behind_comment(self, at: int) -> int:
        depth = 1
        for mark in _NESTED.finditer(self._text, at):
            depth += 1 if mark[0] == "/*" else -1
            if depth == 0:
                return mark.end()
        return len(self._text)


def _quoted(text: str) -> str:
    from mobilecalc.views.typst import quoted

    return quoted(text)


LANGUAGE = Language(
    name="Typst",
    extensions=(".typ",),
    comment="// {}",
    markers=markers,
    view="typst",
    fence=lambda text, language: f"```{language}\n{text}\n```",
    image=lambda file, caption, alt: (
        f'#figure(image("{file}", alt: {_quoted(alt)}), caption: {_quoted(caption)})'
    ),
    figure_extensions=(".svg", ".png"),
    number=lambda text: text.replace(" ", "~").replace("%", r"\%"),
)
