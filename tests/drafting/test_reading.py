"""The door: what is let in, what is turned away, and what is said about it."""

import random
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drafting import reading as door
from drafting.columns import Field
from drafting.reading import MAX_BYTES, read
from drafting.rows import Setting, plan
from drafting.table import Entry, Table
from tests.drafting.calendars import (
    NOW,
    ZONE,
    only,
    packed,
    read_bytes,
    read_lines,
    the_error,
    warnings_of,
    workbook,
)

HEAD = "date,time,channels,text"
ROW = "2026-12-24,09:00,Facebook,"


def test_a_file_on_disk_and_its_bytes_read_the_same(tmp_path: Path) -> None:
    path = tmp_path / "upload.tmp"
    path.write_text(f"{HEAD}\n{ROW}Words\n")
    assert read(path, "plan.csv", ZONE, now=NOW) == read_bytes(path.read_bytes())


def test_a_file_that_is_not_there_is_a_problem_and_no_crash(tmp_path: Path) -> None:
    assert (
        the_error(read(tmp_path / "plan.csv", "plan.csv", ZONE, now=NOW)).message == "The file is not there."
    )


def test_a_file_of_200_mb_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = tmp_path / "plan.csv"
    with path.open("wb") as file:
        file.truncate(200 * 1024**2)
    problem = the_error(read(path, "plan.csv", ZONE, now=NOW))
    assert problem.message == "The file has 200 MB, and 50 MB is the most."


def test_bytes_beyond_the_limit_are_refused_unread() -> None:
    assert "50 MB is the most" in the_error(read_bytes(bytes(MAX_BYTES + 1))).message


def test_too_many_rows_are_refused_and_none_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MAX_ROWS", 3)
    rows = [f"{ROW}Post {number}" for number in range(4)]
    assert len(read_lines(HEAD, *rows[:3]).rows) == 3
    reading = read_lines(HEAD, *rows)
    assert the_error(reading).message == "The file has more than 3 rows."
    assert reading.rows == ()


OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)
TEXT = f"{HEAD}\n{ROW}Words\n".encode()
CALENDAR = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"


@pytest.mark.parametrize(
    ("name", "data", "held", "right"),
    [
        ("plan.xlsx", TEXT, "delimited text, not an Excel workbook", "plan.csv"),
        ("plan.csv", b"PK\x03\x04", "an Excel workbook, not delimited text", "plan.xlsx"),
        ("plan.ics", TEXT, "delimited text, not a calendar file", "plan.csv"),
        ("my.plan.csv", CALENDAR.encode(), "a calendar file, not delimited text", "my.plan.ics"),
        ("plan.csv", CALENDAR.encode("utf-16"), "a calendar file, not delimited text", "plan.ics"),
    ],
)
def test_a_name_that_promises_another_format_is_refused_with_the_right_one(
    name: str, data: bytes, held: str, right: str
) -> None:
    problem = the_error(read_bytes(data, name))
    assert (problem.message, problem.row) == (f"“{name}” holds {held}.", None)
    assert problem.fix == f"Rename it to “{right}”."


@pytest.mark.parametrize(
    ("name", "data", "held"),
    [
        ("plan.xlsx", OLD_EXCEL, "an old or locked Office document"),
        ("plan.csv", b"%PDF-1.7", "a PDF"),
        ("plan.csv", b"\n<html><table>", "a web page or XML"),
        ("plan.csv", b"\x89PNG\r\n", "no table at all"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused_by_what_it_holds(name: str, data: bytes, held: str) -> None:
    problem = the_error(read_bytes(data, name))
    assert problem.message == f"“{name}” holds {held}."
    assert problem.fix == "Save it as .xlsx without a password, or as .csv or .ics."


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("plan.xls", "A .xls file"),
        ("plan.DOCX", "A .docx file"),
        ("plan", "A file without an ending in its name"),
    ],
)
def test_other_formats_are_refused_by_name(name: str, named: str) -> None:
    problem = the_error(read_bytes(TEXT, name))
    assert problem.sentence == f"The file: {named} is not a calendar we read. Save it as .xlsx, .csv or .ics."


@pytest.mark.parametrize("name", ["PLAN.CSV", "plan.tsv", "plan.txt", "my.plan.csv", "folder/plan.csv"])
def test_names_of_text_files_are_read_generously(name: str) -> None:
    assert only(read_bytes(TEXT, name)).text == "Words"


def test_a_row_twice_in_the_file_is_taken_once() -> None:
    reading = read_lines(HEAD, f"{ROW}Words", f"{ROW}Others", f"{ROW} Words ")
    assert [post.row for post in reading.rows] == [2, 3]
    problem = the_error(reading)
    assert (problem.row, problem.message) == (4, "It says exactly what is in row 2.")


def test_the_order_of_channels_and_the_form_of_letters_make_no_other_post() -> None:
    reading = read_lines(
        HEAD, "2026-12-24,09:00,X; Facebook,Caf\u00e9", "24.12.2026,9am,facebook|x,Cafe\u0301"
    )
    assert the_error(reading).row == 3


def test_an_id_twice_in_the_file_is_taken_once() -> None:
    reading = read_lines(f"id,{HEAD}", f"1,{ROW}Words", f"1,{ROW}Others")
    assert the_error(reading).message == "It has the same id as row 2."
    assert [post.text for post in reading.rows] == ["Words"]


def test_the_same_words_under_two_ids_are_two_posts_and_pointed_at() -> None:
    reading = read_lines(f"id,{HEAD}", f"1,{ROW}Words", f"2,{ROW}Words")
    assert [post.source_id for post in reading.rows] == ["1", "2"]
    assert warnings_of(reading)[0].message == "It says exactly what is in row 2, under another id."


def test_an_id_made_from_the_words_stays_the_same_when_rows_move() -> None:
    first = read_lines(HEAD, f"{ROW}Words", f"{ROW}Others")
    second = read_lines(
        "text,channels,time,date", "Others,Facebook,9am,24.12.2026", "", "Words,Facebook,09:00,2026-12-24"
    )
    assert {post.source_id for post in first.rows} == {post.source_id for post in second.rows}


def test_an_id_made_from_the_words_changes_with_each_of_them() -> None:
    row = {
        "date": "2026-12-24", "time": "09:00", "channels": "X", "text": "Words", "link": "https://a.org",
        "media": "a.jpg", "alt_text": "Alt", "campaign": "Autumn", "labels": "flu", "creator": "mia",
        "title": "Title", "first_comment": "Comment",
    }  # fmt: skip
    other = {"date": "2026-12-25", "time": "10:00", "link": "https://b.org"}
    rows = [row, *(row | {name: other.get(name, "Other")} for name in row)]
    reading = read_lines(",".join(row), *(",".join(changed.values()) for changed in rows))
    assert len({post.source_id for post in reading.rows}) == len(row) + 1


def test_sound_rows_are_kept_and_every_problem_is_in_the_order_of_the_file() -> None:
    reading = read_lines(
        HEAD + ",Notes", "04/05/2026,25:00,X,a", f"{ROW}fine", "24/12/2026,9:00,,=1", f"{ROW}fine too"
    )  # fmt: skip
    assert [post.text for post in reading.rows] == ["fine", "fine too"]
    assert [(problem.row, problem.column) for problem in reading.problems] == [
        (1, "Notes"), (None, "date"), (2, "time"), (4, "channels"), (4, "text"),
    ]  # fmt: skip


def test_progress_ends_at_the_number_of_rows() -> None:
    seen: list[tuple[int, int]] = []
    rows = [f"{ROW}Post {number}" for number in range(1200)]
    read_lines(HEAD, *rows, progress=lambda done, total: seen.append((done, total)))
    assert [done for done, _ in seen] == [500, 1000, 1200]
    assert all(done <= total for done, total in seen)
    assert seen[-1] == (1200, 1200)


@pytest.mark.parametrize("name", ["plan.csv", "plan.xlsx"])
def test_a_post_that_is_due_now_is_in_the_past(name: str) -> None:
    rows = [
        ["date", "time", "zone", "channels", "text"],
        ["2026-03-01", "12:00", "UTC", "X", "a"],
        ["2026-03-01", "12:01", "UTC", "X", "b"],
    ]
    data = packed(workbook(rows)) if name == "plan.xlsx" else "\n".join(map(",".join, rows)).encode()
    reading = read_bytes(data, name)
    assert the_error(reading).message == "2026-03-01 12:00 is in the past."
    assert reading.rows[0].instant == datetime(2026, 3, 1, 12, 1, tzinfo=UTC)


def test_a_problem_is_one_line_with_its_place() -> None:
    problem = the_error(read_lines(HEAD, "soon,09:00,X,a"))
    assert problem.sentence == "Row 2, column “date”: “soon” is not a date. Write the date as 2026-12-24."
    assert the_error(read_bytes(b"")).sentence.startswith("The file: The file is empty.")


SOUND = {
    "plan.csv": f"id,zone,link,media,{HEAD}\n1,Europe/Berlin,https://a.org,a.jpg,{ROW}Caf\u00e9\n".encode(),
    "plan.ics": b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:1\r\nDTSTART;TZID=Europe/Berlin:20261224T090000\r\n"
    b"DESCRIPTION:Words\r\nLOCATION:X\r\nATTACH;FILENAME=a.jpg:cid:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
    "plan.xlsx": packed(workbook([HEAD.split(","), ["2026-12-24", 0.375, "X", "Words"]])),
}


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(sorted(SOUND)), st.integers(0, 2**32))
def test_garbled_files_give_problems_and_never_a_crash(name: str, seed: int) -> None:
    chance = random.Random(seed)
    data = bytearray(SOUND[name])
    for _ in range(chance.randint(0, 12)):
        at = chance.randrange(len(data))
        data[at : at + chance.randint(0, 3)] = chance.randbytes(chance.randint(0, 3))
    found = read_bytes(bytes(data), name)
    assert found.rows or found.errors


@settings(deadline=None)
@given(
    st.text(max_size=40), st.sampled_from(["date", "time", "zone", "text", "link", "media", "alt_text", "id"])
)
def test_whatever_a_cell_holds_the_row_is_taken_or_its_column_is_named(text: str, column: str) -> None:
    row = {"date": "2026-12-24", "time": "09:00", "channels": "X", "text": "Words"} | {column: text}
    table = Table({Field(name): name for name in row}, iter(()), 1)
    entry = Entry(2, 2, {Field(name): value for name, value in row.items()})
    planned = plan(entry, table, Setting(ZoneInfo(ZONE), NOW))
    errors = {problem.column for problem in planned.problems if problem.severity == "error"}
    assert bool(planned.post) == (not errors)
    assert errors <= {column} or (column == "date" and "time" in errors)
