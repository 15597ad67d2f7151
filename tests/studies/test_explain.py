"""The ledger: every counter's number from the same facts, without a remainder."""

import pytest

from mobilecalc.core.conventions import PAPER
from mobilecalc.counters import COUNTERS, Counter
from mobilecalc.networks import describe, settings
from mobilecalc.studies.conventions import conventions
from mobilecalc.studies.explain.facts import explain, ledger
from mobilecalc.studies.explain.layers import OUTSIDE, layer_ledger
from mobilecalc.studies.explain.pages import tables
from mobilecalc.studies.explain.waterfall import waterfalls

SMALL = settings(alpha=0.25, resolution=64)
PAIR = [COUNTERS["thop"], COUNTERS["ptflops"]]


def notes_of(table):
    return [str(note) for note in table.footnotes]


def by_fact(table):
    return {row["fact"]: row for row in table.rows}


def test_each_column_adds_up_to_the_sum_which_is_what_was_reported():
    explanation = explain(describe("v1", SMALL))
    table = ledger(explanation)
    rows = by_fact(table)
    for counter in explanation.counters:
        parts = [
            row[counter.name]
            for fact, row in rows.items()
            if fact not in ("sum", "reported", "remainder")
        ]
        assert sum(parts) == rows["sum"][counter.name] == rows["reported"][counter.name]
        assert rows["remainder"][counter.name] == 0


def test_a_contribution_is_the_coefficient_times_the_fact():
    rows = by_fact(ledger(explain(describe("v2"), PAIR, predict=True)))
    norm = rows["norm_elements (N)"]
    assert (norm["value"], norm["thop_coefficient"], norm["thop"]) == (6_678_112, 4, 26_712_448)
    assert (norm["ptflops_coefficient"], norm["ptflops"]) == (2, 13_356_224)


def test_a_fault_is_a_row_of_its_own():
    rows = by_fact(ledger(explain(describe("v1"), PAIR, predict=True)))
    fault = rows["fault: nn.ReLU twice"]
    assert (fault["ptflops"], fault["ptflops_coefficient"]) == (5_042_688, None)
    assert fault["thop"] == 0
    assert "fault: nn.ReLU twice" not in by_fact(
        ledger(explain(describe("v2"), PAIR, predict=True))
    )


def test_it_is_said_in_words():
    notes = notes_of(ledger(explain(describe("v1"), PAIR, predict=True)))
    assert (
        "thop = M + 4N + Q MACs: it charges batch norm four times an element, and pooling where"
        " it is a module." in notes
    )
    assert "Predicted from the facts; no counter was run." in notes


def test_a_prediction_covers_the_counters_that_cannot_be_run():
    table = ledger(explain(describe("v2"), predict=True))
    rows = by_fact(table)
    assert rows["sum"]["deepspeed"] == 614_967_488
    assert "reported" not in rows


def test_another_version_than_the_tested_one_is_said():
    counter = COUNTERS["thop"]._replace(tested="0.0.1")
    notes = notes_of(ledger(explain(describe("v1", SMALL), [counter])))
    assert f"thop {counter.version} is not the tested version, 0.0.1." in notes


def test_a_library_that_is_not_installed_is_said_with_the_line_that_installs_it(monkeypatch):
    monkeypatch.setattr(Counter, "installed", property(lambda c: c.name in ("fvcore", "thop")))
    explanation = explain(describe("v1", SMALL))
    assert [c.name for c in explanation.counters] == ["fvcore", "thop"]
    last = notes_of(ledger(explanation))[-1]
    assert last.startswith("Not installed, so not run: ptflops, ptflops-aten, torchinfo,")
    assert "(pip install ptflops torchinfo torchprofile calflops transformers" in last


def one_more(module, batch):
    read = COUNTERS["thop"].run(module, batch)
    layers = {**read.layers, "stem.conv": read.layers["stem.conv"] + 7}
    return read._replace(total=read.total + 7, layers=layers)


def test_a_remainder_is_pinned_to_its_layer():
    counter = COUNTERS["thop"]._replace(name="off", run=one_more)
    explanation = explain(describe("v1", SMALL), [counter])
    assert by_fact(ledger(explanation))["remainder"]["off"] == 7
    layers = {row["layer"]: row for row in layer_ledger(explanation).rows}
    assert [path for path, row in layers.items() if row["off_remainder"]] == ["stem.conv"]
    news = "off differs on v1: +7 on M + 4N + Q, in 1 layer: stem.conv (+7)."
    assert ledger(explanation).failures == layer_ledger(explanation).failures
    assert list(map(str, ledger(explanation).failures)) == [news]
    assert news in notes_of(ledger(explanation))


def test_by_layer_each_column_adds_up_to_the_counter_s_number():
    explanation = explain(describe("v1", SMALL))
    table = layer_ledger(explanation)
    for counter in explanation.counters:
        assert sum(table.column(counter.name)) == table.total[counter.name]
        assert table.total[counter.name] == explanation.readings[counter.name].reading.total
    remainders = [c.key for c in table.columns if c.key.endswith("_remainder")]
    assert len(remainders) == 7
    assert all(set(table.column(key)) <= {0, None} for key in remainders)


def test_by_layer_the_faults_stand_at_their_layers():
    table = layer_ledger(explain(describe("v1"), [COUNTERS["ptflops"]], predict=True))
    rows = {row["layer"]: row for row in table.rows}
    assert rows["stem.act"]["faults"] == "ptflops: nn.ReLU twice (+401408)"
    assert rows["pool"]["faults"] == "ptflops: pooling module twice (+50176)"
    assert rows["stem.conv"]["faults"] == ""


def test_what_ptflops_charges_to_no_layer_has_a_row_of_its_own():
    explanation = explain(describe("v1", SMALL), [COUNTERS["ptflops"]])
    counts = explanation.profile.counts
    last = layer_ledger(explanation).rows[-1]
    assert last["layer"] == OUTSIDE
    assert last["ptflops"] == counts.activation_elements + counts.pool_inputs
    assert last["ptflops_remainder"] == 0


def test_a_row_in_which_a_fault_cancels_a_charge_is_shown():
    for explanation in (
        explain(describe("v2", SMALL), [COUNTERS["calflops-flops"]]),
        explain(describe("v2", SMALL), [COUNTERS["deepspeed"]], predict=True),
    ):
        table = layer_ledger(explanation)
        faulty = [row for row in table.rows if "nn.ReLU6 missed" in row["faults"]]
        assert len(faulty) == 35
        assert any(note.startswith("F, a fault of ") for note in notes_of(table))
        assert any("2M + 2N + R + Pi + F FLOPs" in note for note in notes_of(table))


@pytest.mark.parametrize("table", [ledger, layer_ledger])
def test_the_console_gets_pages_of_a_few_counters(table):
    explanation = explain(describe("v1"), predict=True)
    whole, pages = tables(explanation, table)
    shown = [c.name for page in pages for c in explanation.counters if c.name in page.rows[0]]
    assert shown == [c.name for c in explanation.counters]
    assert set(shown) <= set(whole.rows[0])


def test_a_waterfall_goes_from_the_paper_s_number_to_the_counter_s():
    for model in ("v1", "v2"):
        profile = describe(model).profile()
        for waterfall in waterfalls(explain(describe(model), predict=True)):
            assert waterfall.steps[0].amount == PAPER.total(profile.counts)
            counter = waterfall.end.removesuffix(", predicted")
            assert waterfall.total == COUNTERS[counter].predict(profile.rows)


def test_a_waterfall_shows_a_remainder_and_ends_at_what_was_reported():
    counter = COUNTERS["thop"]._replace(name="off", run=one_more)
    explanation = explain(describe("v1", SMALL), [counter])
    (waterfall,) = waterfalls(explanation)
    assert waterfall.steps[-1] == ("remainder", 7, "fault")
    assert waterfall.total == explanation.readings["off"].reading.total
    assert waterfall.end == "off, reported"


def test_the_conventions_that_the_design_names_are_there():
    assert set(conventions().column("convention")) == {
        *("paper", "fvcore", "thop", "ptflops", "ptflops-aten", "torchinfo", "torchprofile"),
        *("calflops-macs", "calflops-flops", "torch", "timm", "torchvision", "folded-norm"),
        "deepspeed",
    }
