"""What looks like a marker, and is in no comment of the document's language, is left alone."""

from pathlib import Path

import pytest

from mobilecalc.notes.languages import language_of
from mobilecalc.notes.questions import questions

MARKDOWN = "<!-- mobilecalc: {} -->\nx\n<!-- /mobilecalc -->\n"
TYPST = "\n// mobilecalc: {}\nx\n// /mobilecalc\n"


def asked(name, template, marker):
    """The words of the questions; `@` is one that is asked, and `~` one that is not."""
    text = template.replace("@", marker.format("real")).replace("~", marker.format("none"))
    return [question.words for question in questions(text, language_of(Path(name)), name)]


@pytest.mark.parametrize(
    "template",
    [
        '#let a = "~"\n#a\n@',
        '#let a = "\\"~"\n@',
        '#f("~")@',
        '#f(a, [5" @], "~")@',
        '#{ let x = "~" }@',
        '#"~"@',
        '#f(1).g("~")@',
        '$ "~" $@',
        '#show "a": "~"\n@',
    ],
)
def test_a_string_in_typst_has_no_markers(template):
    assert asked("a.typ", template, TYPST) == ["real"] * template.count("@")


def test_a_string_of_one_line_in_typst_has_no_markers():
    assert asked("a.typ", '#let f = raw("~", block: true)', "// mobilecalc: {}") == []


@pytest.mark.parametrize(
    "template",
    [
        'don"t @ "',
        '#f[don"t @ "]',
        '#a 5" @ "',
        '#let a = 1 // "\n@ "',
        '#if a [b] else [c] 5" @ "',
        '\\#let a = "@"',
        '`#let a = "`@"',
        '#let a = "@',
        '#let a = 1; 5" @ "',
        '#f(1) 5" @ "',
    ],
)
def test_a_quotation_mark_outside_of_code_in_typst_opens_no_string(template):
    assert asked("a.typ", template, TYPST) == ["real"]


@pytest.mark.parametrize("tag", ["script", "style", "pre", "textarea", "PRE"])
@pytest.mark.parametrize(
    "template",
    [
        "<{0}>\n~</{0}>\n@",
        "<{0} class='a'>\n\n~\n\n</{0}>\n\n@",
        "<div>\n<{0}>\n~</{0}>\n@</div>\n",
        "<{0}>a</{0}> @",
    ],
)
def test_raw_html_has_no_markers(tag, template):
    assert asked("a.md", template.format(tag), MARKDOWN) == ["real"]


@pytest.mark.parametrize("template", ["<?php\n~?>\n@", "<![CDATA[\n~]]>\n@", "<!-- <pre> -->\n@"])
def test_html_that_has_no_comments_has_no_markers(template):
    assert asked("a.md", template, MARKDOWN) == ["real"]


@pytest.mark.parametrize(
    "template",
    ["---\na: |\n  ~---\n@", "---\n~...\n@", "---\r\na: b\r\n~---\r\n@", "\n---\n@---\n", "---\n@"],
)
@pytest.mark.parametrize("name", ["a.md", "a.qmd"])
def test_front_matter_has_no_markers(name, template):
    assert asked(name, template, MARKDOWN) == ["real"]
