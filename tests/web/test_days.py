"""Which days a view shows, and what happens to the clocks in them."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from web.days import View, clock_change, days_of, midnight

NEW_YORK = ZoneInfo("America/New_York")
TUESDAY = date(2026, 11, 10)


def test_a_month_begins_one_week_back_and_shows_five_weeks() -> None:
    days = days_of(View.MONTH, TUESDAY)
    assert (days.first, days.last) == (date(2026, 11, 2), date(2026, 12, 6))


def test_a_week_runs_from_monday_to_sunday() -> None:
    days = days_of(View.WEEK, TUESDAY)
    assert (days.first, days.last) == (date(2026, 11, 9), date(2026, 11, 15))


def test_a_list_begins_with_its_own_day() -> None:
    assert days_of(View.LIST, TUESDAY).first == TUESDAY


@pytest.mark.parametrize(
    ("at", "later", "earlier"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), date(2025, 12, 31)),
        (date(2026, 12, 15), date(2027, 1, 15), date(2026, 11, 15)),
    ],
)
def test_a_month_on_is_the_same_day_or_the_months_last(at: date, later: date, earlier: date) -> None:
    days = days_of(View.MONTH, at)
    assert (days.later, days.earlier) == (later, earlier)


def test_the_week_in_which_clocks_go_back_has_an_hour_more() -> None:
    since, until = days_of(View.WEEK, date(2026, 10, 28)).range(NEW_YORK)
    assert until.astimezone(UTC) - since.astimezone(UTC) == timedelta(days=7, hours=1)
    assert since == datetime(2026, 10, 26, 4, tzinfo=UTC)


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 11, 1), -1), (date(2026, 3, 8), 1), (date(2026, 3, 9), 0)]
)
def test_a_day_tells_how_far_its_clocks_change(day: date, hours: int) -> None:
    assert clock_change(day, NEW_YORK) == timedelta(hours=hours)


def test_midnight_belongs_to_its_zone() -> None:
    assert midnight(date(2026, 7, 1), NEW_YORK) == datetime(2026, 7, 1, 4, tzinfo=UTC)
