"""What a young post will come to."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promotion.forecast import CountOutlook, RateOutlook, foresee
from promotion.norm import Norm, learn
from promotion.readings import PastPost, Snapshot
from tests.promotion.samples import AGES, grown, norms, past, readings, usual_channel

USUAL = usual_channel()
RATED = learn([PastPost(final=n, impressions=1000) for n in range(10, 50)])


def foreseen(snapshots: tuple[Snapshot, ...], norm: Norm = USUAL) -> CountOutlook | RateOutlook:
    outlook = foresee(snapshots, norm)
    assert outlook is not None
    return outlook


@given(norms)
@settings(deadline=None)
def test_a_post_without_any_reading_has_no_outlook(norm: Norm):
    assert foresee((), norm) is None


@given(norms, readings.filter(len))
@settings(deadline=None)
def test_any_reading_gives_finite_figures_in_order(norm: Norm, snapshots: tuple[Snapshot, ...]):
    outlook = foreseen(snapshots, norm)
    figures = [outlook.quantile(0.1), outlook.expected, outlook.quantile(0.9), outlook.strength(norm)]
    assert np.isfinite(figures).all()
    assert outlook.quantile(0.1) <= outlook.quantile(0.5) <= outlook.quantile(0.9)
    chances = outlook.chances(norm)
    assert ((chances >= 0) & (chances <= 1)).all()
    assert (np.diff(chances) <= 1e-12).all()


@given(norms, readings.filter(len), st.integers(1, 1000))
@settings(deadline=None)
def test_more_engagement_never_lowers_the_chance(norm: Norm, snapshots: tuple[Snapshot, ...], more: int):
    *earlier, last = sorted(snapshots, key=lambda snapshot: snapshot.age_hours)
    raised = last.model_copy(update={"count": min(last.count + more, 10**15)})
    before, after = foreseen((*earlier, last), norm), foreseen((*earlier, raised), norm)
    assert (after.chances(norm) >= before.chances(norm) - 1e-9).all()


@given(st.integers(0, 3), st.sampled_from(AGES[:10]))
@settings(deadline=None)
def test_one_act_more_raises_the_chance_from_nothing_on(count: int, age: float):
    chances = [
        foreseen((Snapshot(age_hours=age, count=n),)).chances(USUAL, [0.8])[0] for n in (count, count + 1)
    ]
    assert chances[1] > chances[0]


def test_a_missing_reading_is_not_a_zero():
    full = (Snapshot(age_hours=3, count=6), Snapshot(age_hours=6, count=9), Snapshot(age_hours=12, count=16))
    missing, zeroed = (full[0], full[2]), (full[0], full[1].model_copy(update={"count": 0}), full[2])
    known, unknown, zero = (foreseen(snapshots).expected for snapshots in (full, missing, zeroed))
    assert unknown == pytest.approx(known, rel=0.02)
    assert zero != pytest.approx(known, rel=0.02)


def test_a_stale_reading_is_judged_at_its_own_age():
    assert foreseen((Snapshot(age_hours=4, count=10),)).age_hours == 4
    assert foreseen((Snapshot(age_hours=4, count=10),)).expected > foreseen(grown(10, 48)).expected


def test_the_interval_narrows_with_age_and_widens_without_history():
    def width(age: float, norm: Norm) -> float:
        outlook = foreseen((Snapshot(age_hours=age, count=20),), norm)
        return math.log(outlook.quantile(0.9) / outlook.quantile(0.1))

    assert width(2, USUAL) > width(12, USUAL) > width(36, USUAL)
    assert width(12, learn([])) > width(12, learn(past([20] * 6))) > width(12, learn(past([20] * 60)))


def test_a_post_cannot_end_below_what_it_has():
    outlook = foreseen((Snapshot(age_hours=2, count=500),))
    assert outlook.quantile(0.001) >= 500
    assert outlook.chances(USUAL, [0.5])[0] == pytest.approx(1)


def test_where_impressions_are_known_the_rate_is_judged():
    few = foreseen((Snapshot(age_hours=10, count=6, impressions=100),), RATED)
    many = foreseen((Snapshot(age_hours=10, count=120, impressions=2000),), RATED)
    assert isinstance(few, RateOutlook) and isinstance(many, RateOutlook)
    assert few.expected < many.expected < 0.06, "the smaller sample is drawn further to the usual"
    assert few.chances(RATED, [0.9])[0] < many.chances(RATED, [0.9])[0]


def test_a_post_without_impressions_is_judged_by_count_on_a_rated_channel():
    assert isinstance(foreseen((Snapshot(age_hours=10, count=6),), RATED), CountOutlook)


@pytest.mark.parametrize("impressions", [None, 10**15])
def test_the_largest_counts_do_not_overflow(impressions: int | None):
    huge = tuple(Snapshot(age_hours=age, count=10**15, impressions=impressions) for age in (1, 6, 48))
    norm = learn([PastPost(final=10**15, impressions=10**15, snapshots=huge)] * 20)
    outlook = foreseen(huge, norm)
    assert np.isfinite([outlook.expected, outlook.quantile(0.9), *outlook.chances(norm)]).all()
