"""A table, and what it must tell of the models that it is about."""

import pytest

from mobilecalc.answers.columns import Column
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.counts import Counts
from mobilecalc.core.formula import symbols
from mobilecalc.core.ops import Uncounted
from mobilecalc.core.profile import Profile, Row
from mobilecalc.core.shape import Shape

COLUMNS = (Column("a", "A", "count"),)
MAP = Shape(3, 8, 8)
SORTED = Row("sort", Uncounted("sort", MAP), MAP, MAP, Counts())
PROFILE = Profile("net", MAP, (SORTED,), notes=("One sample.",), warnings=("It branches.",))
TOLD = [
    "One sample.",
    "It branches.",
    "Not counted in net, as no formula covers it: sort x1 (192 elements).",
]


def told(table):
    return [str(note) for note in table.footnotes]


def test_a_row_with_other_keys_is_refused():
    with pytest.raises(ValueError, match=r"the keys \['b'\], the table \['a'\]"):
        Table("t", COLUMNS, ({"b": 1},))


def test_it_tells_what_its_models_must_tell_before_what_the_study_says():
    table = Table("t", COLUMNS, (), footnotes=(footnote("remark", "Else."),), about=(PROFILE,))
    assert told(table) == [*TOLD, "Else."]
    assert [note.role for note in table.footnotes] == ["setting", "warning", "warning", "remark"]
    assert list(map(str, table.warnings)) == TOLD[1:]


def test_what_two_models_both_tell_is_told_once():
    assert told(Table("t", COLUMNS, (), about=(PROFILE, PROFILE))) == TOLD


def test_a_footnote_that_the_study_put_elsewhere_stays_there():
    early, late = footnote("remark", "Else."), footnote("setting", "One sample.")
    table = Table("t", COLUMNS, (), footnotes=(early, late), about=(PROFILE,))
    assert told(table) == [*TOLD[1:], "Else.", "One sample."]


def test_a_failed_check_is_a_footnote():
    table = Table("t", COLUMNS, (), footnotes=(footnote("failure", "It differs."),))
    assert list(map(str, table.failures)) == ["It differs."]
    assert table.warnings == ()


def test_a_footnote_with_formulas_reads_as_a_line_of_text():
    macs, norms = symbols("M N")
    assert str(footnote("definition", "MACs = ", macs + 2 * norms, ".")) == "MACs = M + 2N."
