"""What a language of documents is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mobilecalc.notes.languages.markers import Marker


class Language(NamedTuple):
    """How a document's language writes what a note needs.

    comment: one, with {} for its words. markers: reads those of a text in linear time, and none
    that is in code. view: the format of its tables; embeds: others whose tables it takes as they
    are. fence: a text as it stands, of a language. image: a figure, of a file, its caption and what
    can be seen; figure_extensions: of the files that it can show. number: a number in a sentence.
    closed: whether a comment ends before its line does, so that an answer can stand in a line.
    nests: whether each line of a block has before it what a list or a quotation puts there.
    spaced: whether an empty line stands around each block. dialects: what else is read so.
    """

    name: str
    extensions: tuple[str, ...]
    comment: str
    markers: Callable[[str], Iterator[Marker]]
    view: str
    fence: Callable[[str, str], str]
    image: Callable[[str, str, str], str]
    figure_extensions: tuple[str, ...]
    number: Callable[[str], str] = str
    embeds: tuple[str, ...] = ()
    closed: bool = False
    nests: bool = False
    spaced: bool = False
    dialects: tuple[str, ...] = ()

    @property
    def example(self) -> str:
        """A question."""
        return self.comment.format("mobilecalc: breakdown v1")

    @property
    def closing(self) -> str:
        """What stands behind an answer."""
        return self.comment.format("/mobilecalc")
