"""reStructuredText and Typst: read by docutils and by the Typst compiler, and alike in content."""

import docutils.core
import docutils.nodes
import pytest
import typst

from mobilecalc.answers.columns import Column
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.core.formula import symbol
from mobilecalc.networks import describe
from mobilecalc.studies.breakdown import breakdown
from mobilecalc.studies.conventions import conventions
from mobilecalc.studies.explain.facts import explain, ledger
from mobilecalc.studies.formulas.closed_form import closed_form
from mobilecalc.studies.formulas.layer import layer_steps
from mobilecalc.studies.formulas.separable import layer_of
from mobilecalc.studies.models import models
from mobilecalc.views import VIEWS

ODD = Table(
    'Title with *stars*, `ticks`, "quotes" and \\',
    (Column("a_", "A_ |b|", "text"), Column("n", "N", "count")),
    ({"a_": '*x* `y` |z| w_ "q" \\ #d $e$ @f [g] <h> _i_', "n": 1234},),
    {"a_": "all", "n": 1234},
    (
        footnote("remark", "A note with *stars* and a word_ and #hash."),
        footnote("definition", "a_: ", 1 / symbol("D_K") ** 2, "; `b`: ", symbol("Pi"), "."),
    ),
)
TABLES = {
    "odd": ODD,
    "models": models(),
    "breakdown": breakdown(describe("v2"))[0],
    "conventions": conventions(),
    "steps": layer_steps(layer_of(3, 512, 512, 14), 0.5, 0.5),
    "closed form": closed_form(describe("v1"))[0],
    "explain": ledger(explain(describe("v1"), predict=True)),
}


def cells(table):
    rows = [*table.rows, *([table.total] if table.total else [])]
    return [row[table.columns[0].key] for row in rows]


@pytest.mark.parametrize("name", TABLES)
def test_docutils_reads_the_table_without_a_complaint(name):
    table = TABLES[name]
    tree = docutils.core.publish_doctree(
        VIEWS["rst"].render(table), settings_overrides={"halt_level": 2, "report_level": 2}
    )
    first = [row[0].astext() for row in tree.findall(docutils.nodes.row)]
    assert first == [table.columns[0].heading, *cells(table)]
    assert next(iter(tree.findall(docutils.nodes.title))).astext() == table.title


def test_docutils_reads_formulas_as_mathematics():
    tree = docutils.core.publish_doctree(VIEWS["rst"].render(ODD))
    assert [node.astext() for node in tree.findall(docutils.nodes.math)] == [
        "1/D_K^2",
        r"\mathrm{Pi}",
    ]


@pytest.mark.parametrize("name", TABLES)
def test_typst_compiles_the_table(name):
    pdf = typst.compile(VIEWS["typst"].render(TABLES[name]).encode())
    assert pdf.startswith(b"%PDF")


def test_typst_shows_what_is_written_and_reads_no_markup():
    svg = typst.compile(VIEWS["typst"].render(ODD).encode(), format="svg")
    assert b"<svg" in svg
