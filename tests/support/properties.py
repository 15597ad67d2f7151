"""What holds for every command, whatever it is given."""

from pathlib import Path

from support.child import MEMORY, SECONDS, Outcome


def ends_well(outcome: Outcome, folder: Path) -> None:
    """Each line is one property: exit 0, 1 or 2, no traceback, and within bounds."""
    said = outcome.output + outcome.errors
    assert outcome.exit_code in (0, 1, 2), outcome
    assert "Traceback (most recent call last)" not in said, said
    assert "Something broke" not in said, said
    assert outcome.seconds < SECONDS, outcome
    assert outcome.peak_bytes < MEMORY, outcome
    home = folder.resolve()
    assert [path for path in outcome.written if home not in Path(path).parents] == []


def is_safe(outcome: Outcome, folder: Path) -> None:
    """It ends well, and starts no process and reaches no address."""
    ends_well(outcome, folder)
    assert outcome.started == []
