"""Calendar files as calendar programs write them."""

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar, Event, vUri

from drafting.planned import Reading
from tests.drafting.calendars import only, read_bytes, the_error, warnings_of

EVENT = (
    "UID:17@example.org",
    "DTSTART:20261224T090000",
    "SUMMARY:Flu week",
    "DESCRIPTION:Flu shots are here.",
    "LOCATION:Facebook",
)


def calendar(*events: tuple[str, ...]) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN"]
    for event in events:
        lines += ["BEGIN:VEVENT", *event, "END:VEVENT"]
    return "\r\n".join([*lines, "END:VCALENDAR", ""]).encode()


def read_event(*lines: str) -> Reading:
    """A sound event with *lines* in the place of those of the same name."""
    names = {line.replace(";", ":").split(":")[0] for line in lines}
    kept = [line for line in EVENT if line.split(":")[0] not in names]
    return read_bytes(calendar((*kept, *lines)), "plan.ics")


def test_an_event_is_a_post() -> None:
    post = only(read_event())
    assert (post.source_id, post.title, post.text) == ("17@example.org", "Flu week", "Flu shots are here.")
    assert (post.wall_date, post.wall_time, post.zone) == (date(2026, 12, 24), time(9), "America/New_York")
    assert (post.channels, post.row, post.line) == (("Facebook",), 1, 4)


def test_what_a_calendar_library_writes_is_read_whole() -> None:
    event = Event()
    event.add("uid", "18@example.org")
    event.add("dtstart", datetime(2026, 12, 24, 9, tzinfo=ZoneInfo("Europe/Berlin")))
    event.add("summary", "Flu; week, one")
    event.add("description", "Flu shots are here, walk in.\nBring your card; we open at nine. " * 4)
    event.add("url", "https://example.org/flu")
    event.add("categories", ["flu", "winter"])
    event.add("attach", vUri("flu.jpg"))
    event.add("attach", vUri("https://drive.example/1"), parameters={"FILENAME": "team.jpg"})
    event.add("x-rounds-channels", "Facebook; X")
    event.add("x-rounds-alt-text", "A nurse; The team")
    event.add("x-rounds-campaign", "Autumn")
    event.add("x-rounds-creator", "mia@example.org")
    event.add("x-rounds-first-comment", "See you there")
    whole = Calendar()
    whole.add_component(event)
    post = only(read_bytes(whole.to_ical(), "plan.ics"))
    assert post.instant == datetime(2026, 12, 24, 8, tzinfo=UTC)
    assert (post.zone, post.title) == ("Europe/Berlin", "Flu; week, one")
    assert post.text == ("Flu shots are here, walk in.\nBring your card; we open at nine. " * 4).strip()
    assert (post.link, post.labels) == ("https://example.org/flu", ("flu", "winter"))
    assert (post.media, post.alt_texts) == (("flu.jpg", "team.jpg"), ("A nurse", "The team"))
    assert (post.channels, post.campaign) == (("Facebook", "X"), "Autumn")
    assert (post.creator, post.first_comment) == ("mia@example.org", "See you there")


@pytest.mark.parametrize(
    ("start", "zone", "hour"),
    [
        ("DTSTART:20261224T090000", "America/New_York", 14),
        ("DTSTART:20261224T140000Z", "America/New_York", 14),
        ("DTSTART;TZID=Europe/Berlin:20261224T090000", "Europe/Berlin", 8),
        ('DTSTART;TZID="Europe/Berlin":20261224T090000', "Europe/Berlin", 8),
        ("DTSTART;VALUE=DATE-TIME;TZID=Europe/Berlin:20261224T090000", "Europe/Berlin", 8),
        ("DTSTART;TZID=W. Europe Standard Time:20261224T090000", "Europe/Berlin", 8),
        ("DTSTART;TZID=/vendor.example/2026/Europe/Berlin:20261224T090000", "Europe/Berlin", 8),
    ],
)
def test_a_start_is_read_in_the_zone_it_names(start: str, zone: str, hour: int) -> None:
    post = only(read_event(start))
    assert (post.zone, post.wall_time) == (zone, time(9))
    assert post.instant == datetime(2026, 12, 24, hour, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "fix"),
    [
        ("DTSTART;VALUE=DATE:20261224", "Give it a start time, for example 09:00."),
        ("DTSTART;TZID=Eastern:20261224T090000", "Write America/New_York."),
        ("DTSTART:20260308T023000", "Write 01:59 or 03:00."),
        (
            "DTSTART:20261101T013000",
            "Write 20261101T053000Z for the first or 20261101T063000Z for the second.",
        ),
        ("DTSTART:24.12.26 09h", "Write the date as 2026-12-24."),
        ("DTSTART:20261324T090000", "Write the date as 2026-12-24."),
        ("DTSTART:P1D", "Write the date as 2026-12-24."),
        ("DTSTART:20200101T090000", "Choose a later time; the next 09:00 is on 2026-03-01."),
    ],
)
def test_a_start_that_will_not_do_comes_with_one_that_will(start: str, fix: str) -> None:
    problem = the_error(read_event(start))
    assert (problem.column, problem.unit, problem.fix) == ("DTSTART", "event", fix)
    assert problem.sentence.startswith("Event 1, column “DTSTART”: ")


def test_midnight_is_a_time_here() -> None:
    assert only(read_event("DTSTART:20261224T000000")).wall_time == time(0)


def test_an_event_of_a_whole_day_takes_the_default_time_where_there_is_one() -> None:
    lines = [line for line in EVENT if not line.startswith("DTSTART")]
    data = calendar((*lines, "DTSTART;VALUE=DATE:20261224"))
    assert only(read_bytes(data, "plan.ics", default_time=time(8))).wall_time == time(8)


def test_repeats_are_imported_once_and_said() -> None:
    reading = read_event("RRULE:FREQ=WEEKLY")
    assert only(reading).title == "Flu week"
    assert warnings_of(reading)[0].fix == "Repeats are imported once; plan the others here."


def test_one_changed_repeat_is_another_post_than_the_first() -> None:
    changed = (*EVENT[:1], "RECURRENCE-ID:20261231T090000", "DTSTART:20261231T100000", *EVENT[2:])
    reading = read_bytes(calendar(EVENT, changed), "plan.ics")
    assert [post.source_id for post in reading.rows] == ["17@example.org", "17@example.org/20261231T090000"]


def test_an_alarms_words_are_not_the_posts() -> None:
    alarm = ("BEGIN:VALARM", "DESCRIPTION:Remember", "ATTACH:ping.wav", "END:VALARM")
    post = only(read_bytes(calendar((*EVENT, *alarm)), "plan.ics"))
    assert (post.text, post.media) == ("Flu shots are here.", ())


def test_our_own_properties_win_over_the_calendars() -> None:
    post = only(read_event("X-ROUNDS-CHANNELS:X", "X-ROUNDS-TEXT:Our words"))
    assert (post.channels, post.text) == (("X",), "Our words")


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("STATUS:CANCELLED", "STATUS"),
        ("ATTACH;ENCODING=BASE64;VALUE=BINARY:AAAA", "ATTACH"),
        ("ATTACH:https://example.org/a.jpg", "ATTACH"),
        ("LOCATION:", "LOCATION"),
        ("DESCRIPTION:", "DESCRIPTION"),
        ("URL:our site", "URL"),
    ],
)
def test_what_an_event_lacks_or_may_not_have_is_refused(line: str, column: str) -> None:
    assert the_error(read_event(line)).column == column


def test_an_event_twice_is_refused_once() -> None:
    reading = read_bytes(calendar(EVENT, EVENT), "plan.ics")
    assert len(reading.rows) == 1
    assert the_error(reading).message == "It has the same id as event 1."


def test_an_event_without_an_id_gets_one_from_what_it_says() -> None:
    post = only(read_bytes(calendar(EVENT[1:]), "plan.ics"))
    assert len(post.source_id) == 64


def test_a_long_id_is_kept_short_and_stays_the_same() -> None:
    long = "UID:" + "0" * 300
    first, second, other = (only(read_event(line)).source_id for line in (long, long, long + "1"))
    assert first == second != other
    assert len(first) == 64


def test_a_line_that_is_no_property_is_said_by_number() -> None:
    problem = the_error(read_event("an unfolded second line of words"))
    assert problem.message == "Line 10 is not part of a calendar."


def test_a_file_that_breaks_off_gives_nothing() -> None:
    data = calendar(EVENT, EVENT)
    reading = read_bytes(data[: data.rindex(b"SUMMARY")], "plan.ics")
    assert reading.rows == ()
    assert the_error(reading).sentence.startswith("Event 2: The file breaks off")


def test_a_calendar_without_events_is_refused() -> None:
    assert the_error(read_bytes(calendar(), "plan.ics")).message == "The calendar has no events."


@pytest.mark.parametrize("change", [bytes.lower, lambda data: data.replace(b"\r\n", b"\n")])
def test_small_letters_and_plain_line_ends_are_read(change: object) -> None:
    assert callable(change)
    data = change(calendar(EVENT))
    assert len(read_bytes(data, "plan.ics").rows) == 1


def test_folded_lines_are_put_together_and_counted() -> None:
    folded = ("DESCRIPTION:One lo", " ng", "\tword", "UID:2", "DTSTART:20261224T090000", "LOCATION:X")
    reading = read_bytes(calendar(folded, EVENT), "plan.ics")
    assert reading.rows[0].text == "One longword"
    assert [post.line for post in reading.rows] == [4, 12]
