"""How a study names the cost it reports: the convention decides the key and the heading."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.counts import FACTS, Counts, total
from mobilecalc.core.formula import Formula, symbol
from mobilecalc.core.profile import Profile
from mobilecalc.counters import Counter

if TYPE_CHECKING:
    from mobilecalc.modules.loading.model import Model


class Pass(NamedTuple):
    """What is counted: forward alone, or with `train` backward too; for how large a batch."""

    train: bool = False
    batch: int = 1


ONE_PASS = Pass()


def cost_key(convention: Convention) -> str:
    """The column's key: `macs`, or `flops` where the convention counts FLOPs."""
    return f"{convention.unit.lower()}s"


def cost_column(convention: Convention) -> Column:
    """The column of the cost itself; every convention but the paper's is named in the heading."""
    heading = f"{convention.unit}s"
    if convention is not PAPER:
        heading += f" ({convention.name})"
    return Column(cost_key(convention), heading, "count")


def pass_columns(convention: Convention, pass_: Pass) -> tuple[Column, ...]:
    """The columns that a training step and a batch add to the cost's."""
    columns: tuple[Column, ...] = ()
    unit = cost_column(convention).heading
    if pass_.train:
        columns = (
            Column("input_gradient_macs", "input gradients", "count", spare=2),
            Column("weight_gradient_macs", "weight gradients", "count", spare=2),
            Column("training_macs", "training MACs", "count"),
        )
        unit = "training MACs"
    if pass_.batch > 1:
        columns += (Column(_batch_key(convention), f"{unit}, batch of {pass_.batch}", "count"),)
    return columns


def pass_values(
    counts: Counts, of_batch: Counts | None, convention: Convention, pass_: Pass
) -> dict[str, Value]:
    """The values of `pass_columns`, of the facts of one sample and of the batch."""
    values: dict[str, Value] = {}
    if pass_.train:
        values["input_gradient_macs"] = counts.input_gradient_macs
        values["weight_gradient_macs"] = counts.weight_gradient_macs
        values["training_macs"] = counts.training_macs
    if of_batch is not None:
        cost = of_batch.training_macs if pass_.train else convention.total(of_batch)
        values[_batch_key(convention)] = cost
    return values


def batch_of(model: Model, pass_: Pass) -> tuple[Counts, ...] | None:
    """The facts of each row for the batch; None where a sample alone is asked for."""
    if pass_.batch == 1:
        return None
    from mobilecalc.modules.loading.model import batch_counts

    return batch_counts(model, pass_.batch)


def pass_notes(pass_: Pass) -> tuple[Footnote, ...]:
    """What a training step is."""
    if not pass_.train:
        return ()
    return (
        footnote(
            "definition",
            "A training step: the forward pass, and the backward pass as torch's autograd runs it,"
            " from every result; what checkpoints compute again is included, the optimiser is not.",
        ),
    )


def _batch_key(convention: Convention) -> str:
    return f"batch_{cost_key(convention)}"


def share(part: int, whole: int) -> float | None:
    """Part / whole, or None where there is no whole."""
    return part / whole if whole else None


def charted_column(convention: Convention, pass_: Pass) -> Column:
    """The cost that a chart shows: of the batch or the training step, where one is asked for."""
    return (cost_column(convention), *pass_columns(convention, pass_))[-1]


def charted_cost(
    counts: Counts, of_batch: Counts | None, convention: Convention, pass_: Pass
) -> int:
    """The value of `charted_column`, of the facts of one sample and of the batch."""
    counted = counts if of_batch is None else of_batch
    return counted.training_macs if pass_.train else convention.total(counted)


def caption(profiles: Sequence[Profile], convention: Convention, pass_: Pass) -> str:
    """What stands below a chart's title: of which models and inputs, in which convention.

    What a training step takes is counted in multiply-accumulates, whatever the convention.
    """
    names: dict[str, list[str]] = {}
    for profile in profiles:
        sizes = profile.origin.removeprefix(profile.name)
        names.setdefault(sizes, []).append(profile.name)
    of_what = "; ".join(f"{', '.join(named)}{sizes}" for sizes, named in names.items())
    counts = total(profile.counts for profile in profiles)
    return f"{of_what}. {(*pass_notes(pass_), convention_note(convention, counts))[0]}"


def convention_notes(
    convention: Convention, counters: Iterable[Counter], counts: Counts
) -> tuple[Footnote, Footnote]:
    """What the cost column adds up, on whose word, and the symbols used here and by counters."""
    used = (convention, *(counter.convention for counter in counters))
    return convention_note(convention, counts), legend(used, counts)


def convention_note(convention: Convention, counts: Counts) -> Footnote:
    """What a convention adds up of these facts, and on whose word."""
    meaning = f": {convention.meaning} ({convention.source})."
    formula = convention.formula_of(counts)
    return footnote("convention", f"{convention.unit}s = ", formula, meaning)


def legend(conventions: Iterable[Convention], counts: Counts | None = None) -> Footnote:
    """The meaning of the symbols that these conventions use, of facts that are met."""
    used = {fact for convention in conventions for fact in convention.coefficients}
    if counts is not None:
        used = {fact for fact in used if getattr(counts, fact)}
    if not used:
        return footnote("definition", "None of what these sums add up is in this model.")
    *facts, last = (fact for fact in FACTS if fact.name in used)
    parts: list[str | Formula] = []
    for fact in facts:
        parts += [symbol(fact.symbol), f": {fact.meaning}; "]
    return footnote("definition", *parts, symbol(last.symbol), f": {last.meaning}.")
