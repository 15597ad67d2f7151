"""How much memory do the activations take, and where is the peak?"""

from __future__ import annotations

from mobilecalc.answers.columns import Column, Value
from mobilecalc.answers.footnotes import Footnote, footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.memory import Use, largest_by_side, uses
from mobilecalc.core.profile import Profile
from mobilecalc.core.units import BYTES


def memory(profile: Profile, dtype: str = "fp32", *, split: bool = False) -> Table:
    """A row for each operation that takes memory, in bytes, and the peak as total."""
    size, found = BYTES[dtype], uses(profile, split=split)
    peak = max(found, key=lambda use: use.alive, default=None)
    columns = (
        Column("layer", "Layer", "text"),
        Column("kind", "Kind", "text", spare=2),
        Column("output", "Output", "shape", spare=1),
        Column("taken", "Takes", "bytes"),
        Column("given", "Gives", "bytes"),
        Column("waiting", "Waits", "bytes"),
        *([Column("inner", "Inner", "bytes")] if split else []),
        Column("alive", "In memory", "bytes"),
        Column("peak_share", "% of peak", "share"),
        Column("weights", "Weights", "bytes", spare=3),
    )
    rows = tuple(_row(use, size, peak, split=split) for use in found)
    total = None
    if peak is not None:
        total = {**_row(peak, size, peak, split=split), "layer": f"peak: {peak.row.path}"}
        total["weights"] = size * profile.parameters
    title = f"{profile.name}, memory of activations in {dtype}"
    notes = _words(dtype, size, split=split)
    return Table(title, columns, rows, total, notes, about=(profile,))


def _row(use: Use, size: int, peak: Use | None, *, split: bool) -> dict[str, Value]:
    inner = {"inner": size * use.inner} if split else {}
    return {
        "layer": use.row.path,
        "kind": use.row.kind,
        "output": use.row.output,
        "taken": size * use.taken,
        "given": size * use.given,
        "waiting": size * use.waiting,
        **inner,
        "alive": size * use.alive,
        "peak_share": use.alive / peak.alive if peak and peak.alive else None,
        "weights": size * use.parameters,
    }


def by_resolution(profile: Profile, dtype: str = "fp32", *, split: bool = False) -> Table:
    """The largest output at each side of the map: as Table 3 of arXiv:1801.04381 asks."""
    size = BYTES[dtype]
    columns = (
        Column("resolution", "Map", "text"),
        Column("channels", "Channels", "count"),
        Column("bytes", "Largest output", "bytes"),
        Column("layer", "Layer", "text"),
    )
    rows: tuple[dict[str, Value], ...] = tuple(
        {
            "resolution": "x".join(map(str, sides)),
            "channels": use.row.output.channels,
            "bytes": size * use.row.output.elements,
            "layer": use.row.path,
        }
        for sides, use in largest_by_side(profile, split=split).items()
    )
    title = f"{profile.name}, the largest output at each size of the map, in {dtype}"
    notes = _words(dtype, size, split=split)[:1]
    if split:
        notes += (_SPLIT,)
    return Table(title, columns, rows, None, notes, about=(profile,))


_SPLIT = footnote(
    "definition",
    "Split: what is between two pointwise convolutions (or a depthwise one and the pointwise one"
    " behind it) is computed channel by channel, and never whole in memory (arXiv:1801.04381,"
    " section 5.1).",
)
_INNER = footnote("definition", "Inner: one channel of each map inside.")


def _words(dtype: str, size: int, *, split: bool) -> tuple[Footnote, ...]:
    what = footnote(
        "setting",
        f"{dtype}: {size} byte{'s' * (size > 1)} a value, of one sample. Normalisation, activations"
        " and additions write over what they take where nothing reads it later.",
    )
    columns = footnote(
        "definition",
        "Takes, gives: what a layer reads and writes; waits: what a later one will read, as of a"
        " residual connection; in memory: all of these together. Weights: the parameters of a"
        " layer and of what is done in place behind it; at the peak, all of them.",
    )
    return (what, columns, *([_SPLIT, _INNER] if split else []))
