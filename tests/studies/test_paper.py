"""The published tables as tables: what is shown, counted and checked."""

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.literature import chosen, tables
from mobilecalc.literature import published_tables as published
from mobilecalc.studies.paper.comparison import comparison, comparisons
from mobilecalc.studies.paper.overview import overview

ALL = tuple(tables().values())


def test_the_overview_counts_every_value_once():
    table = overview(ALL)
    counted = ("reproduced", "explained", "unexplained", "outside", "quoted")
    for row, published_table in zip(table.rows, ALL, strict=True):
        assert sum(row[key] for key in counted) == len(published_table.values)
    assert {key: table.total[key] for key in counted} == {
        key: sum(table.column(key)) for key in counted
    }


def test_a_table_shows_printed_and_computed_side_by_side():
    rows = comparison(chosen("v1:7")).rows
    row = next(
        row for row in rows if (row["row"], row["quantity"]) == ("1.0 MobileNet-160", "MACs")
    )
    assert row["printed"] == "290 M"
    assert row["computed"] == 290_675_200
    assert row["off"] == pytest.approx(0.6752)
    assert str(row["verdict"]) == "= truncated"
    assert row["model"] == "v1 --resolution 160"


def test_accuracies_are_quoted_and_not_computed():
    rows = [row for row in comparison(chosen("v1:6")).rows if row["quantity"] == "top-1"]
    assert [row["printed"] for row in rows] == ["70.6 %", "68.4 %", "63.7 %", "50.6 %"]
    assert {(row["computed"], str(row["verdict"])) for row in rows} == {(None, "quoted")}


def test_errata_are_those_that_do_not_follow_each_with_what_gives_it_or_not():
    rows = comparison(ALL, only_errata=True).rows
    verdicts = {str(row["verdict"]) for row in rows}
    assert verdicts == {"≠ erratum", "≠ convention", "≠ unexplained"}
    for row in rows:
        assert (row["gives"] is None) == (str(row["verdict"]) == "≠ unexplained")
    total = overview(ALL).total
    assert len(rows) == total["explained"] + total["unexplained"]


def test_a_table_without_errata_says_so():
    (table,) = comparisons(chosen("v1:6"), only_errata=True)
    assert list(map(str, table.footnotes)) == ["Every computed figure follows."]


def test_sections_hold_the_same_rows_and_explain_the_words_once():
    together, apart = comparison(chosen("v2")), comparisons(chosen("v2"))
    assert sum(len(table.rows) for table in apart) == len(together.rows)
    assert [any("Off:" in str(n) for n in table.footnotes) for table in apart].count(True) == 1


def test_what_the_computed_values_count_is_said():
    notes = " ".join(map(str, comparison(chosen("v1:12")).footnotes))
    assert "params = parameters (weights and biases) without the classifier" in notes


def test_no_verdict_is_another_than_on_record():
    checked = overview(ALL, checked=True)
    assert checked.failures == ()
    assert str(checked.footnotes[-1]) == "All 976 verdicts are as on record."


def test_a_verdict_that_changed_is_told():
    (table,) = chosen("v1:6")
    first = table.values[0]._replace(verdict="erratum")
    changed = table._replace(values=(first, *table.values[1:]))
    assert [str(failure) for failure in overview([changed], checked=True).failures] == [
        "v1:6, 1.0 MobileNet-224, MACs 569 M: reproduced, and was erratum."
    ]


def test_the_command_exits_1_where_a_verdict_changed(monkeypatch):
    (table,) = chosen("v1:6")
    wrong = table.values[0]._replace(printed="571 M")
    monkeypatch.setitem(
        published.tables(), "v1:6", table._replace(values=(wrong, *table.values[1:]))
    )
    result = CliRunner().invoke(app, ["paper", "--check"])
    assert result.exception.exit_code == 1
    assert "1.0 MobileNet-224, MACs 571 M: unexplained, and was reproduced." in str(
        result.exception
    )
