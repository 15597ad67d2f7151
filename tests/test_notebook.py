"""Results in a notebook: how they show themselves, as data frames, and drawn."""

from pathlib import Path

import altair
import nbclient
import nbformat
import pytest

import mobilecalc
from mobilecalc.core.errors import BadOption
from mobilecalc.literature import chosen
from mobilecalc.networks import describe
from mobilecalc.studies.breakdown import breakdown
from mobilecalc.studies.compare import compare
from mobilecalc.studies.explain.facts import explain, ledger
from mobilecalc.studies.explain.pages import tables
from mobilecalc.studies.formulas.closed_form import closed_form
from mobilecalc.studies.models import models
from mobilecalc.studies.paper.comparison import comparison
from mobilecalc.studies.scale import scale

V1 = describe("v1")
DRAWN = {
    "by layer": lambda: breakdown(V1)[0],
    "by kind": lambda: breakdown(V1)[1],
    "compare": lambda: compare([V1, describe("v2")]),
    "scale": lambda: scale("v1")[0],
    "explain": lambda: tables(explain(V1, predict=True), ledger)[0],
    "paper": lambda: comparison(chosen("v1:6")),
}


@pytest.mark.parametrize("name", DRAWN)
def test_a_table_shows_itself_in_each_language(name):
    table = DRAWN[name]()
    shown = table._repr_mimebundle_()
    assert "<table>" in shown["text/html"]
    assert "| ---" in shown["text/markdown"].replace(":", "")
    assert r"\toprule" in shown["text/latex"]
    assert table.title in shown["text/plain"]
    assert "<html" not in shown["text/html"]
    assert "documentclass" not in shown["text/latex"]


def test_a_network_and_its_profile_show_the_table_by_kind():
    shown = mobilecalc.profile("v1")._repr_mimebundle_()
    assert shown == V1._repr_mimebundle_()
    assert "539,492,352" in shown["text/html"]


def test_a_formula_is_shown_as_mathematics():
    shown = closed_form(V1)[0]._repr_mimebundle_()
    assert "<math>" in shown["text/html"]
    assert r"\alpha^2" in shown["text/latex"]


@pytest.mark.parametrize("convert", ["to_pandas", "to_polars"])
def test_a_data_frame_has_the_raw_rows_under_the_keys(convert):
    table = scale("v1", alphas=(1, 0.5), resolutions=(224,))[0]
    frame = getattr(table, convert)()
    assert list(frame.columns) == [column.key for column in table.columns]
    assert list(frame["macs"]) == [568_740_352, 149_497_088]


def test_shapes_are_text_in_a_data_frame():
    assert breakdown(V1)[0].to_pandas()["input"][0] == "3x224x224"
    assert breakdown(V1)[0].to_polars()["input"][0] == "3x224x224"


@pytest.mark.parametrize("name", DRAWN)
def test_it_is_drawn_as_an_altair_chart(name):
    chart = DRAWN[name]().chart()
    assert isinstance(chart, altair.TopLevelMixin)
    assert "1000 classes" in chart.to_dict()["description"] or name == "paper"


def test_what_is_not_drawn_says_so():
    with pytest.raises(BadOption, match="Nothing is drawn of 'The networks'"):
        models().chart()


def test_the_notebook_of_the_lecture_runs():
    path = Path(__file__).parents[1] / "examples" / "lecture.ipynb"
    notebook = nbformat.read(path, as_version=4)
    nbclient.NotebookClient(notebook, timeout=120).execute()
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", ())]
    mimes = {mime for output in outputs for mime in output.get("data", ())}
    assert {"text/html", "text/markdown", "text/latex"} <= mimes
    pages = [output.get("data", {}).get("text/html", "") for output in outputs]
    assert sum("vega" in page for page in pages) == 2


def test_the_notebook_of_the_lecture_holds_no_old_outputs():
    path = Path(__file__).parents[1] / "examples" / "lecture.ipynb"
    cells = nbformat.read(path, as_version=4).cells
    assert all(not cell.get("outputs") for cell in cells)
