"""Dates and times as people write them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafting.dates import Ambiguous, ClockTime, Order, Unfit, is_ambiguous, order_of, read_date, read_time
from drafting.table import Cell
from tests.drafting.calendars import only, read_lines, read_row, the_error, warnings_of

CHRISTMAS_EVE = date(2026, 12, 24)


@pytest.mark.parametrize(
    "written",
    [
        "2026-12-24",
        "2026/12/24",
        "2026.12.24",
        "20261224",
        "24.12.2026",
        "24.12.26",
        "24. 12. 2026",
        "12/24/2026",
        "24/12/2026",
        "12/24/26",
        "24-12-2026",
        "24 Dec 2026",
        "24-Dec-26",
        "24 December 2026",
        "24th of December 2026",
        "Dec 24, 2026",
        "December 24th 2026",
        "Thursday, December 24, 2026",
        "Thu 24 Dec 2026",
        " 24.12.2026 ",
        "46380",
        46380,
        46380.0,
        20261224,
        CHRISTMAS_EVE,
        datetime(2026, 12, 24, tzinfo=None),  # noqa: DTZ001  # what a spreadsheet's date becomes
    ],
)
def test_a_date_is_read_however_it_is_written(written: Cell) -> None:
    assert read_date(written) == (CHRISTMAS_EVE, None)


@settings(deadline=None)
@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_comes_back_from_every_certain_way_to_write_it(day: date) -> None:
    for written in (
        f"{day}",
        f"{day:%d.%m.%Y}",
        f"{day:%d %B %Y}",
        f"{day:%b %d, %Y}",
        f"{day:%A %d %b %Y}",
        f"{day:%Y%m%d}",
        str((day - date(1899, 12, 30)).days),
    ):
        assert read_date(written) == (day, None)
    assert read_date(f"{day:%d/%m/%Y}", Order.DAY_FIRST) == (day, None)
    assert read_date(f"{day:%m/%d/%Y}", Order.MONTH_FIRST) == (day, None)


@pytest.mark.parametrize(
    ("written", "clock"),
    [
        ("2026-12-24 09:00", ClockTime(time(9))),
        ("2026-12-24T09:00", ClockTime(time(9))),
        ("2026-12-24T09:00:00Z", ClockTime(time(9), timedelta(), exact=True)),
        ("2026-12-24T09:00:00-05:00", ClockTime(time(9), timedelta(hours=-5), exact=True)),
        ("24.12.2026 09.00", ClockTime(time(9))),
        ("12/24/2026 9:30 PM", ClockTime(time(21, 30))),
        ("Dec 24, 2026 at 9am", ClockTime(time(9))),
        ("Dec 24, 2026, 9:00 a.m.", ClockTime(time(9))),
        ("46380.375", ClockTime(time(9))),
        (46380.375, ClockTime(time(9))),
        ("2026-12-24 00:00", ClockTime(time())),
    ],
)
def test_a_date_may_bring_its_time(written: Cell, clock: ClockTime) -> None:
    assert read_date(written) == (CHRISTMAS_EVE, clock)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("9:00", time(9)),
        ("09:00", time(9)),
        ("09.00", time(9)),
        ("9h30", time(9, 30)),
        ("0930", time(9, 30)),
        ("14:30:00", time(14, 30)),
        ("14:30:15", time(14, 30, 15)),
        ("14:30:15.250", time(14, 30, 15)),
        ("9am", time(9)),
        ("9 a.m.", time(9)),
        ("9:30 PM", time(21, 30)),
        ("9:30\u202fPM", time(21, 30)),
        ("12am", time(0)),
        ("12 pm", time(12)),
        ("09.00 Uhr", time(9)),
        ("0.375", time(9)),
        (0.375, time(9)),
        (0.0, time(0)),
        (0.999999999, time(0)),
        (time(9, 0, 0, 4), time(9)),
        (timedelta(hours=9), time(9)),
    ],
)
def test_a_time_is_read_however_it_is_written(written: Cell, expected: time) -> None:
    assert read_time(written) == ClockTime(expected)


@pytest.mark.parametrize(
    ("written", "marker"),
    [
        ("01:30 EDT", "EDT"),
        ("1:30 am est", "EST"),
        ("01:30 (EDT)", "EDT"),
        ("01:30 -04:00", timedelta(hours=-4)),
        ("01:30 -0400", timedelta(hours=-4)),
        ("01:30 UTC-4", timedelta(hours=-4)),
        ("01:30 +05:30", timedelta(hours=5, minutes=30)),
    ],
)
def test_a_time_may_say_which_of_two_it_is(written: str, marker: timedelta | str) -> None:
    assert read_time(written) == ClockTime(time(1, 30), marker)


def test_utc_is_exact() -> None:
    assert read_time("01:30Z") == read_time("01:30 UTC") == ClockTime(time(1, 30), timedelta(), exact=True)
    assert read_time(datetime(2026, 1, 1, 1, 30, tzinfo=UTC)) == read_time("01:30Z")


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("9", "Write 09:00 or 21:00."),
        (9, "Write 09:00 or 21:00."),
        ("14", "Write 14:00."),
        ("13:30 pm", "Write 13:30."),
        ("24:00", "Write 00:00 with the next day's date, or 23:59."),
        ("25:00", "Write the time as 09:00 or 9:00 am."),
        ("09:61", "Write the time as 09:00 or 9:00 am."),
        ("0:30 pm", "Write the time as 09:00 or 9:00 am."),
        ("noon", "Write the time as 09:00 or 9:00 am."),
        ("930", "Write the time as 09:00 or 9:00 am."),
        ("09:00 +99:00", "Write the time as 09:00 or 9:00 am."),
        ("9:00 - 10:00", "Write the time as 09:00 or 9:00 am."),
        (timedelta(days=2), "Write the time as 09:00 or 9:00 am."),
    ],
)
def test_a_time_that_cannot_be_meant_is_refused_with_one_that_can(written: Cell, fix: str) -> None:
    with pytest.raises(Unfit) as caught:
        read_time(written)
    assert caught.value.fix == fix


@pytest.mark.parametrize(
    ("written", "fix"),
    [
        ("2026-02-30", "Write 2026-02-28, the last day of that month."),
        ("29.02.2027", "Write 2027-02-28, the last day of that month."),
        ("2026-24-12", "Write 2026-12-24 if that is meant."),
        ("12.24.2026", "Write 2026-12-24 if that is meant."),
        ("24/13/2026", "Write the date as 2026-12-24."),
        ("soon", "Write the date as 2026-12-24."),
        ("24 Foo 2026", "Write the date as 2026-12-24."),
        ("Dec 2026", "Write the date as 2026-12-24."),
        ("9:00", "Write the date as 2026-12-24."),
        (12, "Write the date as 2026-12-24."),
        (99999999, "Write the date as 2026-12-24."),
        (True, "Write the date as 2026-12-24."),
        (time(9), "Write the date as 2026-12-24."),
    ],
)
def test_a_date_that_does_not_exist_is_refused_with_one_that_does(written: Cell, fix: str) -> None:
    with pytest.raises(Unfit) as caught:
        read_date(written)
    assert caught.value.fix == fix


def test_a_day_that_could_be_a_month_is_not_guessed() -> None:
    with pytest.raises(Ambiguous) as caught:
        read_date("04/05/2026")
    assert str(caught.value) == "04/05/2026 could be 4 May or 5 April. Write 2026-05-04 or 2026-04-05."
    assert read_date("05/05/2026") == (date(2026, 5, 5), None)


@settings(deadline=None)
@given(st.integers(0, 40), st.integers(0, 40), st.integers(2000, 2099))
def test_what_tells_the_order_and_what_needs_it(first: int, second: int, year: int) -> None:
    written = f"{first}/{second}/{year}"
    if is_ambiguous(written):
        assert order_of(written) is None
        assert read_date(written, Order.DAY_FIRST) != read_date(written, Order.MONTH_FIRST)
    elif order_of(written):
        assert (
            read_date(written) == read_date(written, Order.DAY_FIRST) == read_date(written, Order.MONTH_FIRST)
        )


# In a whole file

HEAD = "date,time,channels,text"


def test_the_file_decides_the_order_once_one_date_is_certain() -> None:
    reading = read_lines(HEAD, "04/05/2026,9:00,X,a", "24/12/2026,9:00,X,b", "05/06/2026,9:00,X,c")
    assert [post.wall_date for post in reading.rows] == [date(2026, 5, 4), CHRISTMAS_EVE, date(2026, 6, 5)]
    [warning] = warnings_of(reading)
    assert warning.message == "Dates such as 04/05/2026 were read day first, because row 3 says 24/12/2026."
    assert (warning.row, warning.column) == (None, "date")


def test_the_order_may_be_the_other_one() -> None:
    reading = read_lines(HEAD, "04/05/2026,9:00,X,a", "12/24/2026 8:00,9:00,X,b".replace(" 8:00", ""))
    assert reading.rows[0].wall_date == date(2026, 4, 5)
    assert "month first" in warnings_of(reading)[0].message


def test_a_file_that_says_both_orders_decides_neither() -> None:
    reading = read_lines(HEAD, "04/05/2026,9:00,X,a", "24/12/2026,9:00,X,b", "12/24/2026,9:00,X,c")
    assert the_error(reading).row == 2
    assert len(reading.rows) == 2


def test_dates_that_need_no_order_say_nothing_about_it() -> None:
    assert the_error(read_lines(HEAD, "04/05/2026,9:00,X,a", "2026-12-24,9:00,X,b")).column == "date"


def test_a_time_of_its_own_wins_over_a_spreadsheets_midnight() -> None:
    assert only(read_row(date="2026-12-24 00:00:00", time="10:30")).wall_time == time(10, 30)


def test_two_times_that_differ_are_not_chosen_from() -> None:
    assert "09:30 and the time 09:00" in the_error(read_row(date="2026-12-24 09:30")).message


def test_a_timestamp_with_its_offset_is_shown_on_the_practices_wall() -> None:
    post = only(read_row(date="2026-12-24T15:00:00Z", time=""))
    assert (post.wall_time, post.zone) == (time(10), "America/New_York")
    assert post.instant == datetime(2026, 12, 24, 15, tzinfo=UTC)


def test_an_hour_range_is_not_taken_for_an_offset() -> None:
    assert "is not in force" in the_error(read_row(time="09:00-10:00")).message


def test_a_missing_time_is_asked_for_or_filled_in_where_that_is_wanted() -> None:
    lines = ("date,channels,text", "2026-12-24,X,a")
    problem = the_error(read_lines(*lines))
    assert (problem.column, problem.message) == ("time", "There is no time.")
    assert only(read_lines(*lines, default_time=time(8))).wall_time == time(8)


@pytest.mark.parametrize(
    ("cells", "column", "fix"),
    [
        ({"date": "2026-03-08", "time": "02:30"}, "time", "Write 01:59 or 03:00."),
        (
            {"date": "2026-11-01", "time": "01:30"},
            "time",
            "Write “01:30 EDT” for the first or “01:30 EST” for the second.",
        ),
        (
            {"date": "2026-11-01 01:30", "time": ""},
            "date",
            "Write “01:30 EDT” for the first or “01:30 EST” for the second.",
        ),
        (
            {"date": "2026-07-01", "time": "09:00 EST"},
            "time",
            "Write 09:00 EDT, or give the row another zone.",
        ),
        ({"date": "2026-02-01"}, "date", "Choose a later time; the next 09:00 is on 2026-03-01."),
        (
            {"date": "2026-03-01", "time": "06:59"},
            "date",
            "Choose a later time; the next 06:59 is on 2026-03-02.",
        ),
        ({"zone": "Eastern"}, "zone", "Write America/New_York."),
        (
            {"zone": "somewhere"},
            "zone",
            "Write the nearest big city of that zone, for example America/New_York.",
        ),
        ({"date": "1926-12-24"}, "date", "Write the date as 2026-12-24."),
        ({"date": ""}, "date", "Write the date as 2026-12-24."),
    ],
)
def test_a_time_that_will_not_do_comes_with_the_nearest_that_will(
    cells: dict[str, str], column: str, fix: str
) -> None:
    problem = the_error(read_row(**cells))
    assert (problem.row, problem.column, problem.fix) == (2, column, fix)


@pytest.mark.parametrize(("time_", "hour"), [("01:30 EDT", 5), ("01:30 -05:00", 6)])
def test_a_time_that_comes_twice_is_taken_with_its_marker(time_: str, hour: int) -> None:
    post = only(read_row(date="2026-11-01", time=time_))
    assert post.instant == datetime(2026, 11, 1, hour, 30, tzinfo=UTC)
    assert post.wall_time == time(1, 30)


def test_each_row_may_have_its_own_zone() -> None:
    post = only(read_row(zone="europe/berlin"))
    assert (post.zone, post.instant) == ("Europe/Berlin", datetime(2026, 12, 24, 8, tzinfo=UTC))


def test_a_date_years_away_is_pointed_at() -> None:
    reading = read_row(date="2036-12-24")
    assert only(reading).wall_date.year == 2036
    assert warnings_of(reading)[0].message == "2036-12-24 is more than two years away."
