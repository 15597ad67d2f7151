"""A user's own convention."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilecalc.core.counts import FACTS, Counts
from mobilecalc.core.errors import BadOption
from mobilecalc.core.own_convention import parse_convention

COUNTS = Counts(*range(3, 3 + len(FACTS)))


@pytest.mark.parametrize(
    ("text", "formula"),
    [
        ("macs", "M"),
        ("macs + bias_adds + 2*norm_elements", "M + b + 2N"),
        ("2 * (macs + bias_adds)", "2M + 2b"),
        ("(macs - weights) * 3", "3M - 3w"),
        ("-macs + 3*macs", "2M"),
        ("2*3*macs + 0*weights", "6M"),
    ],
)
def test_it_is_a_sum_over_facts(text, formula):
    assert str(parse_convention(text).formula) == formula


names = st.sampled_from([fact.name for fact in FACTS])
expressions = st.recursive(
    names,
    lambda inner: st.one_of(
        st.builds("({} + {})".format, inner, inner),
        st.builds("({} - {})".format, inner, inner),
        st.builds("{}*{}".format, st.integers(0, 9), inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=8,
)


@given(expressions)
def test_its_total_is_what_the_arithmetic_gives(text):
    # The one fact more keeps a sum from adding up nothing, which is refused.
    convention = parse_convention(f"{text} + 100*macs")
    assert convention.total(COUNTS) == eval(text, COUNTS._asdict()) + 100 * COUNTS.macs


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("macs * weights", "A product of facts"),
        ("macs + 1", "A number by itself"),
        ("flops + macs", "no fact named 'flops'"),
        ("macs - macs", "adds up nothing"),
        ("macs / 2", "names, whole numbers"),
        ("macs ** 2", "names, whole numbers"),
        ("1.5 * macs", "names, whole numbers"),
        ("True * macs", "names, whole numbers"),
        ("__import__('os').system('true')", "names, whole numbers"),
        ("[m for m in macs]", "names, whole numbers"),
        ("macs +", "cannot be read"),
        ("(" * 200 + "macs", "cannot be read"),
        ("macs" + " + macs" * 200, "longer than"),
    ],
)
def test_anything_else_is_refused_with_the_reason(text, why):
    with pytest.raises(BadOption, match="neither a convention's name nor a sum") as refusal:
        parse_convention(text)
    assert why in str(refusal.value)
    assert refusal.value.see == "sum of facts"
