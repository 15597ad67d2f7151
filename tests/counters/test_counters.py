"""The real libraries against the facts: equality, to the last unit, in every layer."""

import logging
import sys
import warnings

import pytest
import torch

from mobilecalc import build, describe
from mobilecalc.core.conventions import PAPER
from mobilecalc.core.errors import MissingPackage
from mobilecalc.counters import COUNTERS, Counter, Reading, read
from mobilecalc.networks import zoo


def reading(counter, network):
    return read(COUNTERS[counter], build(network, weights=False), network.input)


@pytest.mark.parametrize("counter", list(COUNTERS))
@pytest.mark.parametrize("model", zoo())
@pytest.mark.parametrize(("alpha", "resolution"), [(1, 224), (0.35, 97), (1.3, 64)])
def test_a_counter_reports_what_its_convention_predicts(counter, model, alpha, resolution):
    network = describe(model, alpha=alpha, resolution=resolution)
    profile, convention = network.profile(), COUNTERS[counter].convention
    read = reading(counter, network)
    assert read.total == convention.total(profile.counts)
    reported = {row.path: read.layers.get(row.path, 0) for row in profile.rows}
    assert reported == {row.path: convention.total(row.counts) for row in profile.rows}


def test_what_a_counter_has_no_rule_for_is_a_result():
    assert reading("fvcore", describe("v2")).uncounted == {"hardtanh": 35, "add": 10}
    assert reading("thop", describe("v2")).uncounted == {
        "Add": 10,
        "FunctionalGlobalPool": 1,
        "Flatten": 1,
    }


@pytest.mark.parametrize("counter", list(COUNTERS))
def test_the_version_is_the_installed_library_s(counter):
    assert reading(counter, describe("v1", alpha=0.25)).version == COUNTERS[counter].version


def state(module):
    return [
        (
            name,
            m.training,
            list(m._buffers),
            len(m._forward_hooks),
            len(m._forward_pre_hooks),
        )
        for name, m in module.named_modules()
    ]


@pytest.mark.parametrize("counter", list(COUNTERS))
def test_the_module_is_left_as_it_was(counter):
    network = describe("v2", alpha=0.25)
    module = build(network).train()
    before, values = state(module), {k: v.clone() for k, v in module.state_dict().items()}
    read(COUNTERS[counter], module, network.input)
    assert state(module) == before
    assert module.state_dict().keys() == values.keys()
    assert all(torch.equal(v, values[k]) for k, v in module.state_dict().items())


def breaking(module, batch):
    module.stem.register_buffer("rubbish", torch.zeros(1))
    module.stem.register_forward_hook(lambda *_: None)
    raise RuntimeError("no rule for this")


def test_a_counter_that_breaks_says_so_and_leaves_the_module_as_it_was():
    network = describe("v1", alpha=0.25)
    module = build(network)
    before = state(module)
    result = read(Counter("broken", PAPER, ("torch",), breaking), module, network.input)
    assert (result.total, result.failure) == (None, "RuntimeError: no rule for this")
    assert state(module) == before


def noisy(module, batch):
    print("printed")
    print("printed", file=sys.stderr)
    warnings.warn("warned", stacklevel=1)
    logging.getLogger("noisy").error("logged")
    return Reading(1)


def test_nothing_a_counter_says_reaches_the_screen(capfd, recwarn):
    network = describe("v1", alpha=0.25)
    counter = Counter("noisy", PAPER, ("torch",), noisy)
    assert read(counter, build(network), network.input).total == 1
    assert (tuple(capfd.readouterr()), len(recwarn)) == (("", ""), 0)


@pytest.mark.parametrize("counter", list(COUNTERS))
def test_a_missing_library_is_named_with_the_line_that_installs_it(counter, monkeypatch):
    for module in ("fvcore.nn", "thop"):
        monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(MissingPackage, match=f"pip install .*{counter}"):
        reading(counter, describe("v1", alpha=0.25))


def test_the_adapters_are_listed_once_each():
    assert list(COUNTERS) == ["fvcore", "thop"]
