"""Weekly caps and the rest between two promotions."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from domain.words import PromotionState
from promotion.budget import Allowance, Caps, Use, allowance, resting_until, week_of

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
WEEK = week_of(NOW, BERLIN)
CAPS = Caps(per_week=3, per_channel=2, rest_days=30)


def use(
    publication: str = "p1",
    channel: str = "c1",
    at: datetime = NOW,
    state: PromotionState = PromotionState.ACTIVE,
) -> Use:
    return Use(publication_id=publication, channel_id=channel, at=at, state=state)


def test_a_week_runs_from_monday_to_monday_on_the_practices_wall():
    assert WEEK.start == datetime(2026, 3, 2, tzinfo=BERLIN)
    assert WEEK.end == datetime(2026, 3, 9, tzinfo=BERLIN)


def test_a_sunday_evening_in_new_york_still_belongs_to_the_old_week():
    week = week_of(datetime(2026, 3, 9, 2, tzinfo=UTC), ZoneInfo("America/New_York"))
    assert week.start.date().isoformat() == "2026-03-02"


@pytest.mark.parametrize(("day", "hours"), [(25, 167), (4, 168)])
def test_a_week_in_which_the_clocks_change_is_an_hour_shorter(day: int, hours: int):
    week = week_of(datetime(2026, 3, day, tzinfo=UTC), BERLIN)
    assert week.end.astimezone(UTC) - week.start.astimezone(UTC) == timedelta(hours=hours)


def test_each_use_takes_a_place_of_its_channel_and_of_the_practice():
    left = allowance(CAPS, [use("p1"), use("p2", "c2")], WEEK, ["c1", "c2"])
    assert left == Allowance(practice=1, channels={"c1": 1, "c2": 1})


def test_the_practices_cap_binds_where_the_channel_has_places_left():
    left = allowance(Caps(per_week=1, per_channel=2), [use("p1", "c1")], WEEK, ["c1", "c2"])
    assert left.left("c2") == 0


@pytest.mark.parametrize("state", list(PromotionState))
def test_only_what_never_reached_the_network_gives_its_place_back(state: PromotionState):
    given_back = {PromotionState.DECLINED, PromotionState.LAPSED, PromotionState.FAILED}
    left = allowance(CAPS, [use(state=state)], WEEK, ["c1"])
    assert left.practice == (3 if state in given_back else 2)


def test_a_use_of_last_week_is_free_again_and_one_from_a_wrong_clock_is_not():
    before, ahead = use(at=WEEK.start - timedelta(seconds=1)), use(at=WEEK.end + timedelta(days=3))
    assert allowance(CAPS, [before], WEEK, ["c1"]).practice == 3
    assert allowance(CAPS, [ahead], WEEK, ["c1"]).practice == 2


def test_uses_beyond_a_lowered_cap_leave_nothing_rather_than_a_debt():
    left = allowance(Caps(per_week=1, per_channel=1), [use("p1"), use("p2"), use("p3")], WEEK, ["c1"])
    assert left == Allowance(practice=0, channels={"c1": 0})


def test_taking_the_last_place_leaves_none_and_taking_another_is_refused():
    empty = Allowance(practice=1, channels={"c1": 1}).take("c1")
    assert empty.left("c1") == 0
    with pytest.raises(ValueError, match="No promotion is left this week on channel c1"):
        empty.take("c1")


def test_a_channel_that_nobody_named_has_no_place():
    assert Allowance(practice=2, channels={}).left("c9") == 0


def test_a_post_rests_thirty_days_after_its_last_promotion():
    uses = [use(at=NOW - timedelta(days=40)), use(at=NOW - timedelta(days=10))]
    assert resting_until(CAPS, uses, NOW) == {"p1": NOW + timedelta(days=20)}
    assert resting_until(CAPS, uses, NOW + timedelta(days=20)) == {}


def test_a_declined_promotion_needs_no_rest():
    assert resting_until(CAPS, [use(state=PromotionState.DECLINED)], NOW) == {}
