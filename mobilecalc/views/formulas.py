"""Formulas in the languages that set mathematics: LaTeX, MathML and Typst."""

from __future__ import annotations

from mobilecalc.core.formula import GREEK, Notation


class Latex(Notation):
    r"""`\rho^2 \cdot \left(539{,}492{,}352 \cdot \alpha^2 + ...\right)`, for math mode.

    No character of it is special in Markdown, but for those of LaTeX itself: no `\,`, no `|`.
    """

    times = r" \cdot "

    def number(self, number: int) -> str:
        return f"{number:,}".replace(",", "{,}")

    def symbol(self, name: str) -> str:
        if name in GREEK:
            return rf"\{name}"
        return rf"\mathrm{{{name}}}" if _is_word(name) else name

    def power(self, base: str, power: int) -> str:
        return f"{base}^{power}" if power < 10 else f"{base}^{{{power}}}"

    def bracketed(self, inner: str) -> str:
        return rf"\left({inner}\right)"


class MathML(Notation):
    """What stands in a `<math>` element."""

    plus, minus, times = "<mo>+</mo>", "<mo>&#8722;</mo>", "<mo>·</mo>"

    def number(self, number: int) -> str:
        return f"<mn>{number:,}</mn>"

    def size(self, number: int) -> str:
        return f"<mn>{number}</mn>"

    def symbol(self, name: str) -> str:
        if name in GREEK:
            return f"<mi>&#{ord(GREEK[name])};</mi>"
        letter, _, index = name.partition("_")
        return f"<msub><mi>{letter}</mi><mi>{index}</mi></msub>" if index else f"<mi>{name}</mi>"

    def power(self, base: str, power: int) -> str:
        if base.startswith("<msub>"):
            both = base.removeprefix("<msub>").removesuffix("</msub>")
            return f"<msubsup>{both}<mn>{power}</mn></msubsup>"
        return f"<msup>{base}<mn>{power}</mn></msup>"

    def quotient(self, above: str, below: str) -> str:
        return f"<mfrac>{above}{below}</mfrac>"

    def grouped(self, parts: str) -> str:
        return f"<mrow>{parts}</mrow>"

    def bracketed(self, inner: str) -> str:
        return f"<mrow><mo>(</mo>{inner}<mo>)</mo></mrow>"


class Typst(Notation):
    """`rho^2 dot.op (539,492,352 dot.op alpha^2 + ...)`, for math mode."""

    times, over = " dot.op ", r"\/"

    def number(self, number: int) -> str:
        return f'"{number:,}"' if number >= 1000 else str(number)

    def symbol(self, name: str) -> str:
        return f'"{name}"' if _is_word(name) else name

    def power(self, base: str, power: int) -> str:
        return f"{base}^{power}"


def _is_word(name: str) -> bool:
    """Whether its letters belong together, as in Pi: elsewhere they would be a product."""
    return len(name) > 1 and "_" not in name and name not in GREEK
