"""The real counters beside the formulas: each number, and whether the facts predict it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from mobilecalc.core.counts import Counts
from mobilecalc.core.profile import Profile
from mobilecalc.core.table import Column, Value
from mobilecalc.counters import Counter, Reading, read
from mobilecalc.networks import Network
from mobilecalc.studies.measure import legend


class Check(NamedTuple):
    """One counter's reading of one network, against what its convention makes of the facts."""

    counter: Counter
    profile: Profile
    reading: Reading

    @property
    def difference(self) -> int | None:
        """Reported minus predicted: 0 where the convention is right."""
        if self.reading.total is None:
            return None
        return self.reading.total - self.predicted(self.profile.counts)

    @property
    def verdict(self) -> str:
        """ "= M + 2N + Pi", or by how much the number is off that sum."""
        formula = self.counter.convention.formula
        if self.difference is None:
            return "failed"
        return f"= {formula}" if self.difference == 0 else f"{self.difference:+d} on {formula}"

    def predicted(self, counts: Counts) -> int:
        """What the counter's convention makes of these facts."""
        return self.counter.convention.total(counts)

    def differing_layers(self) -> dict[str, int]:
        """The rows whose reported number is not the predicted one, and the difference.

        None where the library gives no number for a layer.
        """
        reported = self.reading.layers
        if not reported:
            return {}
        return {
            row.path: reported.get(row.path, 0) - self.predicted(row.counts)
            for row in self.profile.rows
            if reported.get(row.path, 0) != self.predicted(row.counts)
        }

    def notes(self) -> tuple[str, ...]:
        """Why it broke, or where it differs."""
        counter, name = self.counter, self.profile.name
        if self.reading.failure:
            return (f"{counter.name} failed on {name}: {self.reading.failure}",)
        if differing := self.differing_layers():
            where = ", ".join(f"{path} ({d:+d})" for path, d in list(differing.items())[:5])
            return (f"{counter.name} differs in {len(differing)} layers of {name}: {where}.",)
        return ()


def cross_check(
    network: Network, profile: Profile, counters: Sequence[Counter]
) -> tuple[Check, ...]:
    """Run each counter on the built network. No counters, no torch.

    Raises `MissingPackage` where a counter's library is not installed.
    """
    if not counters:
        return ()
    from mobilecalc.modules import build

    module = build(network, weights=False).eval()
    return tuple(Check(c, profile, read(c, module, network.input)) for c in counters)


def counter_columns(counters: Iterable[Counter]) -> list[Column]:
    """One column a counter, under its own name."""
    return [Column(counter.name, counter.name, "count") for counter in counters]


def verdict_columns(counters: Iterable[Counter]) -> list[Column]:
    """Each counter's number and its verdict, side by side."""
    return [
        column
        for number in counter_columns(counters)
        for column in (number, Column(f"{number.key}_verdict", f"{number.heading} is", "verdict"))
    ]


def totals(checks: Iterable[Check]) -> dict[str, Value]:
    """The values of `counter_columns` for the whole network."""
    return {check.counter.name: check.reading.total for check in checks}


def verdicts(checks: Iterable[Check]) -> dict[str, Value]:
    """The values of `verdict_columns`."""
    values: dict[str, Value] = {}
    for check in checks:
        values[check.counter.name] = check.reading.total
        values[f"{check.counter.name}_verdict"] = check.verdict
    return values


def check_notes(checks: Sequence[Check]) -> tuple[str, ...]:
    """The counters' versions, the symbols, what the counters leave out, where they differ."""
    if not checks:
        return ()
    by_counter: dict[str, list[Check]] = {}
    for check in checks:
        by_counter.setdefault(check.counter.name, []).append(check)
    ran = ", ".join(f"{name} {own[0].reading.version}" for name, own in by_counter.items())
    return (
        f"Run on the built module in evaluation mode: {ran}.",
        legend(own[0].counter.convention for own in by_counter.values()),
        *(note for own in by_counter.values() for note in _uncounted(own)),
        *(note for check in checks for note in check.notes()),
    )


def _uncounted(checks: Sequence[Check]) -> tuple[str, ...]:
    """One line for what one counter has no rule for, in all the networks."""
    places = [
        f"{', '.join(f'{op} x{n}' for op, n in check.reading.uncounted.items())}"
        f" ({check.profile.name})"
        for check in checks
        if check.reading.uncounted
    ]
    return (f"{checks[0].counter.name} has no rule for {'; '.join(places)}.",) if places else ()
