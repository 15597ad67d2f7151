"""The waterfall in its three forms."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from mobilecalc.core.errors import BadOption
from mobilecalc.core.table import Step, Waterfall
from mobilecalc.views.charts import waterfall_chart, waterfall_file

WATERFALL = Waterfall(
    "v1: from the paper's number to mine",
    "MACs (mine); alpha 1",
    (
        Step("paper", 1000, "whole"),
        Step("norm", 400, "fact"),
        Step("fault: missed", -150, "fault"),
    ),
    "mine",
)


def bars(chart):
    (values,) = chart.to_dict()["datasets"].values()
    return values


def test_each_step_starts_where_the_last_one_ended():
    spans = [(bar["step"], bar["from"], bar["to"]) for bar in bars(waterfall_chart([WATERFALL]))]
    assert spans == [
        ("paper", 0, 1000),
        ("norm", 1000, 1400),
        ("fault: missed", 1400, 1250),
        ("mine", 0, 1250),
    ]


def test_facts_faults_and_wholes_have_colours_of_their_own():
    colours = [bar["colour"] for bar in bars(waterfall_chart([WATERFALL]))]
    assert colours[0] == colours[3]
    assert len(set(colours)) == 3


def test_svg_has_every_label_as_text():
    svg = waterfall_file(".svg")([WATERFALL]).decode()
    ElementTree.fromstring(svg)
    texts = set(re.findall(r">([^<>]+)</text>", svg))
    assert {"paper", "norm", "fault: missed", "mine", "+400", "-150", "1,250"} <= texts


def test_png_is_a_picture():
    assert waterfall_file(".PNG")([WATERFALL]).startswith(b"\x89PNG")


def test_html_needs_no_network():
    page = waterfall_file(".html")([WATERFALL]).decode()
    assert "<script src=" not in page
    assert "fault: missed" in page


def test_another_ending_is_refused_with_those_there_are():
    with pytest.raises(BadOption, match=r"ending '\.pdf'(.|\n)*\.svg, \.png, \.html"):
        waterfall_file(".pdf")
