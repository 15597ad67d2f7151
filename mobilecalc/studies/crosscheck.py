"""The real counters beside the formulas: each number, and whether the facts predict it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, Parts, footnote
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.core.formula import Formula, symbol
from mobilecalc.core.profile import Profile
from mobilecalc.counters import LARGEST_PASS, Counter, Reading, bytes_of_pass, read
from mobilecalc.counters.counter import CountFunction
from mobilecalc.networks import Network

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


FAULTS = symbol("F")
"""What a library does against its own convention, in a sum."""


class Check(NamedTuple):
    """One counter's reading of one network, against what its convention makes of the facts.

    `must_hold` says that a difference is a failure, as for a network of the zoo; of any other,
    where a library may meet what it has no rule for, it is told.
    """

    counter: Counter
    profile: Profile
    reading: Reading
    must_hold: bool = True

    @property
    def difference(self) -> int | None:
        """Reported minus predicted: 0 where the convention and the known faults are right."""
        if self.reading.total is None:
            return None
        return self.reading.total - self.counter.predict(self.profile.rows)

    @property
    def verdict(self) -> Verdict:
        """`= M + 2N + Pi`, or by how much the number is off that sum."""
        if self.difference is None:
            return Verdict(None, ("left out" if self.reading.left_out else "failed",))
        relation = "= " if self.difference == 0 else f"{self.difference:+d} on "
        return Verdict(self.difference == 0, (relation, formula_of(self.counter, self.profile)))

    @property
    def outside(self) -> int:
        """What is in the reported total and in none of the reported layers, where there are any."""
        if self.reading.total is None or not self.reading.layers:
            return 0
        paths = {row.path for row in self.profile.rows}
        return self.reading.total - sum(self.reading.layers.get(path, 0) for path in paths)

    def by_row(self) -> list[int | None]:
        """What the library says of each row: of a layer with several, at the first of them."""
        left = dict(self.reading.layers)
        return [left.pop(row.path, None) for row in self.profile.rows]

    def differing_layers(self) -> dict[str, int]:
        """The rows whose reported number is not the predicted one, and the difference."""
        reported = self.reading.layers
        off = {row.path: reported[row.path] for row in self.profile.rows if row.path in reported}
        for row in self.profile.rows:
            if row.path in off:
                off[row.path] -= self.counter.predict_layer(row)
        return {path: difference for path, difference in off.items() if difference}

    def differences(self) -> tuple[Footnote, ...]:
        """Why it broke, or by how much and in which layers it differs; nothing if it agrees."""
        found = self._differences()
        return (footnote("failure" if self.must_hold else "remark", *found),) if found else ()

    def _differences(self) -> Parts:
        counter, name = self.counter.name, self.profile.name
        if self.reading.left_out:
            return ()
        if self.difference is None:
            return (f"{counter} failed on {name}: {self.reading.failure}",)
        differing = self.differing_layers()
        if not self.difference and not differing:
            return ()
        layers = f"in {len(differing)} layers" if len(differing) != 1 else "in 1 layer"
        where = ", ".join(f"{path} ({d:+d})" for path, d in list(differing.items())[:5])
        place = f", {layers}: {where}" if differing else ""
        return (f"{counter} differs on {name}: ", *self.verdict.parts, f"{place}.")

    def notes(self) -> tuple[Footnote, ...]:
        """Whether it agrees, and the faults that its number contains."""
        counter, notes = self.counter, self.differences()
        if self.reading.left_out:
            not_run = f"{counter.name} was not run on {self.profile.name}: {self.reading.left_out}."
            notes += (footnote("warning", not_run),)
        if self.outside:
            outside = f"{counter.name} charges {self.outside} of its total to no layer."
            notes += (footnote("remark", outside),)
        return (*notes, *fault_notes(counter, self.profile))


def formula_of(counter: Counter, profile: Profile) -> Formula:
    """What a counter adds up of a network: `M + 2N + Pi`, and F where its faults change that."""
    formula = counter.convention.formula_of(profile.counts)
    return formula + FAULTS if counter.faults_in(profile.rows) else formula


def fault_notes(counter: Counter, profile: Profile) -> tuple[Footnote, ...]:
    """A line for each fault that changes the counter's number of this network."""
    where = f", a fault of {counter.name} in {profile.name}: "
    return tuple(
        footnote("remark", FAULTS, f"{where}{fault.name} ({size:+d}): {fault.why}.")
        for fault, size in counter.faults_in(profile.rows).items()
    )


def cross_check(model: Model, profile: Profile, counters: Sequence[Counter]) -> tuple[Check, ...]:
    """Run each counter on the module, built or loaded. No counters, no torch.

    Raises `MissingPackage` where a counter's library is not installed.
    """
    if not counters:
        return ()
    must_hold = isinstance(model, Network)
    known = _readings(model) if isinstance(model, Network) else {}
    missing = [counter for counter in counters if _key(counter) not in known]
    found = {**known, **_run(model, profile, missing)}
    known.update((key, reading) for key, reading in found.items() if reading.total is not None)
    return tuple(Check(counter, profile, found[_key(counter)], must_hold) for counter in counters)


_Key: TypeAlias = tuple[str, CountFunction | None]


def _key(counter: Counter) -> _Key:
    """What a reading of a network follows from: the library's name, and what runs it."""
    return counter.name, counter.run


@lru_cache(maxsize=256)
def _readings(network: Network) -> dict[_Key, Reading]:
    """What the counters said of a network: a document asks for the same ones many times.

    Filled as they are run, as one built module serves several.
    """
    return {}


def _run(model: Model, profile: Profile, counters: Sequence[Counter]) -> dict[_Key, Reading]:
    from mobilecalc.modules.loading.model import runnable

    if not counters:
        return {}
    if reason := _too_large(profile):
        return dict.fromkeys(map(_key, counters), Reading(None, left_out=reason))
    try:
        with runnable(model) as (module, inputs):
            return {_key(counter): read(counter, module, inputs) for counter in counters}
    except (RuntimeError, MemoryError) as error:
        failed = Reading(None, failure=f"the module cannot be built here ({error})")
        return dict.fromkeys(map(_key, counters), failed)


def _too_large(profile: Profile) -> str:
    """Why its forward pass is not run; "" where it is."""
    if len(profile.sources) != len(profile.rows):  # of a file that has no module to run
        return ""
    needed = bytes_of_pass(profile)
    if needed <= LARGEST_PASS:
        return ""
    return (
        f"its forward pass would take about {needed / 2**30:.1f} GiB of memory, and counters are"
        f" run up to {LARGEST_PASS / 2**30:g} GiB"
    )


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


def agreements(checks: Iterable[Check]) -> tuple[Footnote, ...]:
    """A line for each counter that agrees: with what, and whether in every layer."""
    agreeing = [check for check in checks if check.difference == 0 and not check.differences()]
    where = {True: ", in every layer", False: ""}
    return tuple(
        footnote(
            "remark",
            f"{check.counter.name}: ",
            *check.verdict.parts,
            f"{where[bool(check.reading.layers)]}.",
        )
        for check in agreeing
    )


def check_notes(checks: Sequence[Check]) -> tuple[Footnote, ...]:
    """The counters' versions, what they leave out, where they differ, their faults."""
    if not checks:
        return ()
    by_counter: dict[str, list[Check]] = {}
    for check in checks:
        by_counter.setdefault(check.counter.name, []).append(check)
    return (
        *ran_note(checks),
        *(note for own in by_counter.values() for note in version_note(own[0])),
        *(note for own in by_counter.values() for note in _uncounted(own)),
        *(note for check in checks for note in check.notes()),
    )


def ran_note(checks: Iterable[Check]) -> tuple[Footnote, ...]:
    """A line that names the counters that were run, with their versions; none where none was."""
    ran = {c.counter.name: c.reading.version for c in checks if c.reading.total is not None}
    listed = ", ".join(f"{name} {version}" for name, version in ran.items())
    if not ran:
        return ()
    return (footnote("source", f"Run on the built module in evaluation mode: {listed}."),)


def version_note(check: Check) -> tuple[Footnote, ...]:
    """A line where the library's version is not the one whose numbers were tested."""
    counter, version = check.counter, check.reading.version
    if version == counter.tested or not version:
        return ()
    untested = f"{counter.name} {version} is not the tested version, {counter.tested}."
    return (footnote("source", untested),)


def _uncounted(checks: Sequence[Check]) -> tuple[Footnote, ...]:
    """One line for what one counter has no rule for, in all the networks."""
    places = [
        f"{', '.join(f'{op} x{n}' for op, n in check.reading.uncounted.items())}"
        f" ({check.profile.name})"
        for check in checks
        if check.reading.uncounted
    ]
    if not places:
        return ()
    return (footnote("remark", f"{checks[0].counter.name} has no rule for {'; '.join(places)}."),)
