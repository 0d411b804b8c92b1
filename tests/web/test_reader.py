from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale

from domain.words import Money
from web.reader import Reader

NOW = datetime(2026, 11, 10, 18, 12, tzinfo=UTC)
SATURDAY = datetime(2026, 11, 14, 13, 0, tzinfo=UTC)
HALIFAX = Reader(ZoneInfo("America/Halifax"), NOW)
BOSTON = Reader(ZoneInfo("America/New_York"), NOW, Locale("en", "US"))


def test_the_wall_time_is_the_practices_own() -> None:
    assert HALIFAX.wall(SATURDAY) == "Sat 14 Nov, 09:00"


def test_twelve_hours_where_people_write_so() -> None:
    assert BOSTON.wall(SATURDAY).replace("\u202f", " ") == "Sat Nov 14, 8:00 AM"


def test_another_year_is_named() -> None:
    assert HALIFAX.day(SATURDAY + timedelta(days=90)) == "Fri 12 Feb 2027"


def test_a_heading_names_the_whole_day() -> None:
    assert HALIFAX.long_day(NOW) == "Tuesday 10 November"
    assert BOSTON.long_day(NOW) == "Tuesday November 10"


def test_near_instants_are_relative_and_far_ones_absolute() -> None:
    assert HALIFAX.relative(NOW + timedelta(minutes=18)) == "in 18 minutes"
    assert HALIFAX.relative(NOW - timedelta(minutes=90)) == "90 minutes ago"
    assert HALIFAX.relative(SATURDAY) == "Sat 14 Nov, 09:00"


def test_today_ends_at_the_practices_midnight() -> None:
    midnight = datetime(2026, 11, 11, 4, 0, tzinfo=UTC)
    assert HALIFAX.is_today(midnight - timedelta(seconds=1))
    assert not HALIFAX.is_today(midnight)


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    first = datetime(2026, 11, 1, 4, 30, tzinfo=UTC)
    shown = [HALIFAX.clock(first + timedelta(hours=hours)) for hours in range(3)]
    assert shown == ["01:30 ADT", "01:30 AST", "02:30"]


@pytest.mark.parametrize(
    ("micros", "shown"),
    [(60_000_000, "$60"), (148_200_000, "$148.20"), (15_000, "$0.015"), (0, "$0"), (-12_400_000, "-$12.40")],
)
def test_money_is_whole_or_exact_and_never_rounded(micros: int, shown: str) -> None:
    assert BOSTON.money(Money(micros=micros, currency="USD")) == shown


def test_figures_are_grouped_and_shares_are_percent() -> None:
    assert HALIFAX.number(1486) == "1,486"
    assert HALIFAX.percent(0.94) == "94%"
    assert HALIFAX.percent(0.0823, 1) == "8.2%"


def test_a_span_is_short() -> None:
    assert HALIFAX.span(timedelta(minutes=6)) == "6 mins"


def test_an_instant_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="carries no zone"):
        HALIFAX.clock(datetime(2026, 11, 10, 9, 0))  # noqa: DTZ001


def test_the_zone_is_named_by_its_city() -> None:
    assert HALIFAX.zone_name() == "Halifax"
