"""Documents of every language: constructs of it, markers in them, whole and unfinished."""

import re
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.child import contents, run
from support.properties import is_safe


class Constructs(NamedTuple):
    """What documents of a language are drawn from: `{}` is a question, an answer or a word."""

    opening: str
    closing: str
    around: tuple[str, ...]
    """Constructs that are whole, or unfinished."""


LANGUAGES = {
    ".md": Constructs(
        "<!-- mobilecalc: {} -->",
        "<!-- /mobilecalc -->",
        (
            "```\n{}\n```\n",
            "~~~ python\n{}\n~~~\n",
            "```\n{}\n",
            "`{}`",
            "`{}\n",
            "> {}\n",
            "- {}\n",
            "    {}\n",
            "<!-- {} -->\n",
            "<!-- {}\n",
            "<!-- mobilecalc: {}",
            "# {}\n",
            "``{} ` ``",
        ),
    ),
    ".tex": Constructs(
        "% mobilecalc: {}\n",
        "% /mobilecalc\n",
        (
            "\\begin{verbatim}\n{}\n\\end{verbatim}\n",
            "\\begin{verbatim}\n{}\n",
            "\\verb|{}|",
            "\\verb|{}\n",
            "% {}\n",
            "\\% {}\n",
            "{ {} }",
            "$ {} $",
            "\\begin{lstlisting}{}\n",
        ),
    ),
    ".rst": Constructs(
        ".. mobilecalc: {}\n",
        ".. /mobilecalc\n",
        (
            "::\n\n    {}\n\n",
            ".. {}\n",
            ".. code-block:: text\n\n    {}\n\n",
            "``{}``",
            "* {}\n",
            "{}\n======\n",
            "    {}\n",
        ),
    ),
    ".typ": Constructs(
        "// mobilecalc: {}\n",
        "// /mobilecalc\n",
        (
            "```\n{}\n```\n",
            "```\n{}\n",
            "`{}`",
            "`{}\n",
            "// {}\n",
            "/* {} */\n",
            "/* {}\n",
            "#let x = {}",
            "$ {} $",
            "= {}\n",
        ),
    ),
}

ANSWERED = ["value v1 macs", "value v2 params --unit M", "count v1", "conventions --format csv"]
REFUSED = [
    "value v9 macs",
    "value net.py:make macs",
    "value 'v1",
    "flops",
    "",
    "notes update x.md",
    "count v1 --output out.csv",
    "explorer -o page.html",
]


@st.composite
def documents(draw, ending):
    """A text; in every second one nothing is refused but what its constructs make of it."""
    language, is_tidy = LANGUAGES[ending], draw(st.booleans())
    kinds = st.sampled_from(["note", "text", "literal"] + ["marker", "any"] * (not is_tidy))
    questions = st.sampled_from(ANSWERED + REFUSED * (not is_tidy))
    parts = []
    for place in range(draw(st.integers(1, 6))):
        kind, opening = draw(kinds), language.opening.replace("{}", draw(questions))
        note = f"{opening}\nold answer\n{language.closing}"
        if kind == "note":
            parts.append(f"\n{note}\n")
        elif kind == "marker":
            parts.append(draw(st.sampled_from([opening, language.closing])))
        elif kind == "any":
            parts.append(draw(st.text(max_size=20)))
        else:
            around = draw(st.sampled_from(language.around))
            parts.append(around.replace("{}", note if kind == "literal" else "text"))
        parts += [f" kept{place} ", draw(st.sampled_from(["\n", "\n\n", "\r\n", " "]))]
    return "".join(parts)


def outside(text, ending):
    """The text without what stands between an opening marker and the next closing one."""
    opening, closing = (
        re.escape(marker.strip()).replace(r"\{\}", "[^\n]*?")
        for marker in (LANGUAGES[ending].opening, LANGUAGES[ending].closing)
    )
    return re.sub(f"({opening}).*?({closing})", r"\1\2", text, flags=re.DOTALL)


@pytest.mark.parametrize("ending", LANGUAGES)
def test_update_changes_answers_alone_and_once(ending):
    @settings(settings.get_profile("fuzz"))
    @given(documents(ending))
    def check(text):
        with tempfile.TemporaryDirectory() as place:
            folder, before = Path(place), text.encode("utf-8", "replace")
            note = folder / f"note{ending}"
            note.write_bytes(before)
            checked = run("notes", "check", note.name, folder=folder)
            is_safe(checked, folder)
            assert contents(folder) == {note.name: before}
            updated = run("notes", "update", note.name, folder=folder)
            is_safe(updated, folder)
            after = note.read_bytes()
            assert set(contents(folder)) == {note.name}
            if updated.exit_code != 0:
                assert after == before
                assert checked.exit_code != 0
                return
            assert outside(after.decode(), ending) == outside(before.decode(), ending)
            assert (checked.exit_code == 0) == (after == before)
            again = run("notes", "update", note.name, folder=folder)
            is_safe(again, folder)
            assert (again.exit_code, note.read_bytes()) == (0, after)
            assert run("notes", "check", note.name, folder=folder).exit_code == 0

    check()
