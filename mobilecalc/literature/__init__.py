"""The published tables as data, and what is known of their errors."""

from mobilecalc.literature.published_tables import PublishedTable, PublishedValue, chosen, tables
from mobilecalc.literature.verdicts import (
    EXPLAINED,
    OUTSIDE,
    QUOTED,
    REPRODUCED,
    UNEXPLAINED,
    VERDICTS,
    Judgement,
    judge,
)

__all__ = [
    "EXPLAINED",
    "OUTSIDE",
    "QUOTED",
    "REPRODUCED",
    "UNEXPLAINED",
    "VERDICTS",
    "Judgement",
    "PublishedTable",
    "PublishedValue",
    "chosen",
    "judge",
    "tables",
]
