"""The networks of the comparison tables against every counter that runs: no remainder."""

import pytest

from mobilecalc.counters import COUNTERS
from mobilecalc.networks import describe, settings, zoo
from mobilecalc.studies.crosscheck import cross_check

SIDE = 97  # odd, so that strides and windows do not divide it
RUN = [counter for counter in (COUNTERS[name] for name in COUNTERS) if counter.run]
BY_DEFAULT = [counter for counter in RUN if counter.name in ("fvcore", "thop")]
OF_EACH_FAMILY = (
    "v1_shallow",
    "v3_small",
    "v3_small_minimalistic",
    "v4_conv_small",
    "vgg11",
    "vgg11_bn",
    "resnet18",
    "resnet50_paper",
    "googlenet",
    "googlenet_paper",
    "alexnet",
    "squeezenet1_0",
    "squeezenet1_1",
    "shufflenet_v1_g1",
    "shufflenet_v1_g8",
    "shufflenet_v2",
    "mnasnet",
    "mnasnet_a1",
    "v2_ssd",
    "v2_ssdlite",
    "efficientnet_b0",
    "ghostnet",
    "resnet18-separable",
    "mnasnet-standard",
)


def differences(name, counters):
    network = describe(name, settings(resolution=SIDE))
    checks = cross_check(network, network.profile(), counters)
    return {check.counter.name: (check.difference, check.differing_layers()) for check in checks}


@pytest.mark.parametrize("name", OF_EACH_FAMILY)
def test_no_counter_leaves_a_remainder_in_total_or_in_a_layer(name):
    assert differences(name, RUN) == {counter.name: (0, {}) for counter in RUN}


@pytest.mark.parametrize("name", [name for name in zoo() if name not in OF_EACH_FAMILY])
def test_fvcore_and_thop_leave_no_remainder_on_any_network(name):
    assert differences(name, BY_DEFAULT) == {counter.name: (0, {}) for counter in BY_DEFAULT}
