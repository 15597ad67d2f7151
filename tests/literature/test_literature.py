"""The published tables: each value tied to a network, computed, and judged."""

import re
from fnmatch import fnmatch
from fractions import Fraction

import pytest

import mobilecalc
from mobilecalc.core.errors import BadOption, UnknownName
from mobilecalc.literature import OUTSIDE, QUOTED, VERDICTS, chosen, judge, tables
from mobilecalc.literature import published_tables as published
from mobilecalc.literature.models import difference, network, profile
from mobilecalc.literature.printed import Printed
from mobilecalc.networks.quantities import quantity

VALUES = [value for table in tables().values() for value in table.values]
BY_NAME = {(v.table, v.row, v.column): v for v in VALUES}


def judged(table, row, column="MACs"):
    return judge(BY_NAME[table, row, column])


def verdict(*name):
    return judged(*name).verdict


@pytest.mark.parametrize(
    ("printed", "value", "fit"),
    [
        ("569 M", 568_740_352, "reproduced"),
        ("149 M", 149_500_000, "reproduced"),  # a tie may go either way
        ("150 M", 149_500_000, "reproduced"),
        ("290 M", 290_675_200, "truncated"),
        ("291 M", 290_675_200, "reproduced"),
        ("150 M", 149_497_088, "rounded twice"),  # 149.497, 149.5, 150
        ("15300 M", 15_346_630_656, "rounded"),
        ("3800 M", 3_857_973_248, "rounded"),  # cut off at the hundreds
        ("100 k", 50_176, ""),  # two digits stand
        ("60 M", 61_100_840, ""),
        ("4.0 M", 3_900_000, ""),  # a zero behind the point is a digit
        ("1.19 %", Fraction(10_838_016, 568_740_352), ""),
        ("1.91 %", Fraction(10_838_016, 568_740_352), "reproduced"),
        ("1248424", 1_248_424, "reproduced"),
        ("1248424", 1_248_425, ""),
    ],
)
def test_a_printed_number_follows_from_another_in_four_ways_or_not(printed, value, fit):
    assert Printed.parse(printed).fit(value) == fit


def test_off_is_in_units_of_the_last_printed_digit():
    assert Printed.parse("4.2 M").off(4_500_000) == 3
    assert Printed.parse("0.39 G").off(370_000_000) == -2


@pytest.mark.parametrize("text", ["", "569 Q", "five M", "569  M"])
def test_what_is_no_number_is_refused(text):
    with pytest.raises(ValueError, match=r"no (unit|number)"):
        Printed.parse(text)


def test_an_expression_is_what_the_command_line_takes():
    found = network("v1 --alpha 0.75 --resolution 192 --classes 120")
    assert found.body == mobilecalc.describe("v1", alpha=0.75, resolution=192, classes=120).body
    assert found.input[1:] == (192, 192)


def test_a_width_behind_an_expression_changes_one_layer():
    """A first convolution of 16 in place of 8, and what takes its output."""
    wider, plain = profile("v1 --alpha 0.25 stem.conv=16"), profile("v1 --alpha 0.25")
    area = 112 * 112
    stem, depthwise, pointwise = 9 * 3 * 8 * area, 9 * 8 * area, 8 * 16 * area
    assert wider.macs - plain.macs == stem + depthwise + pointwise
    assert wider.output == plain.output


@pytest.mark.parametrize("text", ["v1 --alpha", "v1 wide", "v1 block1=8", "v1 --depth 4"])
def test_what_is_no_expression_is_refused(text):
    with pytest.raises(ValueError, match=r"could not convert|neither an option|no convolution"):
        network(text)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("v1 --alpha 0.75 --resolution 160", "--resolution 160"),
        ("v1 --alpha 0.75 --resolution 128 stem.conv=16", "stem.conv of width 16"),
        ("v1", "v1"),
        ("v2 --alpha 0.75", "v2 --alpha 0.75"),
    ],
)
def test_an_alternative_is_named_by_what_sets_it_apart(other, words):
    assert difference(other, "v1 --alpha 0.75 --resolution 128") == words


def test_a_measure_counts_a_part_or_leaves_it_out():
    v1 = profile("v1")
    of = {text: quantity(text).of(v1) for text in ("macs", "macs of linear", "macs without stem")}
    assert of == {
        "macs": 568_740_352,
        "macs of linear": 1024 * 1000,
        "macs without stem": 568_740_352 - 9 * 3 * 32 * 112**2,
    }
    assert quantity("operations").of(v1) == 2 * 568_740_352
    assert quantity("share of macs of stem").of(v1) == Fraction(9 * 3 * 32 * 112**2, 568_740_352)
    assert quantity("channels of block4").of(v1) == 256
    assert quantity("bytes at 14x14").of(v1) == 2 * 512 * 14**2
    assert quantity("TF-slim").of(v1) == 4_242_920


@pytest.mark.parametrize("text", ["", "flops", "macs in all", "channels", "bytes at 7"])
def test_what_is_no_measure_is_refused(text):
    with pytest.raises(BadOption, match="nothing that can be counted"):
        quantity(text)


@pytest.mark.parametrize("key", tables())
def test_every_verdict_is_the_one_on_record(key):
    assert [judge(v) for v in tables()[key].values if judge(v).changed] == []


def test_every_published_value_has_a_verdict_that_is_explained():
    assert {value.verdict for value in VALUES} <= set(VERDICTS)


def test_every_macs_and_params_of_a_network_here_is_computed():
    """What is not names networks that are not described, and nothing else."""
    outside = {v.row for v in VALUES if judge(v).verdict == OUTSIDE}
    elsewhere = (
        "Inception|PlaNet|Baseline|Faster|FaceNet|deeplab|NasNet|NASNet|SSD300|SSD512|YOLO|OS=|ASPP"
        "|Proxyless|ShuffleNetV2[+.]|DenseNet|Xception|ResNeXt|SENet|resnet-v2|d=4"
    )
    assert {row for row in outside if not re.search(elsewhere, row)} == set()
    quoted = {v.column for v in VALUES if judge(v).verdict == QUOTED}
    assert quoted.isdisjoint({"MACs", "params"})


def test_an_alternative_that_does_not_give_the_printed_value_is_none():
    value = BY_NAME["v1_slim", "MobileNet_v1_0.75_224", "MACs"]
    assert judge(value).verdict == "erratum"
    wrong = value._replace(alternative="macs without classifier")
    assert judge(wrong).verdict == "unexplained"
    assert judge(wrong).changed


@pytest.mark.parametrize("pattern", published.conventions())
def test_each_convention_of_publications_gives_a_printed_value(pattern):
    """And is told from a slip: an alternative of another quantity is an erratum."""
    by_convention = [
        judge(value).verdict
        for value in VALUES
        if fnmatch(value.alternative.partition("@")[0].strip(), pattern)
    ]
    assert set(by_convention) == {"convention"}


def test_what_only_one_table_counts_by_a_slip_is_an_erratum():
    assert judged("v1_slim", "MobileNet_v1_0.75_224").alternative.by_convention is False
    assert verdict("v2:5", "SSDLite") == "erratum"  # operations, but of the detector alone


def test_a_file_of_other_columns_is_refused(tmp_path, monkeypatch):
    """Every field is read by its place."""
    lines = (published.DATA / "values_1_v1.csv").read_text().splitlines()
    heading = lines[0].split(",")
    swapped = ",".join([heading[1], heading[0], *heading[2:]])
    (tmp_path / "values_1_v1.csv").write_text("\n".join([swapped, *lines[1:]]))
    monkeypatch.setattr(published, "DATA", tmp_path)
    with pytest.raises(ValueError, match=r"values_1_v1\.csv has the columns row, table, column"):
        tables.__wrapped__()


def test_a_value_that_follows_needs_no_alternative():
    value = BY_NAME["v1:6", "1.0 MobileNet-224", "MACs"]._replace(verdict="erratum")
    assert judge(value).verdict == "reproduced"
    assert judge(value).changed


def test_tf_slim_leaves_the_first_convolution_out_at_alpha_075():
    """9 * 3 * 24 MACs at each of 112 x 112 places."""
    found = judged("v1_slim", "MobileNet_v1_0.75_224")
    assert (found.value, found.alternative.value) == (325_400_448, 325_400_448 - 648 * 112**2)
    assert found.alternative.words == "without the first convolution"


def test_the_narrowest_v1_was_counted_with_a_first_convolution_of_16():
    """Three values in two sources follow from that, and from 8 none of them."""
    names = [
        ("v1:12", "0.25 MobileNet-224"),
        ("v1:12", "0.25 MobileNet-128"),
        ("v1_slim", "MobileNet_v1_0.25_192"),
    ]
    assert [judged(*name).alternative.words for name in names] == [
        "stem.conv of width 16, truncated",
        "stem.conv of width 16",
        "stem.conv of width 16",
    ]


def test_ssdlite_s_macs_are_printed_as_operations():
    """And those of SSD, which they stand beside, are not."""
    lite, ssd = judged("v2:5", "SSDLite"), judged("v2:5", "SSD")
    assert lite.alternative.value == 2 * lite.value
    assert ssd.verdict == "truncated"


def test_the_released_models_of_v2_are_truncated_and_leave_batch_norm_out():
    verdicts = {verdict("v2_slim", v.row) for v in tables()["v2_slim"].values}
    assert verdicts == {"reproduced", "truncated"}
    params = {verdict("v2_slim", v.row, "params") for v in tables()["v2_slim"].values}
    assert params == {"reproduced"}


def test_the_shares_of_table_2_sum_to_100_with_the_computed_one_alone():
    shares = [v for v in tables()["v1:2"].values if v.column == "MACs"]
    printed = {v.row: Printed.parse(v.printed).value for v in shares}
    assert sum(printed.values()) == Fraction("0.9929")
    computed = round(judge(BY_NAME["v1:2", "Conv 3x3", "MACs"]).value, 4)
    with_computed = sum(printed.values()) - printed["Conv 3x3"] + computed
    assert abs(with_computed - 1) <= len(printed) * Fraction("0.00005")


def test_the_layers_of_v2_and_v3_are_those_of_their_papers():
    keys = ("v2:2", "v3:1", "v3:2")
    verdicts = {name: verdict(*name) for name in BY_NAME if name[0] in keys}
    differing = {name for name, found in verdicts.items() if found not in ("reproduced", QUOTED)}
    assert differing == {("v3:2", "14: 1^2x576 conv2d 1x1 NBN", "out")}


def test_tables_are_chosen_by_key_or_by_paper():
    assert [table.key for table in chosen("v1:6")] == ["v1:6"]
    assert [table.key for table in chosen("efficientnet")] == ["efficientnet:2", "efficientnet:3"]
    with pytest.raises(UnknownName, match=r"Did you mean v1:6"):
        chosen("v1.6")


def test_each_table_says_where_it_stands():
    assert all(table.source and table.title and table.values for table in tables().values())


def test_a_value_with_any_other_verdict_on_record_is_told():
    """Every verdict is computed: none is taken from the record."""
    untold = [
        (value.table, value.row, value.column, other)
        for value in VALUES
        for other in VERDICTS
        if other != value.verdict and not judge(value._replace(verdict=other)).changed
    ]
    assert untold == []
