"""What is usual on a channel, from none, few and many finished posts."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promotion.growth import AGES, SPREADS
from promotion.norm import MIN_RATED_POSTS, Norm, learn
from promotion.prior import SHIPPED
from promotion.readings import PastPost, Snapshot
from tests.promotion.samples import grown, histories, past


def median(norm: Norm) -> float:
    return float(np.expm1(norm.marks([0.5])[0]))


def test_without_history_the_norm_is_the_shipped_one_with_wide_doubt():
    norm = learn([])
    assert norm.usual == pytest.approx(SHIPPED.usual)
    assert norm.offsets == (0.0,) * len(AGES)
    assert norm.doubt > learn(past([4] * 6)).doubt > learn(past([4] * 30)).doubt
    assert all(np.array(norm.spreads) > SPREADS)


def test_six_posts_move_the_norm_and_five_hundred_make_it_the_channels_own():
    assert median(learn([])) < median(learn(past([100] * 6))) < 100
    assert median(learn(past([100] * 500))) == pytest.approx(100, rel=0.2)


@given(histories)
@settings(deadline=None)
def test_any_history_gives_finite_figures_with_rising_quantiles_that_survive_storage(history: list[PastPost]):
    norm = learn(history)
    figures = [norm.usual, norm.doubt, *norm.offsets, *norm.spreads, *norm.finals]
    assert np.isfinite(figures).all()
    assert (np.diff(norm.finals) >= 0).all()
    assert Norm.model_validate_json(norm.model_dump_json()) == norm


def test_a_channel_whose_posts_grow_late_corrects_the_shipped_growth_upwards():
    late = [
        PastPost(final=60, snapshots=(Snapshot(age_hours=6, count=1), Snapshot(age_hours=48, count=60)))
    ] * 30
    early = [
        PastPost(final=60, snapshots=(Snapshot(age_hours=6, count=58), Snapshot(age_hours=48, count=60)))
    ] * 30
    six = list(AGES).index(6)
    assert learn(late).offsets[six] > 0.5
    assert learn(early).offsets[six] < -0.3


def test_past_posts_without_early_readings_say_nothing_about_growth():
    norm = learn([PastPost(final=30, snapshots=(Snapshot(age_hours=48, count=30),))] * 30)
    assert norm.offsets[list(AGES).index(6)] == 0.0
    assert learn([PastPost(final=30)] * 30).offsets == (0.0,) * len(AGES)


def test_rates_need_a_few_posts_with_impressions_and_are_drawn_to_the_shipped_spread():
    post = PastPost(final=50, impressions=1000, snapshots=grown(50, 48))
    assert learn([post] * (MIN_RATED_POSTS - 1)).rates is None
    rates = learn([post] * 30).rates
    assert rates is not None
    assert rates.mean == pytest.approx(0.05, rel=0.05)
    assert np.isfinite(rates.marks([0.01, 0.5, 0.99])).all()


@given(st.lists(st.tuples(st.integers(0, 10**15), st.integers(1, 10**15)), min_size=6, max_size=12))
@settings(deadline=None)
def test_any_rates_give_a_usable_spread_even_where_acts_outnumber_impressions(pairs: list[tuple[int, int]]):
    rates = learn([PastPost(final=acts, impressions=shown) for acts, shown in pairs]).rates
    assert rates is not None
    assert 0 <= rates.mean <= 1
    assert np.isfinite(rates.marks([0.5, 0.9])).all()


def test_the_shipped_prior_names_its_sources_and_licences():
    assert all(source.title and source.licence and source.fitted_on for source in SHIPPED.sources)
    assert "CC BY 4.0" in json.dumps(SHIPPED.model_dump(mode="json"))
