"""The rule on public engagement data: measured, not hoped. Skipped where the data is absent."""

from pathlib import Path

import numpy as np
import pytest

from bench.promotion import NETWORK, cold_start, fixed_number, over_calendars, rates, through_the_week
from bench.promotion_data import audience, load_news, load_variants, thin
from bench.promotion_prior import fit
from promotion.forecast import foresee
from promotion.norm import learn
from promotion.prior import SHIPPED
from promotion.readings import PastPost, Snapshot
from tests.promotion.samples import AGES, NORMAL, TIMELY

EPISODES, SEED = 20, 8


@pytest.fixture(scope="module")
def posts(shared_data: Path) -> np.ndarray:
    if not (shared_data / "promotion").is_dir():
        pytest.skip("the promotion data is not on this machine")
    return load_news("dev")[NETWORK]


def test_timely_and_normal_beat_a_fixed_number_of_likes_and_never_exceed_the_cap(posts: np.ndarray):
    timely, normal, fixed = (
        over_calendars(posts, policy, EPISODES, SEED)
        for policy in (through_the_week(TIMELY), through_the_week(NORMAL), fixed_number(10))
    )
    assert timely["half-life"] > max(0.58, 1.3 * fixed["half-life"])
    assert normal["captured"] > max(0.72, 1.2 * fixed["captured"])
    assert timely["over cap"] == normal["over cap"] == 0
    assert max(timely["false"], normal["false"]) <= 0.025


def test_six_finished_posts_are_enough_to_choose_by(posts: np.ndarray):
    assert cold_start(posts, 300, SEED)["captured"] > 0.85


def test_rates_are_chosen_by_what_they_are_and_not_by_luck(posts: np.ndarray):
    measured = rates(load_variants("dev"), 300, SEED)
    assert measured["captured"] > 0.82
    assert measured["false"] < 0.11


def test_the_shipped_prior_is_what_its_script_fits(posts: np.ndarray):
    again = fit()
    for fitted, shipped in zip(again.knots, SHIPPED.knots, strict=True):
        assert fitted.model_dump() == pytest.approx(shipped.model_dump(), abs=0.001)
    assert again.shape == pytest.approx(SHIPPED.shape)
    assert again.rate == pytest.approx(SHIPPED.rate, rel=0.01)


def test_what_is_called_likely_happens_about_as_often_as_said(posts: np.ndarray):
    rng, said, inside = np.random.default_rng(SEED), [], []
    for _ in range(60):
        seen = thin(posts[rng.choice(len(posts), 50, replace=False)], audience(NETWORK, rng), rng)
        norm = learn([past_post(row) for row in seen[10:]])
        for row, age in zip(seen[:10], rng.choice(AGES[3:9], 10), strict=True):
            outlook = foresee(past_post(row, age).snapshots, norm)
            assert outlook is not None
            inside.append(outlook.quantile(0.1) - 0.5 <= row[-1] <= outlook.quantile(0.9) + 0.5)
            said.append((outlook.chances(norm, [0.75])[0], np.log1p(row[-1]) >= norm.marks([0.75])[0]))
    chances, happened = np.array(said, dtype=float).T
    assert 0.75 < np.mean(inside) < 0.95
    assert happened[chances > 0.8].mean() > 0.75
    assert happened[chances < 0.1].mean() < 0.1


def past_post(row: np.ndarray, age_hours: int = 48) -> PastPost:
    read = tuple(Snapshot(age_hours=age, count=int(row[age * 3])) for age in AGES if age <= age_hours)
    return PastPost(final=int(row[-1]), snapshots=read)
