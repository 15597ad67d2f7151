"""Charts: what they hold, what they say, and the files that are made of them."""

import json
import re
import sys
import xml.etree.ElementTree as ElementTree
from itertools import pairwise

import pytest

from mobilecalc.answers.charts import Bars, Curve, Curves, Part, Point, Points, Step, Waterfall
from mobilecalc.answers.columns import Column
from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.networks import describe, settings
from mobilecalc.studies.bars import kind_bars, layer_bars, model_bars
from mobilecalc.studies.paper.accuracy import accuracy_over_macs
from mobilecalc.studies.scale import scale
from mobilecalc.views.charts import files as charts
from mobilecalc.views.charts.files import EXTENSIONS, content, description, specification
from mobilecalc.views.charts.style import KIND_COLOURS, SERIES_SHAPES

MACS, PARAMS = Column("macs", "MACs", "count"), Column("params", "Params", "count")
CAPTION = "net, input 3x8x8. MACs = M: multiply-accumulates."
WATERFALL = Waterfall(
    "v1: from the paper's number to mine",
    "MACs (mine); alpha 1.",
    (
        Step("paper", 1000, "whole"),
        Step("norm", 400, "fact"),
        Step("fault: missed", -150, "fault"),
    ),
    "mine",
)
BARS = Bars(
    "net, layer by layer",
    CAPTION,
    (MACS, PARAMS),
    (
        Part("stem", "standard", (300, 30)),
        Part("block", "depthwise", (100, 10)),
        Part("block", "pointwise", (600, 60)),
        Part("attend", "attention", (50, 0)),
    ),
)
CHART = Curves(
    "net over alpha",
    Column("alpha", "alpha", "number"),
    MACS,
    (
        Curve("alpha² law", ((0.5, 100.0), (1.0, 400.0)), is_law=True),
        Curve("net", ((0.5, 110), (1.0, 400))),
    ),
    CAPTION,
)
POINTS = Points(
    "Accuracy over MACs",
    CAPTION,
    MACS,
    Column("accuracy", "top-1", "share"),
    (
        Point("small", "v1", 100, 0.5, True),
        Point("bad", "v2", 400, 0.4, False),
        Point("large", "v2", 900, 0.7, True),
    ),
)
PICTURES = {"waterfall": WATERFALL, "bars": BARS, "chart": CHART, "points": POINTS}
MAGIC = {".png": b"\x89PNG\r\n", ".pdf": b"%PDF-", ".svg": b"<svg", ".html": b"<!DOCTYPE html>"}


def rows(picture):
    """Every row of data in the specification."""
    return [row for rows in specification(picture)["datasets"].values() for row in rows]


def every(node, key):
    """All that stands under a key, anywhere in the specification."""
    if isinstance(node, dict):
        if key in node:
            yield node[key]
        for value in node.values():
            yield from every(value, key)
    elif isinstance(node, list):
        for value in node:
            yield from every(value, key)


def test_each_step_of_a_waterfall_starts_where_the_last_one_ended():
    spans = [(bar["step"], bar["from"], bar["to"]) for bar in rows(WATERFALL)]
    assert spans == [
        ("paper", 0, 1000),
        ("norm", 1000, 1400),
        ("fault: missed", 1400, 1250),
        ("mine", 0, 1250),
    ]


def test_facts_faults_and_wholes_have_colours_of_their_own():
    colours = [bar["colour"] for bar in rows(WATERFALL)]
    assert colours[0] == colours[3]
    assert len(set(colours)) == 3


def test_bars_hold_each_part_once_a_measure_and_end_in_the_sum():
    parts = [(r["name"], r["kind"], r["amount"]) for r in rows(BARS) if "amount" in r]
    assert parts == [
        *((part.name, part.kind, part.amounts[0]) for part in BARS.parts),
        *((part.name, part.kind, part.amounts[1]) for part in BARS.parts),
    ]
    ends = [(r["name"], r["end"], r["label"]) for r in rows(BARS) if "end" in r]
    assert ends[:3] == [("stem", 300, "300"), ("block", 700, "700"), ("attend", 50, "50")]
    assert ends[4] == ("block", 70, "70")


def test_a_kind_has_one_colour_and_grey_print_tells_them_apart():
    (scale_of_kinds, *_) = every(specification(BARS), "color")
    domain, colours = (scale_of_kinds["scale"][key] for key in ("domain", "range"))
    assert domain == ["pointwise", "depthwise", "standard", "attention"]
    assert colours[:3] == [KIND_COLOURS[kind] for kind in domain[:3]]
    greys = sorted(grey(colour) for colour in [*KIND_COLOURS.values(), colours[3]])
    assert min(b - a for a, b in pairwise(greys)) > 25


def grey(colour):
    """How light a colour is in grey print, 0 to 255 (ITU-R BT.601)."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return 0.299 * red + 0.587 * green + 0.114 * blue


def test_bars_by_the_hundred_make_the_picture_higher():
    parts = tuple(Part(f"layer{i}", "standard", (i + 1, 1)) for i in range(200))
    heights = [
        max(every(specification(BARS._replace(parts=parts[:n])), "height")) for n in (10, 200)
    ]
    assert heights[1] >= 10 * heights[0]


def test_a_chart_is_log_log_with_its_points_and_the_law_dashed():
    spec = specification(CHART)
    assert {s["type"] for s in every(spec, "scale") if "type" in s} == {"log"}
    drawn = [(r["curve"], r["x"], r["y"]) for r in rows(CHART)]
    assert drawn == [
        ("alpha² law", 0.5, 100),
        ("alpha² law", 1, 400),
        ("net", 0.5, 110),
        ("net", 1, 400),
    ]
    (dash, *_) = every(spec, "strokeDash")
    assert dash["scale"] == {"domain": ["alpha² law", "net"], "range": [[6, 4], [1, 0]]}


def test_points_have_a_shape_a_series_and_the_front_is_filled_numbered_and_named():
    spec = specification(POINTS)
    (shape, *_) = every(spec, "shape")
    assert shape["scale"] == {"domain": ["v1", "v2"], "range": list(SERIES_SHAPES[:2])}
    texts = [row["text"] for row in rows(POINTS) if "text" in row]
    assert texts == ["1  small: 100, 50.00 %", "2  large: 900, 70.00 %"]
    marked = [(mark["filled"], mark["type"]) for mark in every(spec, "mark") if "filled" in mark]
    assert marked == [(False, "point"), (True, "point")]


def test_every_series_has_a_shape_of_its_own():
    assert len(set(SERIES_SHAPES)) == len(SERIES_SHAPES)


@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_title_and_caption_are_drawn_and_said_in_the_alt_text(picture):
    spec = specification(picture)
    (title,) = (t for t in every(spec, "title") if isinstance(t, dict) and "subtitle" in t)
    assert title["text"].startswith(picture.title)
    assert " ".join(title["subtitle"]) == picture.caption
    assert spec["description"] == description(picture)
    assert spec["description"].startswith(f"{picture.title}. {picture.caption}")


@pytest.mark.parametrize(
    ("picture", "words"),
    [
        (WATERFALL, "paper: 1,000; norm: 400; fault: missed: -150; mine: 1,250."),
        (BARS, "3 bars of MACs and Params. stem: 300 and 30; block: 700 and 70; attend: 50 and 0."),
        (CHART, "both axes logarithmic. net: 110 at 0.5, 400 at 1. Dashed: alpha² law."),
        (
            POINTS,
            "3 points, top-1 over MACs on a logarithmic axis. On the Pareto front: small",
        ),
    ],
    ids=PICTURES,
)
def test_the_alt_text_says_what_the_picture_shows(picture, words):
    assert words in description(picture)


@pytest.mark.parametrize("ending", EXTENSIONS)
@pytest.mark.parametrize("picture", PICTURES.values(), ids=PICTURES)
def test_each_picture_makes_each_kind_of_file(picture, ending):
    made = content(picture, ending)
    if ending == ".json":
        assert json.loads(made) == specification(picture)
    else:
        assert made.lstrip().startswith(MAGIC[ending])


@pytest.mark.parametrize("ending", [".svg", ".json", ".html", ".png"])
def test_the_same_picture_gives_the_same_file(ending):
    assert content([BARS, POINTS], ending) == content([BARS, POINTS], ending)


def test_svg_has_every_label_as_text_and_an_alt_text():
    svg = content(WATERFALL, ".SVG").decode()
    root = ElementTree.fromstring(svg)
    texts = set(re.findall(r">([^<>]+)</text>", svg))
    assert {"paper", "norm", "fault: missed", "mine", "+400", "-150", "1,250"} <= texts
    assert (root.get("role"), root.get("aria-label")) == ("img", description(WATERFALL))


def test_letters_are_of_fonts_that_exist_everywhere():
    fonts = set(re.findall(r'font-family="([^"]+)"', content(BARS, ".svg").decode()))
    assert fonts == {"Helvetica, Arial, sans-serif"}


def test_html_needs_no_network_and_has_a_title():
    page = content(WATERFALL, ".html").decode()
    assert "<script src=" not in page
    assert '<html lang="en">' in page
    assert "<title>v1: from the paper&#x27;s number to mine</title>" in page


def test_charts_with_one_caption_stand_side_by_side_below_it():
    spec = specification([CHART, CHART._replace(title="net over rho")])
    assert (len(spec["concat"]), spec["columns"]) == (2, 2)
    assert " ".join(spec["title"]["text"]) == CAPTION
    assert "net over rho" in spec["description"]


def test_several_pictures_stand_one_below_the_other():
    assert len(specification([WATERFALL, BARS])["vconcat"]) == 2


def test_curves_stand_in_pairs_above_what_else_is_drawn_with_them():
    over_rho = CHART._replace(title="net over rho")
    curves, waterfall = specification([CHART, WATERFALL, over_rho])["vconcat"]
    assert len(curves["concat"]) == 2
    assert WATERFALL.title in json.dumps(waterfall)
    assert content([CHART, WATERFALL, over_rho], ".svg")


@pytest.mark.parametrize("ending", [".gif", ""])
def test_another_ending_is_refused_with_those_there_are(ending):
    with pytest.raises(BadOption, match=r"ending(.|\n)*\.svg, \.png, \.pdf, \.html, \.json"):
        content(WATERFALL, ending)


def test_without_altair_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "altair", None)
    with pytest.raises(MissingPackage, match=r"altair(.|\n)*vl-convert-python"):
        charts.check_extension(".svg")


@pytest.mark.parametrize(
    "picture",
    [
        BARS._replace(parts=()),
        CHART._replace(curves=(Curve("net", ((1.0, 0), (2.0, -3))),)),
        POINTS._replace(points=()),
        [],
    ],
    ids=["bars", "chart", "points", "none"],
)
def test_a_picture_with_nothing_in_it_is_an_error_that_says_so(picture):
    with pytest.raises(BadOption, match="--chart has nothing to draw"):
        content(picture, ".svg")


def test_the_bars_of_layers_are_those_rows_of_the_network_that_cost_something():
    network = describe("v1", settings(alpha=0.5))
    bars = layer_bars(network)
    assert bars.parts == tuple(
        Part(row.path, row.kind, (row.counts.macs, row.counts.parameters))
        for row in network.profile().rows
        if row.counts.macs
    )
    assert bars.caption.startswith("v1, alpha 0.5, input 3x224x224, 1000 classes. MACs = M:")


def test_the_shares_of_kinds_are_those_of_table_2_of_the_v1_paper():
    shares = {part.name: part.amounts[0] for part in kind_bars(describe("v1")).parts}
    in_per_cent = {kind: round(100 * share, 2) for kind, share in shares.items() if share}
    assert in_per_cent == {"pointwise": 94.86, "depthwise": 3.06, "standard": 1.91, "linear": 0.18}
    assert sum(shares.values()) == pytest.approx(1)


def test_the_bars_of_models_add_up_to_what_they_cost_and_a_model_named_twice_is_one():
    bars = model_bars([describe("v1"), describe("v1-standard"), describe("v1")])
    sums = {}
    for part in bars.parts:
        before = sums.get(part.name, (0, 0))
        sums[part.name] = tuple(a + b for a, b in zip(before, part.amounts, strict=True))
    assert sums["v1"] == (568_740_352, 4_231_976)
    assert list(sums) == ["v1", "v1-standard"]
    assert bars.caption.startswith("v1, v1-standard, alpha 1, input 3x224x224, 1000 classes.")


@pytest.mark.parametrize("fact", ["residual_adds", "macs - 1000*norm_elements"])
def test_shares_of_nothing_and_of_less_than_nothing_are_drawn_all_the_same(fact):
    from mobilecalc.core.own_convention import parse_convention

    bars = kind_bars(describe("v1"), parse_convention(fact))
    assert {part.name for part in bars.parts} >= {"pointwise", "norm", "linear"}
    assert content(bars, ".svg")


def test_a_long_title_is_set_in_lines():
    title = ", ".join(["mobilenet"] * 20)
    (drawn, *_) = every(specification(BARS._replace(title=title)), "title")
    assert len(drawn["text"]) > 1
    assert " ".join(drawn["text"]) == title


def test_a_training_step_of_a_batch_is_what_the_bars_show_where_it_is_asked_for():
    from mobilecalc.core.conventions import PAPER
    from mobilecalc.studies.costs import Pass

    bars = model_bars([describe("v1", train=True)], PAPER, Pass(train=True, batch=4))
    one = describe("v1", train=True).profile().counts.training_macs
    assert bars.columns[0].heading == "training MACs, batch of 4"
    assert sum(part.amounts[0] for part in bars.parts) == 4 * one
    assert "1000 classes. A training step: the forward pass, and the backward pass" in bars.caption


def test_scale_gives_cost_and_parameters_over_both_multipliers():
    _, four = scale("v1", alphas=(1, 0.5), resolutions=(224, 112))
    assert [(c.x.key, c.y.key) for c in four] == [
        ("alpha", "macs"),
        ("resolution", "macs"),
        ("alpha", "params"),
        ("resolution", "params"),
    ]
    points = [c.curves[-1].points for c in four]
    assert points[2] == ((1, 4_231_976), (0.5, 1_331_592))
    assert points[3] == ((224, 4_231_976), (112, 4_231_976))
    assert [curve.name for curve in four[3].curves] == ["v1"]
    assert len({c.caption for c in four}) == 1


def betters(one, other):
    """Whether one costs no more and gives no less, and is not the same place."""
    return one.x <= other.x and one.y >= other.y and (one.x, one.y) != (other.x, other.y)


def test_the_front_is_what_no_other_point_betters():
    from mobilecalc.literature import tables

    (points,) = accuracy_over_macs(tuple(tables().values()))
    assert len(points.points) > 100
    for point in points.points:
        assert point.best is not any(betters(other, point) for other in points.points)


def test_accuracies_stand_over_the_computed_macs_of_their_row():
    from mobilecalc.literature import chosen

    (points,) = accuracy_over_macs(chosen("v1:6"))
    assert [(p.name, p.x, p.y) for p in points.points] == [
        ("1.0 MobileNet-224", 568_740_352, 0.706),
        ("0.75 MobileNet-224", 325_400_448, 0.684),
        ("0.5 MobileNet-224", 149_497_088, 0.637),
        ("0.25 MobileNet-224", 41_030_272, 0.506),
    ]
    assert all(point.best for point in points.points)
    assert "arXiv:1704.04861, Table 6" in points.caption


def test_where_no_top_1_is_printed_the_other_accuracies_are_drawn():
    from mobilecalc.literature import chosen

    (points,) = accuracy_over_macs(chosen("v2:6"))
    assert points.y == Column("accuracy", "COCO mAP", "number")
    with pytest.raises(BadOption, match="There is no accuracy over MACs in v1:3"):
        accuracy_over_macs(chosen("v1:3"))
