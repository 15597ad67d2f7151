"""A document of ten million bytes is read in seconds, whatever is in it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SIZE = 10_000_000

REPEATED = {
    ".md": [
        *(
            "a",
            " ",
            "\n",
            "\r",
            "\0",
            "`",
            "` ",
            "`` ` ",
            "<!--",
            "-->",
            "<!-- mobilecalc: ",
            "\\`",
        ),
        *(
            ">",
            "> a\n",
            "- ",
            "- a\n",
            "1. ",
            "    a\n\n",
            "```\n",
            "- ```\n",
            "<div>\n",
            "<!-- --> `",
        ),
        *(
            "<!-- mobilecalc: x\n",
            "<script>\n",
            "<pre></pre>\n",
            "<div><script>",
            "`<!-- mobilecalc: x -->` ",
            "    <!-- mobilecalc: x -->\n",
            "<a ",
        ),
    ],
    ".tex": [
        *(
            "a",
            "\n",
            "%",
            "a%\n",
            "\\",
            "\\begin{verbatim}",
            "\\begin{minted}\n",
            "\\verb|",
            "\\verb!a",
        ),
        *("\\begin{verbatim}% mobilecalc: x\n\\end{verbatim}", "\\lstinline[", "% mobilecalc: x\n"),
    ],
    ".rst": [
        *(
            "a",
            "\n",
            "..",
            ".. a\n",
            "::\n\n  a\n",
            "a::\n",
            ".. code::\n",
            "  a\n",
            "* ",
            ">>> a\n",
        ),
        *("::\n\n  .. mobilecalc: x\n\n", ".. mobilecalc: x\n", "iiii", "(a) "),
    ],
    ".typ": [
        *(
            "a",
            "\n",
            "/",
            "//",
            "//\n",
            "/*",
            "`",
            "` ",
            "```",
            "/* ",
            "\\",
            "https://",
            "// mobilecalc: x\n",
        ),
        *("#{", "#f(", "#[([", "#f()", '#f("")', "$", '#let a = "\\"', '#let a = "a"\n'),
        *("```// mobilecalc: x\n```", "/* mobilecalc: x"),
    ],
}
for extension, (opening, closing) in {
    ".md": ("<!-- mobilecalc: x -->\n", "<!-- /mobilecalc -->\n"),
    ".tex": ("% mobilecalc: x\n", "% /mobilecalc\n"),
    ".rst": (".. mobilecalc: x\n", ".. /mobilecalc\n"),
    ".typ": ("// mobilecalc: x\n", "// /mobilecalc\n"),
}.items():
    REPEATED[extension].append(opening + closing)
CLOSED = {
    ".md": "\n\n<!-- mobilecalc: models -->\n<!-- /mobilecalc -->\n",
    ".tex": "\n\n% mobilecalc: models\n% /mobilecalc\n",
    ".rst": "\n\n.. mobilecalc: models\n.. /mobilecalc\n",
    ".typ": "\n\n// mobilecalc: models\n// /mobilecalc\n",
}


@pytest.mark.parametrize("extension", REPEATED)
def test_the_time_to_read_a_document_grows_with_its_length(tmp_path, extension):
    """Each is a tenth of the size; quadratic time would be hours for most of them."""
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from mobilecalc.core.errors import MobilecalcError\n"
        "from mobilecalc.notes import Document\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        Document.read(Path(name))\n"
        "    except MobilecalcError:\n"
        "        pass\n"
    )
    names = []
    for number, unit in enumerate(REPEATED[extension]):
        name = tmp_path / f"{number}{extension}"
        name.write_bytes((unit * (SIZE // 10 // len(unit)) + CLOSED[extension]).encode())
        names.append(name)
    subprocess.run(
        [sys.executable, "-c", code, *names],
        check=True,
        timeout=20,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


@pytest.mark.parametrize(
    "text",
    [
        "<!-- mobilecalc: " * (SIZE // 17),
        f"<!-- mobilecalc: value {'a' * SIZE} -->x<!-- /mobilecalc -->",
        f"<!-- mobilecalc: value v1 macs -->\n{'a' * SIZE}\n<!-- /mobilecalc -->",
        f"<!-- mobilecalc: models -->\n{'a' + chr(10) * (SIZE - 1)}<!-- /mobilecalc -->",
        "<!-- mobilecalc: value v1 macs -->x<!-- /mobilecalc -->\n" * (SIZE // 60),
    ],
    ids=["unfinished", "long word", "long old answer", "many old lines", "many questions"],
)
def test_a_document_of_ten_million_bytes_is_checked_and_reported_briefly(tmp_path, text):
    (tmp_path / "note.md").write_text(text)
    done = subprocess.run(
        [sys.executable, "-m", "mobilecalc", "notes", "check", "note.md"],
        capture_output=True,
        timeout=20,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode in (1, 2)
    assert len(done.stdout) + len(done.stderr) < 20_000
    assert b"Traceback" not in done.stderr
