"""What of a document is not as it is today, for people to read."""

from __future__ import annotations

from collections.abc import Iterator

from mobilecalc.notes.documents import Refreshed
from mobilecalc.notes.questions import cut

_MOST_ANSWERS = 50
"""That are shown of a document."""

_MOST_LINES = 500
"""Of an old and a new answer together, that are compared line by line: it is quadratic in them."""

_WIDEST = 300
"""Of a line, in characters."""


def differences(one: Refreshed) -> Iterator[str]:
    """For each answer that is not as it was: the question, and what differs line by line."""
    name, changed = one.document.path, one.changed
    for question, new in changed[:_MOST_ANSWERS]:
        head = f"{name}, line {question.line}: {cut(question.words)}"
        yield "\n".join([head, *_compared(question.old, new)])
    if len(changed) > _MOST_ANSWERS:
        yield f"{name}: {len(changed) - _MOST_ANSWERS:,} more answers are out of date."
    for drawn in one.stale_figures:
        state = "is out of date" if drawn.path.exists() else "is not there"
        question = drawn.question
        head = f"{name}, line {question.line}: {cut(question.words)}"
        yield f"{head}\n{drawn.figure.file} {state}."


def _compared(old: str, new: str) -> list[str]:
    from difflib import unified_diff

    before, after = old.count("\n") + 1, new.count("\n") + 1
    if before + after > _MOST_LINES:
        return [f"The answer has {before:,} lines there and {after:,} today."]
    there, today = old.splitlines(), new.splitlines()
    lines = unified_diff(there, today, "there", "today", lineterm="", n=1)
    return [line if len(line) <= _WIDEST else f"{line[: _WIDEST - 3]}..." for line in lines]
