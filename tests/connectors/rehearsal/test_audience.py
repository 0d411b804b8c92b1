"""The invented audience grows, never shrinks, and says the same each time it is asked."""

from datetime import UTC, datetime, timedelta
from statistics import median

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.providers.rehearsal.audience import Lift, draw, numbers

BORN = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SEEDS = [f"post {number}" for number in range(200)]
ages = st.floats(min_value=0, max_value=24 * 60).map(lambda hours: timedelta(hours=hours))
lifts = st.lists(
    st.tuples(ages, ages).map(lambda pair: Lift(BORN + min(pair), BORN + max(pair)))
    | ages.map(lambda age: Lift(BORN + age)),
    max_size=3,
)


def impressions(seed: str, age: timedelta, **circumstances: object) -> int:
    born = circumstances.pop("born", BORN)
    assert isinstance(born, datetime)
    return numbers(seed, born, born + age, **circumstances)["impressions"]  # type: ignore[arg-type]


@given(st.text(), ages, ages, lifts)
def test_no_number_ever_falls(seed: str, one: timedelta, other: timedelta, reposts: list[Lift]) -> None:
    earlier = numbers(seed, BORN, BORN + min(one, other), has_link=True, lifts=reposts)
    later = numbers(seed, BORN, BORN + max(one, other), has_link=True, lifts=reposts)
    assert earlier.keys() == later.keys()
    assert all(later[name] >= earlier[name] for name in earlier)


@given(st.text(), ages)
def test_nobody_answers_what_nobody_saw(seed: str, age: timedelta) -> None:
    counts = numbers(seed, BORN, BORN + age, has_link=True)
    assert all(0 <= count <= counts["impressions"] for count in counts.values())


@given(st.text(), ages, lifts)
def test_the_same_post_at_the_same_age_has_the_same_numbers(
    seed: str, age: timedelta, reposts: list[Lift]
) -> None:
    assert numbers(seed, BORN, BORN + age, lifts=reposts) == numbers(seed, BORN, BORN + age, lifts=reposts)


def test_a_new_post_starts_at_nothing() -> None:
    assert set(numbers("new", BORN, BORN).values()) == {0}
    assert set(numbers("not yet", BORN, BORN - timedelta(hours=1)).values()) == {0}


def test_most_of_the_growth_comes_on_the_first_day() -> None:
    day, month = timedelta(days=1), timedelta(days=30)
    shares = [impressions(seed, day) / impressions(seed, month) for seed in SEEDS]
    assert 0.85 < median(shares) < 0.95


def test_posts_differ_as_those_of_a_small_practice_do() -> None:
    final = [numbers(seed, BORN, BORN + timedelta(days=7)) for seed in SEEDS]
    assert 200 < median(counts["impressions"] for counts in final) < 800
    assert 3 < median(counts["likes"] for counts in final) < 20
    assert len({counts["likes"] for counts in final}) > 10


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"pictures": 1}, {"pictures": 0}),
        ({"born": BORN.replace(hour=13)}, {"born": BORN.replace(hour=1)}),
        ({"lifts": [Lift(BORN + timedelta(days=1))]}, {}),
        (
            {"lifts": [Lift(BORN + timedelta(days=1))]},
            {"lifts": [Lift(BORN + timedelta(days=1), BORN + timedelta(days=1, hours=1))]},
        ),
    ],
    ids=["a picture", "a good hour", "a repost", "a repost left in place"],
)
def test_what_helps_a_post_helps_every_post(better: dict[str, object], worse: dict[str, object]) -> None:
    week = timedelta(days=7)
    assert all(impressions(seed, week, **better) > impressions(seed, week, **worse) for seed in SEEDS)


def test_clicks_are_missing_where_there_is_nothing_to_click() -> None:
    assert "clicks" not in numbers("no link", BORN, BORN + timedelta(days=1))
    assert "clicks" in numbers("a link", BORN, BORN + timedelta(days=1), has_link=True)


def test_draws_are_spread_evenly() -> None:
    drawn = [draw(str(number), "any") for number in range(2000)]
    assert all(0 <= value < 1 for value in drawn)
    assert [round(sum(value < edge for value in drawn) / 2000, 1) for edge in (0.25, 0.5, 0.75)] == [
        pytest.approx(edge, abs=0.06) for edge in (0.25, 0.5, 0.75)
    ]
