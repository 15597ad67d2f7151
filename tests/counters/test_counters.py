"""The real libraries against the facts: equality, to the last unit, in every layer."""

import logging
import sys
import warnings

import pytest
import torch
from torch import nn
from torch.nn import functional

from mobilecalc import build, describe
from mobilecalc.core.conventions import PAPER
from mobilecalc.core.errors import BadOption, MissingPackage
from mobilecalc.counters import COUNTERS, Counter, Reading, read
from mobilecalc.modules.inputs import Inputs
from mobilecalc.modules.tracing.trace import trace
from mobilecalc.networks import MOBILENETS
from mobilecalc.studies.crosscheck import cross_check

RUN = [name for name in COUNTERS if COUNTERS[name].run]
GIVES_LAYERS = {*RUN} - {"ptflops-aten", "torchprofile"}
SMALL = describe("v2", alpha=0.25, resolution=64)


def inputs(network):
    return Inputs((torch.zeros(1, *network.input),))


def test_every_library_is_installed_for_the_tests():
    assert [name for name in RUN if not COUNTERS[name].installed] == []


# Each alpha and each resolution once for each model; benchmarks/remainders.py runs every pair.
GRID = [(0.25, 96), (0.35, 97), (0.5, 128), (0.75, 160), (1, 224), (1.3, 225), (1.4, 192)]


@pytest.mark.parametrize("model", MOBILENETS)
@pytest.mark.parametrize(("alpha", "resolution"), GRID)
def test_a_counter_reports_what_its_convention_and_faults_predict(model, alpha, resolution):
    network = describe(model, alpha=alpha, resolution=resolution)
    checks = cross_check(network, network.profile(), [COUNTERS[name] for name in RUN])
    assert {c.counter.name: c.difference for c in checks} == dict.fromkeys(RUN, 0)
    assert {c.counter.name: c.differing_layers() for c in checks} == {name: {} for name in RUN}
    assert {c.counter.name for c in checks if c.reading.layers} == GIVES_LAYERS


@pytest.mark.parametrize(
    ("model", "counter", "total"),
    [
        ("v1", "ptflops", 589_012_456),
        ("v1", "calflops-flops", 1_152_658_944),
        ("v2", "ptflops", 320_300_008),
        ("v2", "calflops-flops", 614_967_488),
        ("v2", "deepspeed", 614_967_488),
    ],
)
def test_what_is_predicted_with_the_faults(model, counter, total):
    assert COUNTERS[counter].predict(describe(model).profile().rows) == total


def test_a_fault_has_its_exact_size_and_no_coefficient():
    v1, v2 = describe("v1").profile(), describe("v2").profile()
    faults = {f.name: n for f, n in COUNTERS["ptflops"].faults_in(v1.rows).items()}
    assert faults == {
        "nn.ReLU twice": v1.counts.activation_elements,
        "pooling module twice": v1.counts.pool_inputs,
    }
    assert COUNTERS["ptflops"].faults_in(v2.rows) == {}
    (missed,) = COUNTERS["calflops-flops"].faults_in(v2.rows).values()
    assert missed == -v2.counts.activation_elements


def reading(counter, network=SMALL):
    return read(COUNTERS[counter], build(network, weights=False), inputs(network))


def test_what_a_counter_has_no_rule_for_is_a_result():
    assert reading("fvcore", describe("v2")).uncounted == {"hardtanh": 35, "add": 10}
    assert reading("thop", describe("v2")).uncounted == {
        "Add": 10,
        "FunctionalGlobalPool": 1,
        "Flatten": 1,
    }


@pytest.mark.parametrize("counter", RUN)
def test_the_version_is_the_installed_library_s_and_the_tested_one(counter):
    assert reading(counter).version == COUNTERS[counter].version == COUNTERS[counter].tested


def state(module):
    """What a library could leave behind on a module."""
    return [
        (
            name,
            m.training,
            sorted(vars(m)),
            list(m._buffers),
            len(m._forward_hooks),
            len(m._forward_pre_hooks),
        )
        for name, m in module.named_modules()
    ]


def torch_functions():
    """What a library could leave replaced in torch."""
    return {
        (place.__name__, name): value
        for place in (torch, functional, torch.Tensor)
        for name, value in vars(place).items()
        if callable(value) and not name.startswith("__")
    }


def assert_nothing_replaced(before):
    after = torch_functions()
    assert [name for name, value in before.items() if after[name] is not value] == []


@pytest.mark.parametrize("counter", RUN)
def test_the_module_and_torch_are_left_as_they_were(counter):
    module = build(SMALL).train()
    before, values = state(module), {k: v.clone() for k, v in module.state_dict().items()}
    functions, random = torch_functions(), torch.get_rng_state()
    read(COUNTERS[counter], module, inputs(SMALL))
    assert state(module) == before
    assert module.state_dict().keys() == values.keys()
    assert all(torch.equal(v, values[k]) for k, v in module.state_dict().items())
    assert torch.equal(torch.get_rng_state(), random)
    assert_nothing_replaced(functions)


class Crash(nn.Module):
    """A layer that breaks, in the middle of a network."""

    def forward(self, x):
        raise ZeroDivisionError("crashed")


@pytest.mark.parametrize("crashing", RUN)
def test_a_crash_in_one_counter_harms_neither_the_module_nor_the_next_count(crashing):
    module = build(SMALL).train()
    module.block4 = Crash()
    before, functions = state(module), torch_functions()
    broken = read(COUNTERS[crashing], module, inputs(SMALL))
    assert broken.total is None
    assert broken.failure
    assert state(module) == before
    assert_nothing_replaced(functions)
    checks = cross_check(SMALL, SMALL.profile(), [COUNTERS[name] for name in RUN])
    assert {c.counter.name: c.difference for c in checks} == dict.fromkeys(RUN, 0)
    assert all(not c.differing_layers() for c in checks)


def own(run, name="own"):
    return Counter(name, PAPER, ("torch",), tested="0", run=run)


def vandal(module, batch):
    module.stem.register_buffer("rubbish", torch.zeros(1))
    module.stem.register_forward_hook(lambda *_: None)
    module.rubbish = 1
    functional.relu = None
    del functional.relu6
    torch.Tensor.matmul = None
    raise RuntimeError("no rule for this")


def test_whatever_a_library_does_is_undone_and_its_failure_told():
    module, functions = build(SMALL), torch_functions()
    before = state(module)
    result = read(own(vandal), module, inputs(SMALL))
    assert (result.total, result.failure) == (None, "RuntimeError: no rule for this")
    assert state(module) == before
    assert_nothing_replaced(functions)


def noisy(module, batch):
    print("printed")
    print("printed", file=sys.stderr)
    warnings.warn("warned", stacklevel=1)
    logging.getLogger("noisy").error("logged")
    return Reading(1)


def test_nothing_a_counter_says_reaches_the_screen(capfd, recwarn):
    assert read(own(noisy), build(SMALL), inputs(SMALL)).total == 1
    assert (tuple(capfd.readouterr()), len(recwarn)) == (("", ""), 0)


@pytest.mark.parametrize("counter", [name for name in RUN if name != "torch"])
def test_a_missing_library_is_named_with_the_line_that_installs_it(counter, monkeypatch):
    package = COUNTERS[counter].packages[0]
    for module in [name for name in sys.modules if name.partition(".")[0] == package]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingPackage, match=f"pip install {package}"):
        reading(counter)


def test_a_counter_that_is_only_predicted_cannot_be_run():
    with pytest.raises(BadOption, match=r"deepspeed is not run(.|\n)*--predict"):
        reading("deepspeed")


def test_the_counters_in_the_order_in_which_they_are_shown():
    assert list(COUNTERS) == [
        "fvcore",
        "thop",
        "ptflops",
        "ptflops-aten",
        "torchinfo",
        "torchprofile",
        "calflops-macs",
        "calflops-flops",
        "torch",
        "deepspeed",
    ]


BEYOND = {
    "layer norm": (nn.LayerNorm(8), (1, 5, 8)),
    "group norm": (nn.GroupNorm(2, 8), (1, 8, 3, 3)),
    "nearest": (nn.Upsample(scale_factor=2), (1, 2, 3, 3)),
    "bilinear": (nn.Upsample(scale_factor=2, mode="bilinear"), (1, 2, 3, 3)),
    "transposed": (nn.ConvTranspose2d(4, 6, 3, 2), (1, 4, 5, 5)),
    "pooled": (nn.AdaptiveAvgPool2d(2), (1, 4, 8, 8)),
    "attention": (nn.TransformerEncoderLayer(8, 2, 16, batch_first=True), (1, 5, 8)),
}


@pytest.mark.parametrize("case", BEYOND)
def test_fvcore_s_convention_holds_beyond_mobilenets(case):
    module, shape = BEYOND[case]
    batch = torch.zeros(shape)
    profile = trace(module, Inputs((batch,)))
    reading = read(COUNTERS["fvcore"], module, Inputs((batch,)))
    assert reading.total == COUNTERS["fvcore"].predict(profile.rows)


@pytest.mark.parametrize("case", ["transposed", "attention"])
def test_torch_s_own_convention_holds_beyond_mobilenets(case):
    module, shape = BEYOND[case]
    batch = torch.zeros(shape)
    profile = trace(module, Inputs((batch,)))
    reading = read(COUNTERS["torch"], module, Inputs((batch,)))
    assert torch.backends.mha.get_fastpath_enabled()
    assert reading.total == COUNTERS["torch"].predict(profile.rows)


def test_a_convolution_s_bias_is_charged_by_calflops():
    module = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Flatten(), nn.Linear(16, 2))
    batch = torch.zeros(1, 3, 4, 4)
    profile = trace(module, Inputs((batch,)))
    assert profile.counts.conv_bias_adds == 16
    reading = read(COUNTERS["calflops-flops"], module, Inputs((batch,)))
    assert reading.total == COUNTERS["calflops-flops"].predict(profile.rows)
