"""How a language writes the values and the footnotes of a table: text, and formulas in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mobilecalc.answers.columns import Value, ValueKind
from mobilecalc.answers.footnotes import Parts
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.core.formula import Formula
from mobilecalc.views.numbers import text_of


class Markup(NamedTuple):
    """A language: what makes a text and a formula of it, and what joins the two."""

    text: Callable[[str], str]
    formula: Callable[[Formula], str]
    between: str = ""

    def parts(self, parts: Parts) -> str:
        """A text with formulas in it."""
        return self.between.join(
            self.formula(part) if isinstance(part, Formula) else self.text(part) for part in parts
        )

    def value(self, value: Value, kind: ValueKind) -> str:
        """What stands in a cell."""
        if isinstance(value, Formula):
            return self.formula(value)
        if isinstance(value, Verdict):
            return self.parts(value.parts)
        return self.text(text_of(value, kind))
