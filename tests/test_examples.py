"""The documents of the examples: they compile, and say what the Markdown says."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from mobilecalc.cli.main import app
from mobilecalc.notes.documents import Document

EXAMPLES = Path(__file__).parents[1] / "examples"

needs_latex = pytest.mark.skipif(
    shutil.which("pdflatex") is None, reason="pdflatex is not installed (Debian: texlive)"
)


def compiled(text, folder):
    (folder / "document.tex").write_text(text)
    (folder / "figures").symlink_to(EXAMPLES / "figures")
    done = subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "document.tex"],
        cwd=folder,
        capture_output=True,
        check=False,
    )
    said = done.stdout.decode(errors="replace")
    assert done.returncode == 0, said[-2000:]
    return said


@needs_latex
@pytest.mark.parametrize("name", ["lecture.tex", "slides.tex"])
def test_it_compiles(name, tmp_path):
    said = compiled((EXAMPLES / name).read_text(encoding="utf-8"), tmp_path)
    assert (tmp_path / "document.pdf").stat().st_size > 10_000
    assert "Overfull" not in said


@needs_latex
def test_a_screen_compiles(tmp_path):
    """Its lines and bars are of letters that LaTeX has in every installation."""
    document = "\\documentclass{article}\n\\begin{document}\n%s\\end{document}\n"
    path = tmp_path / "screen.tex"
    question = "% mobilecalc: breakdown v1 --counters none --format console\n% /mobilecalc\n"
    path.write_text(document % question)
    result = CliRunner().invoke(app, ["notes", "update", str(path)])
    assert result.exception is None
    text = path.read_text(encoding="utf-8")
    assert "$ mobilecalc breakdown v1" in text
    compiled(text, tmp_path)


def test_the_lecture_and_its_twin_ask_the_same_questions():
    asked = [
        [
            question.words.replace(".pdf", ".svg")
            for question in Document.read(EXAMPLES / name).asked
        ]
        for name in ("lecture.md", "lecture.tex")
    ]
    assert asked[0] == asked[1]
    assert len(asked[0]) > 20


def test_the_lecture_and_its_twin_have_the_same_sections():
    markdown = re.findall(r"^## (.*)$", (EXAMPLES / "lecture.md").read_text(), re.MULTILINE)
    latex = re.findall(r"^\\section\{(.*)\}$", (EXAMPLES / "lecture.tex").read_text(), re.MULTILINE)
    assert markdown == latex


def test_no_number_in_a_sentence_begins_a_line_of_markdown():
    """A comment that begins a line begins a block of HTML, and would end the paragraph."""
    for path in (*EXAMPLES.glob("*.md"), *EXAMPLES.glob("*.qmd"), EXAMPLES.parent / "README.md"):
        document = Document.read(path)
        for question in document.asked:
            line = document.text.splitlines()[question.line - 1]
            assert not (question.in_line and line.startswith("<!--")), f"{path}: {line}"
