"""Every format, from one table that has every kind of value and every awkward character."""

import csv
import html.parser
import io
import json
import re
import shutil
import subprocess
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from mobilecalc.answers.charts import Curve, Curves
from mobilecalc.answers.columns import Column
from mobilecalc.answers.footnotes import footnote
from mobilecalc.answers.table import Table
from mobilecalc.answers.verdicts import Verdict
from mobilecalc.core.cost import SEPARABLE_TO_STANDARD, STANDARD_MACS
from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.core.formula import Formula, symbols
from mobilecalc.core.shape import Shape
from mobilecalc.networks import MOBILENETS, describe
from mobilecalc.studies.breakdown import breakdown, kinds
from mobilecalc.studies.compare import compare
from mobilecalc.studies.conventions import conventions
from mobilecalc.studies.count import factsheet
from mobilecalc.studies.explain.facts import explain, ledger
from mobilecalc.studies.explain.layers import layer_ledger
from mobilecalc.studies.explain.pages import tables as pages_of
from mobilecalc.studies.formulas.closed_form import closed_form
from mobilecalc.studies.formulas.layer import layer_formulas, layer_steps
from mobilecalc.studies.formulas.network import network_formulas
from mobilecalc.studies.formulas.separable import layer_of
from mobilecalc.studies.scale import scale
from mobilecalc.views import VIEWS, console, render, view_for
from mobilecalc.views import json as json_view
from mobilecalc.views.charts.characters import draw
from mobilecalc.views.formulas import Latex
from mobilecalc.views.numbers import compact_count, text_of

M, N, PI, ALPHA, RHO = symbols("M N Pi alpha rho")

TABLE = Table(
    "Costs & ratios: 100 % of D_K² | <all>",
    (
        Column("layer", "Layer_name", "text"),
        Column("formula", "Formula", "formula"),
        Column("macs", "MACs", "count"),
        Column("share", "% of MACs", "share"),
        Column("off", "off alpha²", "difference"),
        Column("ratio", "Ratio", "ratio"),
        Column("alpha", "alpha", "number"),
        Column("input", "Input", "shape"),
        Column("is", "is", "verdict"),
    ),
    (
        {
            "layer": "a_b|c<d>&{e}",
            "formula": STANDARD_MACS.put_in({"D_K": 3, "M": 512, "N": 1024, "D_F": (7, 9)}),
            "macs": 568740352,
            "share": 0.94857,
            "off": 0.0171,
            "ratio": 0.1168,
            "alpha": 0.75,
            "input": Shape(3, 224, 224),
            "is": Verdict(True, ("= ", M + 2 * N + PI)),
        },
        {
            "layer": "plain",
            "formula": RHO**2 * (1500 * ALPHA**2 + 3 * ALPHA / 2) - 7,
            "macs": 49,
            "share": 0.05143,
            "off": -0.5,
            "ratio": None,
            "alpha": 1.0,
            "input": None,
            "is": Verdict(False, ("+1 on ", M)),
        },
    ),
    {
        "layer": "total",
        "formula": None,
        "macs": 568740401,
        "share": 1.0,
        "off": None,
        "ratio": None,
        "alpha": None,
        "input": None,
        "is": None,
    },
    (
        footnote("remark", "A note with 100 % of _it_ & $more."),
        footnote("definition", "Of standard: ", SEPARABLE_TO_STANDARD, " for each layer."),
    ),
)


@pytest.mark.parametrize(
    ("value", "kind", "text", "compact"),
    [
        (568740352, "count", "568,740,352", "568.7 M"),
        (0, "count", "0", "0"),
        (9999, "count", "9,999", "9,999"),
        (10000, "count", "10,000", "10.00 k"),
        (4867293184, "count", "4,867,293,184", "4.867 G"),
        (999_960, "count", "999,960", "1.000 M"),
        (0.948574, "share", "94.857", "94.86"),
        (-0.01234, "difference", "-1.23 %", "-1.23 %"),
        (0.116849, "ratio", "0.1168", "0.1168"),
        (0.75, "number", "0.75", "0.75"),
        (Shape(32, 112, 112), "shape", "32x112x112", "32x112x112"),
        (None, "count", "", ""),
    ],
)
def test_a_value_as_people_read_it(value, kind, text, compact):
    assert text_of(value, kind) == text
    assert text_of(value, kind, compact=True) == compact


@given(st.integers(10**4, 10**15))
def test_a_rounded_count_is_within_half_of_its_last_digit(count):
    number, letter = compact_count(count).split()
    unit = {"k": 10**3, "M": 10**6, "G": 10**9, "T": 10**12}[letter]
    digits = len(number.partition(".")[2])
    assert abs(float(number) * unit - count) <= 0.5000001 * unit / 10**digits


def test_json_has_the_documented_form():
    content = json.loads(render(TABLE, "json"))
    assert list(content) == ["title", "columns", "rows", "total", "notes"]
    assert content["columns"][2] == {"key": "macs", "heading": "MACs", "kind": "count"}
    assert content["rows"][0]["macs"] == 568740352
    assert content["rows"][0]["input"] == [3, 224, 224]
    assert content["total"]["macs"] == 568740401


def test_json_without_a_total_says_null():
    assert json.loads(render(Table("t", (), ()), "json"))["total"] is None


values = {
    "count": st.integers(0, 10**15),
    "share": st.floats(0, 1),
    "shape": st.builds(Shape, *[st.integers(1, 999)] * 3),
    "text": st.text(max_size=12),
}


@st.composite
def tables(draw):
    kinds = draw(st.lists(st.sampled_from(sorted(values)), min_size=1, max_size=5))
    columns = tuple(Column(f"k{i}", draw(st.text()), kind) for i, kind in enumerate(kinds))
    cells = st.tuples(*(st.none() | values[c.kind] for c in columns))
    row = cells.map(lambda cells: dict(zip([c.key for c in columns], cells, strict=True)))
    rows = draw(st.lists(row, max_size=4))
    total = draw(st.none() | row)
    notes = (footnote("remark", text) for text in draw(st.lists(st.text())))
    return Table(draw(st.text()), columns, tuple(rows), total, tuple(notes))


@given(tables())
def test_json_round_trips(table):
    assert json_view.parse(json_view.render(table)) == table


@given(tables(), st.sampled_from(list(VIEWS)))
def test_any_table_can_be_shown_in_any_format(table, format):
    assert isinstance(render(table, format), str)


IN_FORMATS = {
    "console": (
        "3² · 512 · 1024 · 7 · 9",
        "rho² · (1,500 · alpha² + 3 · alpha / 2) - 7",
        "= M + 2N + Pi",
        "Of standard: 1/N + 1/D_K² for each layer.",
    ),
    "markdown": (
        r"| $3^2 \cdot 512 \cdot 1024 \cdot 7 \cdot 9$ ",
        r"$\rho^2 \cdot \left(1{,}500 \cdot \alpha^2 + 3 \cdot \alpha / 2\right) - 7$",
        r"= $M + 2N + \mathrm{Pi}$ |",
        r"Of standard: $1/N + 1/D_K^2$ for each layer.",
    ),
    "latex": (
        r"\(3^2 \cdot 512 \cdot 1024 \cdot 7 \cdot 9\)",
        r"\(\rho^2 \cdot \left(1{,}500 \cdot \alpha^2 + 3 \cdot \alpha / 2\right) - 7\)",
        r"= \(M + 2N + \mathrm{Pi}\)",
        r"Of standard: \(1/N + 1/D_K^2\) for each layer.",
    ),
    "rst": (
        r":math:`3^2 \cdot 512 \cdot 1024 \cdot 7 \cdot 9`",
        r"= :math:`M + 2N + \mathrm{Pi}`",
        r"Of standard: :math:`1/N + 1/D_K^2` for each layer.",
    ),
    "typst": (
        "$3^2 dot.op 512 dot.op 1024 dot.op 7 dot.op 9$",
        r'$rho^2 dot.op ("1,500" dot.op alpha^2 + 3 dot.op alpha \/ 2) - 7$',
        '"= " + $M + 2N + "Pi"$',
        r'"Of standard: " + $1\/N + 1\/D_K^2$ + " for each layer."',
    ),
    "html": (
        "<td><math><mrow><msup><mn>3</mn><mn>2</mn></msup><mo>·</mo><mn>512</mn>",
        "<mrow><mo>(</mo><mrow><mrow><mn>1,500</mn><mo>·</mo><msup><mi>&#945;</mi><mn>2</mn></msup>",
        "<mfrac><mrow><mn>3</mn><mo>·</mo><mi>&#945;</mi></mrow><mn>2</mn></mfrac>",
        "<td>= <math><mrow><mi>M</mi><mo>+</mo><mrow><mn>2</mn><mi>N</mi></mrow><mo>+</mo>"
        "<mi>Pi</mi></mrow></math></td>",
        "<li>Of standard: <math><mrow><mfrac><mn>1</mn><mi>N</mi></mfrac><mo>+</mo>"
        "<mfrac><mn>1</mn><msubsup><mi>D</mi><mi>K</mi><mn>2</mn></msubsup></mfrac></mrow>"
        "</math> for each layer.</li>",
    ),
}


@pytest.mark.parametrize("format", IN_FORMATS)
def test_formulas_stand_in_cells_verdicts_and_footnotes_as_the_language_writes_them(format):
    text = " ".join(render(TABLE, format).split()) if format == "console" else render(TABLE, format)
    for written in IN_FORMATS[format]:
        assert written in text


def test_a_dollar_sign_of_a_text_begins_no_mathematics_in_markdown():
    assert r"& \$more." in render(TABLE, "markdown")


def formulas_of(table):
    rows = [*table.rows, *([table.total] if table.total is not None else [])]
    cells = [value for row in rows for value in row.values() if isinstance(value, Formula)]
    notes = [part for note in table.footnotes for part in note.parts]
    return cells + [part for part in notes if isinstance(part, Formula)]


@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        conventions(),
        closed_form(describe("v2"))[0],
        layer_steps(layer_of(3, 512, 512, 14), 0.5, 0.5),
        factsheet(describe("v1")),
    ],
    ids=lambda table: table.title,
)
def test_markdown_leaves_every_formula_as_it_is(table):
    """CommonMark takes a backslash before punctuation away; GitHub and pandoc, what is in `$ `."""
    shown = render(table, "markdown")
    html = MarkdownIt("commonmark").enable("table").render(shown)
    for formula in formulas_of(table):
        written = f"${Latex().written(formula)}$"
        assert written in shown
        assert unescape(html).count(written) == shown.count(written)
        assert not written.startswith("$ ")
        assert not written.endswith(" $")


def test_csv_and_json_have_formulas_and_verdicts_as_text():
    (row, _), content = csv.DictReader(io.StringIO(render(TABLE, "csv"))), render(TABLE, "json")
    assert (row["formula"], row["is"]) == ("3² · 512 · 1024 · 7 · 9", "= M + 2N + Pi")
    assert json.loads(content)["rows"][0]["is"] == "= M + 2N + Pi"
    assert json.loads(content)["notes"][1] == "Of standard: 1/N + 1/D_K² for each layer."


def test_csv_has_the_keys_and_the_raw_values():
    rows = list(csv.DictReader(io.StringIO(render(TABLE, "csv"))))
    assert [row["macs"] for row in rows] == ["568740352", "49"]
    assert [row["input"] for row in rows] == ["3x224x224", ""]
    assert rows[0]["layer"] == "a_b|c<d>&{e}"


def test_markdown_is_a_pipe_table_with_one_row_a_line():
    lines = [line for line in render(TABLE, "markdown").splitlines() if line.startswith("|")]
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in lines]
    assert {len(row) for row in cells} == {len(TABLE.columns)}
    assert cells[2][0].strip() == r"a\_b\|c\<d\>&{e}"
    assert cells[-1][2].strip() == "**568,740,401**"
    assert cells[1][2].strip().endswith("-:")


class Reader(html.parser.HTMLParser):
    """Collects the cells of each row, and checks that tags close in order."""

    def __init__(self):
        super().__init__()
        self.rows, self.open = [], []

    def handle_starttag(self, tag, attributes):
        if tag != "meta":
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.rows[-1][-1] += data


def test_html_is_well_formed_and_has_every_cell():
    reader = Reader()
    reader.feed(render(TABLE, "html"))
    assert reader.open == []
    assert [row[0] for row in reader.rows] == ["Layer_name", "a_b|c<d>&{e}", "plain", "total"]
    assert {len(row) for row in reader.rows} == {len(TABLE.columns)}


def test_latex_sets_formulas_as_mathematics_and_escapes_the_rest():
    text = render(TABLE, "latex")
    assert r"\(3^2 \cdot 512 \cdot 1024 \cdot 7 \cdot 9\)" in text
    assert r"= \(M + 2N + \mathrm{Pi}\) " in text
    assert r"a\_b|c\textless{}d\textgreater{}\&\{e\}" in text
    assert r"\toprule" in text
    assert r"\bottomrule" in text


pdflatex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed (Debian: texlive)"
)


def compiled(folder, name):
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    return done.stdout


@pdflatex
@pytest.mark.parametrize(
    "table",
    [
        TABLE,
        *breakdown(describe("v2")),
        factsheet(describe("v1")),
        network_formulas(describe("v2")),
    ],
    ids=lambda table: table.title,
)
def test_latex_compiles_as_it_stands_and_as_input(table, tmp_path):
    (tmp_path / "table.tex").write_text(render(table, "latex"), encoding="utf-8")
    compiled(tmp_path, "table.tex")
    (tmp_path / "notes.tex").write_text(
        r"\documentclass{article}\usepackage{booktabs,graphicx,longtable}\begin{document}"
        "\nBefore.\n\\input{table}\nAfter.\n\\end{document}\n"
    )
    compiled(tmp_path, "notes.tex")
    assert (tmp_path / "notes.pdf").stat().st_size > 0


DOCUMENTS = {
    "slides": (r"\documentclass{beamer}", r"\begin{frame}", r"\end{frame}"),
    "two columns": (r"\documentclass[twocolumn]{article}", "", ""),
    "columns": (
        r"\documentclass{article}\usepackage{multicol}",
        r"\begin{multicols}{2}",
        r"\end{multicols}",
    ),
    "pages": (r"\documentclass{article}", "", ""),
}


@pdflatex
@pytest.mark.parametrize("as_input", [True, False], ids=["input", "in place"])
@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_long_table_of_latex_stands_wherever_a_short_one_does(document, as_input, tmp_path):
    head, begin, end = DOCUMENTS[document]
    parts = []
    tables = {"long": breakdown(describe("v1"))[0], "short": kinds(describe("v1").profile())}
    for name, table in tables.items():
        (tmp_path / f"{name}.tex").write_text(render(table, "latex"), encoding="utf-8")
        shown = f"\\input{{{name}}}" if as_input else VIEWS["latex"].fragment(table)
        parts.append(f"{begin}\nBefore.\n\n{shown}\n\nAfter.\n{end}")
    if document == "columns":
        parts = parts[:1]  # multicol takes no float of one column
    packages = r"\usepackage{booktabs,graphicx,longtable}"
    body = "\n".join(parts)
    (tmp_path / "notes.tex").write_text(
        f"{head}{packages}\n\\begin{{document}}\n{body}\n\\end{{document}}\n", encoding="utf-8"
    )
    said = compiled(tmp_path, "notes.tex")
    assert "too large" not in said
    assert "Overfull" not in said


@pytest.mark.parametrize("width", [80, 100, 140])
def test_the_console_stays_within_its_width_and_cuts_no_number(width):
    explanation = explain(describe("v1"), predict=True)
    pages = [page for table in (ledger, layer_ledger) for page in pages_of(explanation, table)[1]]
    others = (
        compare([describe(model) for model in MOBILENETS]),
        scale("v2")[0],
        network_formulas(describe("v2")),
        layer_formulas(layer_of(3, 512, 512, 14)),
    )
    for table in (*breakdown(describe("v2")), factsheet(describe("v1")), *pages, *others):
        text = console.text([table], width=width)
        assert max(map(len, text.splitlines())) <= width
        assert "…" not in text
        assert_every_number_is_whole(table, text)


def assert_every_number_is_whole(table, text):
    """Every number of a shown column is there, exact or rounded."""
    hidden = next((line for line in text.splitlines() if line.startswith("No room")), "")
    words = set(text.replace(" M", "M").replace(" k", "k").replace(" G", "G").split())
    for column in table.columns:
        if column.kind == "count" and column.heading not in hidden:
            for value in table.column(column.key):
                forms = {text_of(value, "count"), text_of(value, "count", compact=True)}
                assert {form.replace(" ", "") for form in forms} & words or value is None


@pytest.mark.parametrize("heading", ["-standard", "cost-in-MACs-", "width multiplier"])
def test_the_console_cuts_no_heading(heading):
    table = Table("Networks", (Column("macs", heading, "count"),), ({"macs": 7},))
    for width in (10, 40):
        text = console.text([table], width=width)
        assert heading.replace(" ", "") in re.sub(r"\s", "", text)
        rule = next(line for line in text.splitlines() if line.startswith("─"))
        assert max(map(len, text.partition("Networks\n")[2].splitlines())) == len(rule)


def test_the_console_shows_exact_numbers_where_there_is_room():
    layers, _ = breakdown(describe("v1"))
    assert "568,740,352" in console.text([layers], width=140)
    assert "568.7 M" in console.text([layers], width=80)


def test_the_console_draws_shares_as_bars_where_there_is_room():
    _, kinds = breakdown(describe("v1"))
    lines = console.text([kinds], width=100).splitlines()
    bars = {
        line.split()[0]: line.count("█") for line in lines if line.startswith(("po", "de", "li"))
    }
    assert bars == {"pointwise": 24, "depthwise": 0, "pool": 0, "linear": 0}
    (depthwise,) = (line for line in lines if line.startswith("depthwise"))
    assert depthwise.endswith("▊")  # 24 * 3.057 / 94.857 = 0.773 of a character: 6 eighths
    assert sum("% of MACs" in line for line in lines) == 1
    assert "█" not in console.text([kinds], width=72)
    assert "█" not in render(kinds, "markdown")


@pytest.mark.parametrize("width", [10, 20])
def test_where_nothing_fits_the_numbers_are_shown_whole_all_the_same(width):
    text = console.text([compare([describe("v1")])], width=width)
    assert all(number in text for number in ("568.7 M", "4.232 M", "0.1168"))


def test_the_console_says_which_columns_it_left_out():
    layers, _ = breakdown(describe("v1"))
    text = console.text([layers], width=60)
    assert "No room at this width for: Kind, Input, Output" in text
    assert "No room" not in console.text([layers], width=140)


def test_curves_put_the_highest_point_at_the_top_right():
    x, y = Column("alpha", "alpha", "number"), Column("macs", "MACs", "count")
    chart = Curves("v1", x, y, (Curve("v1", ((0.5, 100.0), (1.0, 400.0))),))
    lines = draw(chart, width=40).splitlines()
    assert lines[0].startswith("v1: MACs over alpha")
    assert lines[1].rstrip().endswith("·")
    assert max(map(len, lines)) <= 40


@pytest.mark.parametrize(
    ("format", "ending", "name"),
    [
        (None, None, "console"),
        (None, ".md", "markdown"),
        (None, ".TEX", "latex"),
        ("json", ".md", "json"),
        (None, ".txt", "console"),
    ],
)
def test_the_format_follows_from_the_ending_unless_it_is_named(format, ending, name):
    assert view_for(format, ending).name == name


def test_an_unknown_format_or_ending_is_an_error_that_lists_the_known():
    with pytest.raises(UnknownName, match=r"no format named 'jsn'(.|\n)*json"):
        view_for("jsn", None)
    with pytest.raises(BadOption, match=r"extension '\.doc'(.|\n)*\.md(.|\n)*--format"):
        view_for(None, ".doc")
