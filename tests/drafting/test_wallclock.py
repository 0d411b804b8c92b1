"""Wall time and zone to instant, over every zone there is."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from drafting.wallclock import (
    Fold,
    Gap,
    Mismatch,
    Resolved,
    UnknownZone,
    find_zone,
    is_zone,
    offset_name,
    resolve,
)

NEW_YORK = ZoneInfo("America/New_York")
ZONES = sorted(available_timezones() - {"localtime"})

unhurried = settings(deadline=None)

at = datetime.fromisoformat
walls = st.datetimes(at("1900-01-01 00:00"), at("2100-01-01 00:00")).map(
    lambda moment: moment.replace(microsecond=0)
)


def instants_that_show(wall: datetime, zone: ZoneInfo) -> set[datetime]:
    """Every instant at which clocks in *zone* show *wall*, found without knowing about folds."""
    there = wall.replace(tzinfo=UTC)
    nearby = (there + timedelta(hours=hours) for hours in range(-30, 31, 3))
    offsets = {instant.astimezone(zone).utcoffset() for instant in nearby}
    candidates = {there - offset for offset in offsets if offset is not None}
    return {found for found in candidates if found.astimezone(zone).replace(tzinfo=None) == wall}


def transitions(name: str, start: int, end: int) -> list[datetime]:
    """The instants, to the minute, at which the offset of *name* changes between two years."""
    zone, found = ZoneInfo(name), []
    instant, last = datetime(start, 1, 1, tzinfo=UTC), datetime(end, 1, 1, tzinfo=UTC)
    while instant < last:
        following = instant + timedelta(days=1)
        if instant.astimezone(zone).utcoffset() != following.astimezone(zone).utcoffset():
            found.append(following)
        instant = following
    return found


@st.composite
def near_changes(draw: st.DrawFn) -> tuple[str, datetime]:
    """A wall time within a day of a clock change, where mistakes live."""
    name = draw(
        st.sampled_from(
            [
                "America/New_York",
                "Europe/Berlin",
                "Australia/Lord_Howe",
                "Africa/Casablanca",
                "America/St_Johns",
                "Asia/Tehran",
                "Pacific/Apia",
                "Antarctica/Troll",
            ]
        )
    )
    change = draw(st.sampled_from(transitions(name, 2008, 2027) or [datetime(2020, 1, 1, tzinfo=UTC)]))
    moment = change.astimezone(ZoneInfo(name)).replace(tzinfo=None)
    return name, moment + timedelta(minutes=draw(st.integers(-48 * 60, 48 * 60)))


def check(name: str, wall: datetime) -> None:
    zone = ZoneInfo(name)
    expected = instants_that_show(wall, zone)
    match resolve(wall.date(), wall.time(), zone):
        case Resolved(instant):
            assert {instant} == expected
            assert instant.astimezone(zone).replace(tzinfo=None) == wall
        case Fold(first, second):
            assert {first.astimezone(UTC), second.astimezone(UTC)} == expected
            assert first.astimezone(UTC) < second.astimezone(UTC)
            assert first.replace(tzinfo=None) == second.replace(tzinfo=None, fold=0) == wall
        case Gap(before, after):
            assert expected == set()
            assert before < wall < after
            assert all(instants_that_show(near, zone) for near in (before, after))
            for minutes in range(1, min(90, (after - before) // timedelta(minutes=1))):
                assert not instants_that_show(before + timedelta(minutes=minutes), zone)
        case Mismatch():
            pytest.fail("nothing was marked")


@unhurried
@given(st.sampled_from(ZONES), walls)
@example("Pacific/Apia", at("2011-12-30 12:00"))
@example("Africa/Monrovia", at("1972-01-07 00:20"))
@example("Australia/Lord_Howe", at("2026-10-04 02:15"))
@example("America/New_York", at("2026-03-08 02:00"))
@example("America/New_York", at("2026-03-08 03:00"))
def test_every_wall_time_in_every_zone_is_what_its_clocks_show(name: str, wall: datetime) -> None:
    check(name, wall)


@unhurried
@given(near_changes())
def test_around_clock_changes_nothing_is_guessed(place: tuple[str, datetime]) -> None:
    check(*place)


@unhurried
@given(st.sampled_from(ZONES), walls.map(lambda moment: moment.replace(tzinfo=UTC)))
def test_an_instant_comes_back_when_its_own_offset_stands_beside_it(name: str, instant: datetime) -> None:
    wall = instant.astimezone(ZoneInfo(name))
    assert resolve(wall.date(), wall.time(), ZoneInfo(name), wall.utcoffset()) == Resolved(instant)


def test_a_skipped_time_names_the_nearest_two_that_exist() -> None:
    gap = resolve(date(2026, 3, 8), time(2, 30), NEW_YORK)
    assert gap == Gap(at("2026-03-08 01:59"), at("2026-03-08 03:00"))


def test_a_skipped_day_names_the_days_around_it() -> None:
    gap = resolve(date(2011, 12, 30), time(12), ZoneInfo("Pacific/Apia"))
    assert gap == Gap(at("2011-12-29 23:59"), at("2011-12-31 00:00"))


@pytest.mark.parametrize(
    ("marker", "hour"),
    [("EDT", 5), ("edt", 5), ("EST", 6), (timedelta(hours=-4), 5), (timedelta(hours=-5), 6)],
)
def test_a_time_that_comes_twice_is_settled_by_its_marker(marker: timedelta | str, hour: int) -> None:
    assert resolve(date(2026, 11, 1), time(1, 30), NEW_YORK, marker) == Resolved(
        datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    )


def test_a_time_that_comes_twice_stays_open_without_a_marker() -> None:
    fold = resolve(date(2026, 11, 1), time(1, 30), NEW_YORK)
    assert isinstance(fold, Fold)
    assert [offset_name(moment) for moment in (fold.first, fold.second)] == ["EDT", "EST"]


def test_a_zone_without_letters_is_told_apart_by_its_offset() -> None:
    fold = resolve(date(2018, 2, 17), time(23, 30), ZoneInfo("America/Sao_Paulo"))
    assert isinstance(fold, Fold)
    assert [offset_name(moment) for moment in (fold.first, fold.second)] == ["-02:00", "-03:00"]


@pytest.mark.parametrize("marker", ["EST", timedelta(hours=-5), "CET"])
def test_a_marker_that_is_not_in_force_is_not_believed(marker: timedelta | str) -> None:
    found = resolve(date(2026, 7, 1), time(9), NEW_YORK, marker)
    assert isinstance(found, Mismatch)
    assert [offset_name(moment) for moment in found.offered] == ["EDT"]


def test_a_marker_does_not_conjure_up_a_skipped_time() -> None:
    assert isinstance(resolve(date(2026, 3, 8), time(2, 30), NEW_YORK, "EST"), Gap)


@pytest.mark.parametrize(
    "written", ["America/New_York", "america/new_york", " America/New York ", "AMERICA/NEW_YORK"]
)
def test_a_zone_is_found_whatever_its_case_and_spaces(written: str) -> None:
    assert find_zone(written) == NEW_YORK


@pytest.mark.parametrize(
    ("written", "nearest"),
    [
        ("Eastern", "America/New_York"),
        ("Eastern Time", "America/New_York"),
        ("Eastern Standard Time", "America/New_York"),
        ("US Eastern", "America/New_York"),
        ("ET", "America/New_York"),
        ("EST", "America/New_York"),
        ("Central Time (US & Canada)", "America/Chicago"),
        ("Central European Time", "Europe/Berlin"),
        ("CEST", "Europe/Berlin"),
        ("PST8PDT", "America/Los_Angeles"),
        ("GMT", "Europe/London"),
        ("Berlin", "Europe/Berlin"),
        ("new york", "America/New_York"),
        ("Amercia/Chicago", "America/Chicago"),
        ("Europe/Munchen", None),
        ("at noon", None),
        ("../../etc/passwd", None),
    ],
)
def test_what_people_call_a_zone_leads_to_its_name(written: str, nearest: str | None) -> None:
    with pytest.raises(UnknownZone) as caught:
        find_zone(written)
    assert caught.value.nearest == nearest
    assert written.strip() in str(caught.value)


def test_every_zone_is_found_or_leads_to_one_that_is() -> None:
    refused = []
    for name in ZONES:
        try:
            assert find_zone(name).key == name
        except UnknownZone as fault:
            refused.append(name)
            assert fault.nearest is None or is_zone(fault.nearest)
    # Without summer time, or with another country's: nobody who writes one of these means that.
    assert {"EST", "MST", "GMT"} <= set(refused)
    assert not [name for name in refused if "/" in name]
