"""The published tables as data, and what is known of their errors."""

from mobilecalc.literature.published import Figure, PublishedTable, chosen, tables
from mobilecalc.literature.verdicts import (
    EXPLAINED,
    OUTSIDE,
    QUOTED,
    REPRODUCED,
    UNEXPLAINED,
    VERDICTS,
    Finding,
    find,
)

__all__ = [
    "EXPLAINED",
    "OUTSIDE",
    "QUOTED",
    "REPRODUCED",
    "UNEXPLAINED",
    "VERDICTS",
    "Figure",
    "Finding",
    "PublishedTable",
    "chosen",
    "find",
    "tables",
]
