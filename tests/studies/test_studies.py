"""Each study's table: raw values that add up."""

import re

import pytest

from mobilecalc.core.blocks import Chain
from mobilecalc.core.conventions import PAPER, Convention
from mobilecalc.core.cost import DEPTHWISE_MACS
from mobilecalc.core.counts import FACTS
from mobilecalc.core.errors import BadOption
from mobilecalc.core.ops import Conv, Depthwise
from mobilecalc.core.pairs import standard_counts
from mobilecalc.core.shape import Shape
from mobilecalc.counters import CONVENTIONS, COUNTERS, Counter, Reading
from mobilecalc.networks import MOBILENETS, Network, describe, settings, standard_counterpart, zoo
from mobilecalc.studies.breakdown import breakdown
from mobilecalc.studies.compare import compare
from mobilecalc.studies.count import factsheet
from mobilecalc.studies.formulas.layer import layer_formulas
from mobilecalc.studies.formulas.network import network_formulas
from mobilecalc.studies.formulas.separable import SeparableLayer, layer_of
from mobilecalc.studies.models import models
from mobilecalc.studies.scale import scale

BOTH = [COUNTERS["fvcore"], COUNTERS["thop"]]
THOP, TORCH = CONVENTIONS["thop"], CONVENTIONS["torch"]
SMALL = settings(alpha=0.25, resolution=64)


def notes_of(table):
    return [str(note) for note in table.footnotes]


def by_key(table, key):
    return {row[key]: row for row in table.rows}


def test_compare_puts_each_network_against_its_standard_counterpart():
    table = compare([describe(model) for model in MOBILENETS])
    rows = by_key(table, "model")
    assert rows["v1"]["ratio"] == 568_740_352 / 4_867_293_184
    assert rows["v2"]["ratio"] == 300_774_272 / 1_224_972_288
    assert rows["v1-standard"]["ratio"] == rows["v2-standard"]["ratio"] == 1


def test_compare_says_for_each_counter_what_its_number_equals():
    table = compare([describe(model, SMALL) for model in MOBILENETS], BOTH)
    assert set(map(str, table.column("fvcore_verdict"))) == {"= M + 2N + Pi"}
    assert set(map(str, table.column("thop_verdict"))) == {"= M + 4N + Q", "= M + 4N"}
    assert {verdict.agrees for verdict in table.column("fvcore_verdict")} == {True}


def one_more(module, batch):
    reading = COUNTERS["fvcore"].run(module, batch)
    layers = {**reading.layers, "stem.conv": reading.layers["stem.conv"] + 1}
    return reading._replace(total=reading.total + 1, layers=layers)


def test_a_difference_of_1_is_news_and_is_pinned_to_its_layer():
    counter = Counter("off", COUNTERS["fvcore"].convention, ("torch",), "", (), one_more)
    table = compare([describe("v1", SMALL)], [counter])
    assert str(table.rows[0]["off_verdict"]) == "+1 on M + 2N + Pi"
    assert table.rows[0]["off_verdict"].agrees is False
    news = "off differs on v1: +1 on M + 2N + Pi, in 1 layer: stem.conv (+1)."
    assert list(map(str, table.failures)) == [news]


def broken(module, batch):
    raise RuntimeError("out of luck")


def test_a_counter_that_breaks_leaves_an_empty_cell_and_a_note():
    counter = Counter("broken", PAPER, ("torch",), "", (), broken)
    table = compare([describe("v1", SMALL)], [counter])
    assert (table.rows[0]["broken"], str(table.rows[0]["broken_verdict"])) == (None, "failed")
    (failure,) = table.failures
    assert str(failure) == "broken failed on v1: RuntimeError: out of luck"


@pytest.mark.parametrize("convention", list(CONVENTIONS))
@pytest.mark.parametrize("every_row", [True, False])
def test_breakdown_rows_add_up_to_the_total(convention, every_row):
    network, chosen = describe("v2", SMALL), CONVENTIONS[convention]
    for table in breakdown(network, BOTH, chosen, every_row=every_row):
        for column in table.columns:
            if column.kind == "count":
                assert sum(table.column(column.key)) == table.total[column.key], column.key
            if column.kind == "share":
                assert sum(table.column(column.key)) == pytest.approx(1), column.key


def test_breakdown_says_how_many_rows_it_leaves_out():
    layers, _ = breakdown(describe("v1"))
    assert len(layers.rows) == 84 - 27 - 1 - 1
    assert any("27 activation, 1 pool, 1 reshape (--all shows them)" in n for n in notes_of(layers))
    every_layer, _ = breakdown(describe("v1"), every_row=True)
    assert len(every_layer.rows) == 84


def test_breakdown_by_kind_is_table_2_of_the_v1_paper():
    _, kinds = breakdown(describe("v1"))
    assert kinds.column("kind")[:4] == ["pointwise", "depthwise", "standard", "linear"]
    assert [round(100 * share, 2) for share in kinds.column("macs_share")[:4]] == [
        94.86,
        3.06,
        1.91,
        0.18,
    ]


def test_breakdown_in_another_convention_names_it_and_renames_the_key():
    layers, _ = breakdown(describe("v1"), (), TORCH)
    assert [c.heading for c in layers.columns if c.key == "flops"] == ["FLOPs (torch)"]
    assert layers.total["flops"] == 2 * 568_740_352
    layers, _ = breakdown(describe("v1"), (), THOP)
    assert [c.heading for c in layers.columns if c.key == "macs"] == ["MACs (thop)"]
    assert layers.total["macs"] == 588_962_304


def test_a_counter_without_layers_shows_none_rather_than_0():
    counter = Counter("totals", PAPER, ("torch",), "", (), lambda module, batch: Reading(5))
    layers, kinds = breakdown(describe("v1", SMALL), [counter])
    assert set(layers.column("totals")) == {None}
    assert set(kinds.column("totals")) == {None}
    assert layers.total["totals"] == 5


def test_scale_measures_the_distance_from_the_square_laws():
    table, _ = scale("v1", [1.0, 0.5], [224, 112])
    points = {(row["alpha"], row["resolution"]): row for row in table.rows}
    half = points[0.5, 224]
    assert half["macs"] == 149_497_088
    assert half["alpha_law"] == 149_497_088 / (0.25 * 568_740_352) - 1
    assert half["rho_law"] == 0
    assert half["params_alpha_law"] == 1_331_592 / (0.25 * 4_231_976) - 1
    small = points[1.0, 112]
    assert small["rho_law"] == small["macs"] / (0.25 * 568_740_352) - 1
    assert (points[1.0, 224]["alpha_law"], points[1.0, 224]["rho_law"]) == (0, 0)


@pytest.mark.parametrize("fact", ["residual_adds", "macs - 1000*norm_elements"])
def test_scale_stands_a_cost_of_0_or_below(fact):
    from mobilecalc.core.own_convention import parse_convention
    from mobilecalc.views.charts.characters import draw

    table, charts = scale("v1", convention=parse_convention(fact))
    assert all(draw(chart) for chart in charts)
    assert fact != "residual_adds" or set(table.column("alpha_law")) == {None}


def test_scale_draws_the_points_and_the_law():
    _, (by_alpha, by_resolution, *_) = scale("v1")
    law, points = by_alpha.curves
    assert points.points == (
        (1.0, 568_740_352),
        (0.75, 325_400_448),
        (0.5, 149_497_088),
        (0.25, 41_030_272),
    )
    assert law.points[-1] == (1.0, 568_740_352)
    assert by_resolution.curves[1].points[0] == (224, 568_740_352)


def value(formula):
    """The number that a formula of numbers stands for, as it is printed."""
    return eval(str(formula).replace("²", "**2").replace("·", "*"))


@pytest.mark.parametrize("model", ["v1", "v2"])
def test_each_formula_with_its_numbers_gives_the_macs_beside_it(model):
    table = network_formulas(describe(model, settings(alpha=0.75, resolution=160)))
    assert [value(row["formula"]) for row in table.rows] == table.column("macs")


@pytest.mark.parametrize("model", ["v1", "v2"])
def test_the_layers_of_a_formula_table_are_those_of_the_profile(model):
    network = describe(model)
    profile, table = network.profile(), network_formulas(network)
    outside = ("stem.", "classifier", "head.")
    inside = [
        row for row in profile.rows if not row.path.startswith(outside) and "expand" not in row.path
    ]
    assert sum(table.column("macs")) == sum(row.counts.macs for row in inside)
    standard = describe(f"{model}-standard").profile()
    inside = [
        row
        for row in standard.rows
        if not row.path.startswith(outside) and "expand" not in row.path
    ]
    assert table.total["standard_macs"] == sum(row.counts.macs for row in inside)


def test_one_layer_is_table_3_of_the_v1_paper():
    layer = layer_of(kernel=3, inputs=512, outputs=512, size=14)
    rows = by_key(layer_formulas(layer, alpha=0.75, rho=0.714), "layer")
    millions = {
        name: (round(row["macs"] / 1e6, 1), round(row["params"] / 1e6, 2))
        for name, row in rows.items()
    }
    assert millions == {
        "standard": (462.4, 2.36),
        "separable": (52.3, 0.27),
        "alpha = 0.75": (29.6, 0.15),
        "rho = 0.714": (15.1, 0.15),
    }
    assert all(value(row["formula"]) == row["macs"] for row in rows.values())
    assert rows["separable"]["ratio"] == pytest.approx(1 / 512 + 1 / 9, abs=0, rel=1e-15)


def test_a_depthwise_kernel_of_1_makes_no_separable_layer():
    body = Chain.of(dw=Depthwise(1), pw=Conv(8, 1))
    v1 = describe("v1")
    with pytest.raises(BadOption, match="has no separable layer"):
        network_formulas(Network("mine", "", "", v1.settings, v1.rules, body))


def test_the_standard_weights_are_those_of_the_standard_network():
    table = network_formulas(describe("v1"))
    inside = [row for row in describe("v1-standard").profile().rows if "block" in row.path]
    assert table.total["standard_params"] == sum(row.counts.weights for row in inside)
    inside = [row for row in describe("v1").profile().rows if "block" in row.path]
    assert table.total["params"] == sum(row.counts.weights for row in inside)


def test_what_was_not_whole_in_one_layer_is_said():
    notes = notes_of(layer_formulas(layer_of(3, 512, 5, 14), alpha=0.3, rho=0.714))
    assert "alpha 0.3 of M = 512 is 153.6; 153 was taken." in notes
    assert "alpha 0.3 of N = 5 is 1.5; 1 was taken." in notes
    assert "rho 0.714 of D_F = 14 is 9.996; 10 was taken." in notes


def test_the_symbols_of_every_convention_used_are_explained():
    for table in (
        compare([describe("v1")], (), CONVENTIONS["folded-norm"]),
        *breakdown(describe("v1"), (), CONVENTIONS["thop"]),
        scale("v1", convention=CONVENTIONS["fvcore"])[0],
    ):
        assert any(
            "N: elements that batch normalisation normalises" in note for note in notes_of(table)
        )


def test_what_a_counter_cannot_count_stands_under_both_breakdowns():
    for table in breakdown(describe("v2", SMALL), BOTH):
        assert any(note.startswith("fvcore has no rule for hardtanh") for note in notes_of(table))
        assert any(
            note.startswith("fvcore: = M + 2N + Pi, in every layer") for note in notes_of(table)
        )


def total_off(module, batch):
    reading = COUNTERS["fvcore"].run(module, batch)
    return reading._replace(total=reading.total + 1)


def test_a_total_that_differs_where_no_layer_does_is_told_too():
    counter = Counter("off", COUNTERS["fvcore"].convention, ("torch",), "", (), total_off)
    for table in breakdown(describe("v1", SMALL), [counter]):
        assert list(map(str, table.failures)) == ["off differs on v1: +1 on M + 2N + Pi."]
        assert set(table.failures) <= set(table.footnotes)


def test_what_a_counter_charges_to_no_layer_is_told():
    network = describe("v1", SMALL)
    counts = network.profile().counts
    outside = counts.activation_elements + counts.pool_inputs
    for table in breakdown(network, [COUNTERS["ptflops"]]):
        assert sum(table.column("ptflops")) == table.total["ptflops"] - outside
        assert f"ptflops charges {outside} of its total to no layer." in notes_of(table)


def test_a_layer_that_is_not_square_has_both_sides_in_its_formula():
    layer = SeparableLayer(3, 8, Shape(16, 4, 6))
    assert value(layer.put_into(DEPTHWISE_MACS)) == layer.separable.macs - 8 * 16 * 24
    assert str(layer.put_into(DEPTHWISE_MACS)) == "3² · 8 · 4 · 6"


def test_a_missing_number_of_a_layer_is_named():
    with pytest.raises(BadOption, match="--out and --size are missing"):
        layer_of(kernel=3, inputs=512, outputs=None, size=None)


def test_a_network_without_pairs_says_so():
    with pytest.raises(BadOption, match="v1-standard has no separable layer"):
        network_formulas(describe("v1-standard"))


def test_the_factsheet_has_every_fact_parameter_meaning_and_convention():
    table = factsheet(describe("v1"))
    rows = by_key(table, "name")
    assert rows["macs"]["value"] == 568_740_352
    assert rows["stored"]["value"] == 4_253_864
    assert rows["thop (MACs)"]["value"] == 588_962_304
    assert rows["torch (FLOPs)"]["value"] == 1_137_480_704
    assert len(table.rows) == len(FACTS) + 6 + len(CONVENTIONS)


def test_models_lists_the_zoo():
    table = models()
    assert table.column("model") == list(zoo())
    assert table.column("macs")[0] == 568_740_352


def test_flop_is_never_printed_without_its_convention():
    mine = Convention("mine", "FLOP", {"macs": 2}, "twice", "here")
    for table in (compare([describe("v1")], (), mine), *breakdown(describe("v1"), (), mine)):
        texts = " ".join((*(c.heading for c in table.columns), *notes_of(table), table.title))
        assert not re.search(r"FLOPs?\b(?! \(mine\)| = 2M)", texts), texts


@pytest.mark.parametrize("model", ["v1", "v2", "v1-standard", "v2-standard"])
@pytest.mark.parametrize("alpha", [0.35, 1.0, 1.4])
def test_standard_rows_cost_what_the_standard_network_does(model, alpha):
    size = settings(alpha=alpha, resolution=160)
    network = describe(model, size)
    standard = standard_counterpart(network).profile()
    assert standard_counts(network.profile()) == standard.counts
