"""One measure of engagement."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from promotion.readings import WEIGHTS, Snapshot, engagement


def test_acts_are_added_and_exposure_is_not():
    assert engagement({"likes": 5, "reposts": 2, "clicks": 1, "impressions": 900, "views": 400}) == 8


def test_a_reading_without_any_act_is_unknown_and_a_reading_of_zero_is_zero():
    assert engagement({"impressions": 900}) is None
    assert engagement({}) is None
    assert engagement({"likes": 0}) == 0


@given(st.dictionaries(st.sampled_from(sorted(WEIGHTS)), st.integers(0, 10**9), min_size=1))
@settings(deadline=None)
def test_one_more_act_of_any_kind_is_more_engagement(counts: dict[str, int]):
    before = engagement(counts)
    for name, count in counts.items():
        more = engagement({**counts, name: count + 1})
        assert before is not None and more is not None and more > before


def test_a_count_below_zero_is_refused():
    with pytest.raises(ValidationError):
        Snapshot(age_hours=1, count=-1)
