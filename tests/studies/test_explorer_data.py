"""The explorer's coefficients and areas give every layer's cost, at any setting."""

import random

import pytest

import mobilecalc
from mobilecalc.answers.explorer import Accuracy
from mobilecalc.studies.explorer import ALPHAS, EQUATIONS, MODELS, RESOLUTIONS, accuracies, explorer

EXPLORER = explorer()
BY_NAME = {model.name: model for model in EXPLORER.models}


def cost_of(layer, width, size, classes):
    times = classes if layer.per_class else 1
    return layer.macs[width] * layer.areas[size] * times, layer.parameters[width] * times


@pytest.mark.parametrize("name", MODELS)
def test_a_product_of_coefficient_area_and_classes_is_what_the_profile_counts(name):
    chance = random.Random(name)
    settings = [(1.0, 224, 1000), (0.1, 96, 1), (2.0, 320, 21841)]
    settings += [
        (chance.choice(ALPHAS), chance.choice(RESOLUTIONS), chance.randint(1, 1000))
        for _ in range(40)
    ]
    for alpha, resolution, classes in settings:
        width, size = ALPHAS.index(alpha), RESOLUTIONS.index(resolution)
        profile = mobilecalc.profile(name, alpha=alpha, resolution=resolution, classes=classes)
        counted = {
            row.path: (row.counts.macs, row.counts.parameters)
            for row in profile.rows
            if row.counts.macs or row.counts.parameters
        }
        assert {
            layer.renamed.get(width, layer.path): cost_of(layer, width, size, classes)
            for layer in BY_NAME[name].layers
        } == counted


def test_the_equations_with_these_numbers_are_the_macs():
    for model in EXPLORER.models:
        for layer in model.layers:
            if layer.macs[0]:
                for width, size in ((0, 0), (18, 4), (38, 7)):
                    numbers = {
                        "D_K": layer.kernel,
                        "M": layer.inputs[width],
                        "N": 10 if layer.per_class else layer.outputs[width],
                        "D_F": layer.sides[size],
                    }
                    macs = EQUATIONS[layer.kind].at(numbers)
                    assert macs == cost_of(layer, width, size, 10)[0]


def test_a_pair_and_its_standard_convolution_are_those_of_table_3():
    """arXiv:1704.04861, Table 3: 3² · 512 · 512 · 14² = 462 M, and separable 52.3 M."""
    pair = next(pair for pair in BY_NAME["v1"].pairs if pair.path == "block8")
    first, last = (BY_NAME["v1"].layers[index] for index in (pair.first, pair.last))
    width, size = ALPHAS.index(1.0), RESOLUTIONS.index(224)
    assert pair.standard[width] * last.areas[size] == 3**2 * 512 * 512 * 14**2
    assert (first.macs[width], last.macs[width]) == (3**2 * 512, 512 * 512)


def test_the_grid_has_the_published_widths_and_resolutions():
    assert {0.25, 0.35, 0.5, 0.75, 1.0, 1.3, 1.4} <= set(ALPHAS)
    assert {96, 128, 160, 192, 224, 320} <= set(RESOLUTIONS)


def test_accuracies_have_the_setting_and_the_macs_that_are_printed_beside_them():
    found = list(accuracies(MODELS))
    source = "arXiv:1704.04861, Table 6"
    assert Accuracy("v1", "v1", 0.5, 224, "63.7 %", "149 M", "0.5 MobileNet-224", source) in found
    assert {one.family for one in found} == {"v1", "v2", "resnet50"}
    assert all(one.alpha in ALPHAS and one.resolution in RESOLUTIONS for one in found)
