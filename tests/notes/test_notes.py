"""Documents that hold questions: what is found, answered, written, compared and refused."""

import os
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.core.errors import BadOption, CheckFailed
from mobilecalc.notes.languages import LANGUAGES, language_of
from mobilecalc.notes.questions import BadDocument, questions
from mobilecalc.views import VIEWS

VALUE = "value v1 macs --alpha 0.5"
TABLE = "breakdown v1 --by kind --counters none"


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def notes(*arguments):
    return CliRunner().invoke(app, ["notes", *map(str, arguments)])


def updated(name, text):
    """What a document is after an update; it is written byte by byte."""
    Path(name).write_bytes(text.encode())
    result = notes("update", name)
    assert result.exception is None, result.exception
    return Path(name).read_bytes().decode()


def asked(text, name="note.md"):
    return [q.words for q in questions(text, language_of(Path(name)), name)]


def test_a_number_stands_in_its_sentence(folder):
    before = f"V1 costs <!-- mobilecalc: {VALUE} -->old<!-- /mobilecalc --> MACs.\n"
    assert updated("note.md", before) == before.replace("old", "149.5 M")


@pytest.mark.parametrize(
    ("name", "opening", "closing", "table", "number"),
    [
        ("note.md", "<!-- mobilecalc: {} -->", "<!-- /mobilecalc -->", "| pointwise", "149.5 M"),
        ("note.qmd", "<!-- mobilecalc: {} -->", "<!-- /mobilecalc -->", "| pointwise", "149.5 M"),
        ("note.Rmd", "<!-- mobilecalc: {} -->", "<!-- /mobilecalc -->", "| pointwise", "149.5 M"),
        ("note.tex", "% mobilecalc: {}", "% /mobilecalc", r"pointwise & 13", r"149.5\,M"),
        ("note.rst", ".. mobilecalc: {}", ".. /mobilecalc", ".. list-table::", "149.5 M"),
        ("note.typ", "// mobilecalc: {}", "// /mobilecalc", '"pointwise", "13"', "149.5~M"),
    ],
)
def test_a_document_is_answered_in_its_own_language(folder, name, opening, closing, table, number):
    before = "\n".join(
        ["Text.", "", opening.format(TABLE), "old", closing, "", opening.format(VALUE), closing]
    )
    after = updated(name, before + "\n")
    assert table in after
    blank = "\n" if name.endswith(".rst") else ""
    assert f"{opening.format(VALUE)}\n{blank}{number}\n{blank}{closing}" in after
    assert "\nold\n" not in after
    assert updated(name, after) == after


def test_a_screen_is_shown_with_its_command_where_the_console_is_asked_for(folder):
    after = updated(
        "note.md", f"<!-- mobilecalc: {TABLE} --format console -->\n<!-- /mobilecalc -->\n"
    )
    assert f"```console\n$ mobilecalc {TABLE}\n" in after


def test_all_else_stays_byte_for_byte(folder):
    outside = "\ufeffTitle \t\r\n\r\n{}\r\nNo line end at the end, and a tab\t"
    question = "<!-- mobilecalc: {} -->\r\n{}<!-- /mobilecalc -->"
    after = updated("note.md", outside.format(question.format(TABLE, "old\r\n")))
    head, tail = outside.split("{}")
    assert after.startswith(head)
    assert after.endswith(tail)
    assert "\n" not in after.replace("\r\n", "")


def test_a_document_keeps_its_permissions(folder):
    (folder / "note.md").write_text("")
    (folder / "note.md").chmod(0o600)
    updated("note.md", f"<!-- mobilecalc: {VALUE} --><!-- /mobilecalc -->")
    assert stat.S_IMODE((folder / "note.md").stat().st_mode) == 0o600


def test_an_update_changes_nothing_the_second_time(folder):
    first = updated("note.md", f"<!-- mobilecalc: {TABLE} -->\n<!-- /mobilecalc -->\n")
    before = (folder / "note.md").stat()
    assert updated("note.md", first) == first
    assert notes("update", "note.md").exception is None
    assert (folder / "note.md").stat().st_size == before.st_size


def test_check_after_update_is_content(folder):
    updated("note.md", f"<!-- mobilecalc: {TABLE} -->\n<!-- /mobilecalc -->\n")
    result = notes("check", "note.md")
    assert (result.exit_code, result.output) == (0, "")


def test_a_number_that_changed_is_told_with_its_question_and_the_mend(folder):
    stale = f"One.\n\nV1: <!-- mobilecalc: {VALUE} -->150 M<!-- /mobilecalc -->\n"
    (folder / "note.md").write_text(stale)
    result = notes("check", "note.md")
    assert f"note.md, line 3: {VALUE}" in result.output
    assert "-150 M\n+149.5 M" in result.output
    assert isinstance(result.exception, CheckFailed)
    assert "mobilecalc notes update note.md" in str(result.exception)
    assert (folder / "note.md").read_text() == stale


def test_code_in_a_document_asks_nothing():
    fenced = f"```markdown\n<!-- mobilecalc: {TABLE} -->\n<!-- mobilecalc -->\n```\n"
    ticked = f"Write `<!-- mobilecalc: {VALUE} -->`, or ``<!-- /mobilecalc -->``.\n"
    real = f"<!-- mobilecalc: {VALUE} --><!-- /mobilecalc -->\n"
    assert asked(fenced + ticked + real) == [VALUE]
    verbatim = "\\begin{verbatim}\n% mobilecalc: models\n\\end{verbatim}\n5\\% mobilecalc: no\n"
    assert asked(verbatim, "note.tex") == []


def test_an_answer_s_own_code_ends_no_question(folder):
    text = f"<!-- mobilecalc: {TABLE} --format console -->\n```console\nold\n<!-- /mobilecalc -->\n"
    assert "```console\n$ mobilecalc" in updated("note.md", text)


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a\n<!-- mobilecalc: models -->\n", 2, "the question 'models' is not closed"),
        ("<!-- /mobilecalc -->\n", 1, "an answer ends where none has begun"),
        (
            "<!-- mobilecalc: models -->\n<!-- mobilecalc: count v1 -->\n<!-- /mobilecalc -->\n",
            2,
            "a question stands inside the answer of another",
        ),
        ("<!-- mobilecalc models -->\n", 1, "'mobilecalc models' is no marker"),
        ("<!-- /mobilecalc: -->\n", 1, "'/mobilecalc:' is no marker"),
        ("<!-- MobileCalc: models -->\n", 1, "'MobileCalc: models' is no marker"),
        ("<!-- mobilecalc:\nmodels -->\n", 1, "'mobilecalc:' is no marker"),
        ("<!-- mobilecalc: -->\n<!-- /mobilecalc -->\n", 1, "the marker asks nothing"),
    ],
)
def test_markers_that_do_not_fit_together_are_told_with_file_line_and_mend(text, line, what):
    with pytest.raises(BadDocument, match=f"note.md, line {line}: ") as error:
        asked(text)
    assert what in str(error.value)
    assert error.value.fix


@pytest.mark.parametrize(
    ("question", "what"),
    [
        ("rm -rf /", "'rm' is no command that a document may ask"),
        ("notes update note.md", "'notes' is no command"),
        ("models --output stolen.md", "--output writes a file"),
        ("breakdown net.py:make_net", "net.py:make_net runs code"),
        ("count os:system('touch stolen')", "runs code"),
        ("count weights.pt", "runs code"),
        ("breakdown v1 --input net.py:inputs", "runs code"),
        ("breakdown v9", "no model named 'v9'"),
        ("models --sideways", "No such option"),
        ("models --help", "A document shows no help"),
        ('value v1 "macs', "Close every quotation mark."),
        ("value v1 macs \\", "Remove the backslash at its end."),
    ],
)
def test_a_question_that_cannot_be_answered_leaves_every_document_untouched(folder, question, what):
    good = f"<!-- mobilecalc: {VALUE} -->old<!-- /mobilecalc -->"
    bad = f"text\n<!-- mobilecalc: {question} -->\nprecious\n<!-- /mobilecalc -->\n"
    (folder / "good.md").write_text(good)
    (folder / "bad.md").write_text(bad)
    result = notes("update", "good.md", "bad.md")
    assert isinstance(result.exception, BadDocument)
    assert "bad.md, line 2: " in str(result.exception)
    assert what in str(result.exception)
    assert (folder / "good.md").read_text() == good
    assert (folder / "bad.md").read_text() == bad
    assert sorted(path.name for path in folder.iterdir()) == ["bad.md", "good.md"]


def test_a_table_cannot_stand_in_a_line(folder):
    (folder / "note.md").write_text("a <!-- mobilecalc: models --><!-- /mobilecalc --> b")
    assert "cannot stand in a line" in str(notes("update", "note.md").exception)


def test_code_runs_where_it_is_allowed_and_is_found_beside_the_document(folder):
    (folder / "sub").mkdir()
    (folder / "sub" / "net.py").write_text(
        "from torch import nn\ndef make():\n    return nn.Linear(8, 4)\n"
    )
    text = "<!-- mobilecalc: value net.py:make params --input 1x8 --><!-- /mobilecalc -->"
    (folder / "sub" / "note.md").write_text(text)
    result = notes("update", "--allow-code", "sub/note.md")
    assert result.exception is None, result.exception
    assert "-->36<!--" in (folder / "sub" / "note.md").read_text()


def test_a_file_that_is_no_document_is_refused(folder):
    (folder / "note.docx").write_text("")
    assert isinstance(notes("check", "note.docx").exception, BadOption)
    assert "it cannot be read" in str(notes("check", "nothing.md").exception)
    (folder / "latin.md").write_bytes(b"a\nstra\xdfe")
    assert "latin.md, line 2: it is not in UTF-8" in str(notes("check", "latin.md").exception)


def test_each_language_is_known_by_its_extensions_and_shows_an_example():
    extensions = [extension for name in LANGUAGES for extension in LANGUAGES[name].extensions]
    assert len(extensions) == len(set(extensions))
    languages = [name for name in VIEWS if VIEWS[name].is_language]
    assert [LANGUAGES[name].view for name in LANGUAGES] == languages
    for name in LANGUAGES:
        example = f"{LANGUAGES[name].example}\n"
        found = questions(example + LANGUAGES[name].closing, LANGUAGES[name], name)
        assert [question.words for question in found] == ["breakdown v1"]


CHART = "scale v1 --alphas 1,0.5 --resolutions 224,128 --chart figures/scale.svg"


@pytest.mark.parametrize(
    ("name", "ending"), [("n.md", "svg"), ("n.md", "png"), ("n.rst", "pdf"), ("n.tex", "pdf")]
)
def test_a_figure_in_any_format_is_as_it_was_when_it_is_drawn_again(folder, name, ending):
    language = language_of(Path(name))
    question = CHART.replace(".svg", f".{ending}")
    opening = language.example.replace("breakdown v1", question)
    closing = language.example.replace("mobilecalc: breakdown v1", "/mobilecalc")
    updated(name, f"{opening}\n{closing}\n")
    result = notes("check", name)
    assert result.exit_code == 0, result.output


@pytest.mark.parametrize("path", ["figures/scale.html", "figures/scale.json"])
def test_a_document_draws_no_figure_that_it_cannot_show(folder, path):
    question = CHART.replace("figures/scale.svg", path)
    (folder / "note.md").write_text(f"<!-- mobilecalc: {question} -->\n<!-- /mobilecalc -->\n")
    assert "that Markdown cannot show" in str(notes("update", "note.md").exception)
    assert not (folder / "figures").exists()


def test_a_figure_replaces_no_file_that_is_not_its_own(folder):
    (folder / "photo.png").write_text("precious")
    question = CHART.replace("figures/scale.svg", "photo.png")
    (folder / "note.md").write_text(f"<!-- mobilecalc: {question} -->\n<!-- /mobilecalc -->\n")
    assert "would replace photo.png" in str(notes("update", "note.md").exception)
    assert (folder / "photo.png").read_text() == "precious"


def test_two_questions_cannot_draw_the_same_file(folder):
    other = CHART.replace("scale v1", "scale v2")
    blocks = (f"<!-- mobilecalc: {q} -->\n<!-- /mobilecalc -->\n" for q in (CHART, other))
    (folder / "note.md").write_text("".join(blocks))
    assert "The question in line 1 draws that file too" in str(notes("update", "note.md").exception)


@pytest.mark.parametrize(
    ("name", "opening", "closing", "shown"),
    [
        ("note.md", "<!-- mobilecalc: {} -->", "<!-- /mobilecalc -->", "](figures/scale.svg)"),
        ("note.rst", ".. mobilecalc: {}", ".. /mobilecalc", ".. figure:: figures/scale.svg"),
        ("note.typ", "// mobilecalc: {}", "// /mobilecalc", 'image("figures/scale.svg", alt: "'),
    ],
)
def test_a_figure_is_drawn_below_the_document_and_described_in_it(
    folder, name, opening, closing, shown
):
    after = updated(name, f"{opening.format(CHART)}\n{closing}\n")
    assert shown in after
    assert "1000 classes" in after
    assert (folder / "figures" / "scale.svg").read_text().lstrip().startswith("<svg")
    assert notes("check", name).exit_code == 0


def test_a_figure_that_is_gone_or_another_is_told_and_drawn_anew(folder):
    updated("note.md", f"<!-- mobilecalc: {CHART} -->\n<!-- /mobilecalc -->\n")
    file = folder / "figures" / "scale.svg"
    drawn = file.read_text()
    file.write_text(drawn.replace('data-version="', 'data-version="0'))
    output = notes("check", "note.md").output
    assert f"note.md, line 1: {CHART}\nfigures/scale.svg is out of date." in output
    file.unlink()
    assert "figures/scale.svg is not there." in notes("check", "note.md").output
    notes("update", "note.md")
    assert file.read_text() == drawn


def test_a_figure_of_the_same_specification_is_the_same_whatever_its_fonts(folder):
    updated("note.md", f"<!-- mobilecalc: {CHART} -->\n<!-- /mobilecalc -->\n")
    file = folder / "figures" / "scale.svg"
    file.write_text(file.read_text().replace("Helvetica", "Verdana"))
    assert notes("check", "note.md").exit_code == 0


@pytest.mark.parametrize(
    ("path", "what"),
    [
        ("../out.svg", "contains '..'"),
        ("figures/../../out.svg", "contains '..'"),
        ("./out/../out.svg", "contains '..', which is not allowed"),
        ("/tmp/out.svg", "is not below the document"),
        ("away/out.svg", "is not below the document"),
    ],
)
def test_no_figure_is_drawn_outside_of_the_document_s_folder(folder, path, what, tmp_path_factory):
    (folder / "away").symlink_to(tmp_path_factory.mktemp("elsewhere"))
    (folder / "note.md").write_text(
        f"<!-- mobilecalc: scale v1 --chart {path} -->\n<!-- /mobilecalc -->\n"
    )
    result = notes("update", "note.md")
    assert what in str(result.exception)


@pytest.mark.parametrize("path", ["~/out.svg", ".git/out.svg", "'a b.svg'", "ü.svg", "a%b.svg"])
def test_a_figure_has_a_name_that_every_language_takes(folder, path):
    (folder / "note.md").write_text(
        f"<!-- mobilecalc: scale v1 --chart {path} -->\n<!-- /mobilecalc -->\n"
    )
    assert "is no name for a figure" in str(notes("update", "note.md").exception)
    assert [path.name for path in folder.iterdir()] == ["note.md"]


def test_an_answer_in_a_list_or_a_quotation_stays_in_it(folder):
    item = f"1. First\n\n   <!-- mobilecalc: {TABLE} -->\n   <!-- /mobilecalc -->\n2. Second\n"
    after = updated("list.md", item)
    lines = after.splitlines()
    inside = lines[2 : lines.index("2. Second")]
    assert all(line == "" or line.startswith("   ") for line in inside)
    assert "   | pointwise " in after
    assert updated("list.md", after) == after
    dashed = updated("dash.md", f"- <!-- mobilecalc: {TABLE} -->\n  <!-- /mobilecalc -->\n")
    assert "\n  | pointwise " in dashed
    quoted = updated("quote.md", f"> <!-- mobilecalc: {TABLE} -->\n> <!-- /mobilecalc -->\n")
    assert all(line.startswith(">") for line in quoted.splitlines())
    assert updated("quote.md", quoted) == quoted
    indented = updated("list.rst", f"* A\n\n  .. mobilecalc: {TABLE}\n  .. /mobilecalc\n")
    assert "\n  .. list-table::" in indented


def test_a_document_that_changed_meanwhile_is_not_written_over(folder, monkeypatch):
    from mobilecalc.cli import document

    text = f"<!-- mobilecalc: {VALUE} -->old<!-- /mobilecalc -->"
    (folder / "note.md").write_text(text)
    answer = document.answer

    def slow(*arguments, **options):
        (folder / "note.md").write_text(text + "typed meanwhile")
        return answer(*arguments, **options)

    monkeypatch.setattr(document, "answer", slow)
    result = notes("update", "note.md")
    assert "was changed while its questions were answered" in str(result.exception)
    assert (folder / "note.md").read_text().endswith("typed meanwhile")


def test_update_says_what_it_did(folder):
    (folder / "note.md").write_text(f"<!-- mobilecalc: {VALUE} -->old<!-- /mobilecalc -->")
    assert notes("update", "note.md").output == "note.md: 1 of 1 answer changed.\n"
    assert notes("update", "note.md").output == "note.md: 0 of 1 answer changed.\n"
    (folder / "drawn.md").write_text(f"<!-- mobilecalc: {CHART} -->\n<!-- /mobilecalc -->\n")
    assert notes("update", "drawn.md").output == (
        "drawn.md: 1 of 1 answer changed, 1 figure drawn.\n"
    )
    assert notes("update", "drawn.md").output == "drawn.md: 0 of 1 answer changed.\n"
    (folder / "plain.md").write_text("No question.")
    assert notes("update", "plain.md").output == "plain.md: it asks nothing.\n"


def test_what_is_no_file_is_refused(folder):
    (folder / "folder.md").mkdir()
    assert "it is not a file" in str(notes("update", "folder.md").exception)
    os.mkfifo(folder / "pipe.md")
    assert "it is not a file" in str(notes("update", "pipe.md").exception)


def test_no_document_has_colours_or_the_width_of_a_terminal_in_it(folder, monkeypatch):
    text = f"<!-- mobilecalc: {TABLE} --format console -->\n<!-- /mobilecalc -->\n"
    first = updated("note.md", text)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert updated("note.md", text) == first
    assert "\x1b" not in first


def test_a_counter_runs_once_for_each_network_of_a_document(folder, monkeypatch):
    from mobilecalc.studies import crosscheck

    runs = []
    read = crosscheck.read
    monkeypatch.setattr(
        crosscheck, "read", lambda counter, *rest: runs.append(counter.name) or read(counter, *rest)
    )
    questions = ["breakdown v1 --alpha 0.45", "compare v1 --alpha 0.45"] * 2
    text = "".join(
        f"<!-- mobilecalc: {q} --counters thop -->\n<!-- /mobilecalc -->\n" for q in questions
    )
    updated("note.md", text)
    assert runs == ["thop"]
