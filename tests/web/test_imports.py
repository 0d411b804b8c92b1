"""Bringing a content calendar in, in two steps."""

import csv
import io
import re
from datetime import timedelta

import httpx
from PIL import Image

from tests.support.desk import Desk, Visit

SOUND = "P-1,2027-04-06,09:00,scripted 1,Flu week opens,Flu shots are here.,,,"
NO_CHANNEL = "P-2,2027-04-07,09:00,Instagam,Meet the team,In early.,,,"
TWICE = "P-3,2027-11-07,01:30,scripted 1,Clocks,Sleep well.,,,"
PICTURED = "P-4,2027-04-08,09:00,scripted 1,Desk,Our desk.,desk.png,Two people at a desk.,"
HEAD = "id,date,time,channels,title,text,media,alt_text,creator"


def sent(visit: Visit, *rows: str, pictures: tuple[str, ...] = ()) -> httpx.Response:
    """A calendar of these rows, and pictures of these names, as a browser sends them."""
    files = [("calendar", ("plan.csv", "\n".join((HEAD, *rows)).encode()))]
    files += [("pictures", (name, _picture())) for name in pictures]
    return visit.post("/import", files=files)


def _picture() -> bytes:
    data = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(data, "PNG")
    return data.getvalue()


def titles(desk: Desk) -> list[str]:
    with desk.practice.house.database.read() as work:
        return sorted(post.title for post in work.practice(desk.practice.id).posts.list())


def test_a_look_shows_every_problem_by_row_and_column_and_imports_nothing(on_both: Desk) -> None:
    visit = on_both.visit(on_both.practice.author)
    page = visit.get(sent(visit, SOUND, NO_CHANNEL, TWICE).headers["location"]).text
    assert "One post is ready to import. Two rows have a problem." in page
    problems = re.findall(r'data-label="Row">(\d+)</td><td><b>(\w+)</b>', page)
    assert problems == [("3", "channels"), ("4", "time")]
    assert "Did you mean" in page or "There are: “scripted 1”" in page
    assert "Write “01:30 EDT” for the first" in page
    assert titles(on_both) == []


def test_the_valid_rows_are_imported_and_the_others_left_out(on_both: Desk) -> None:
    visit = on_both.visit(on_both.practice.author)
    where = sent(visit, SOUND, NO_CHANNEL).headers["location"]
    done = visit.post(where, {"rows": "valid"})
    assert done.headers["location"] == "/calendar?at=2027-04-06"
    assert titles(on_both) == ["Flu week opens"]
    assert "1 row was left out" in visit.get("/calendar?at=2027-04-06").text


def test_all_or_nothing_stays_nothing_while_a_row_has_a_problem(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    where = sent(visit, SOUND, NO_CHANNEL).headers["location"]
    refused = visit.post(where, {"rows": "all"})
    assert refused.status_code == 422
    assert "nothing was imported" in refused.text
    assert titles(on_sqlite) == []


def test_pictures_come_along_by_their_names(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    where = sent(visit, PICTURED, pictures=("desk.png",)).headers["location"]
    assert "Import 1 post" in visit.get(where).text
    visit.post(where, {"rows": "all"})
    library = visit.get("/library").text
    assert "desk.png" in library and "Two people at a desk." in library


def test_the_same_file_again_changes_nothing(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    visit.post(sent(visit, SOUND).headers["location"], {"rows": "all"})
    page = visit.get(sent(visit, SOUND).headers["location"]).text
    assert "No posts are ready to import. One row was imported before" in page
    assert titles(on_sqlite) == ["Flu week opens"]


def test_the_files_wait_for_nobody_else_and_not_for_ever(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    where = sent(visit, SOUND).headers["location"]
    assert on_sqlite.visit(on_sqlite.practice.admin).get(where).status_code == 422
    on_sqlite.clock.advance(timedelta(minutes=61))
    late = visit.get(where)
    assert late.status_code == 422
    assert "Choose them again" in late.text


def test_a_file_that_is_no_calendar_says_so(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    answer = visit.post("/import", files=[("calendar", ("plan.csv", b"%PDF-1.7 no calendar"))])
    page = visit.get(answer.headers["location"]).text
    assert "The file cannot be used as it is." in page
    assert "holds a PDF" in page


def test_no_file_is_asked_for_again(on_sqlite: Desk) -> None:
    answer = on_sqlite.visit(on_sqlite.practice.author).post("/import", files=[("pictures", ("", b""))])
    assert answer.status_code == 422
    assert "No calendar was chosen" in answer.text


def test_the_calendar_to_begin_with_can_be_imported(on_sqlite: Desk) -> None:
    visit = on_sqlite.visit(on_sqlite.practice.author)
    example = visit.get("/import/example.csv")
    rows = list(csv.DictReader(io.StringIO(example.text)))
    assert rows[0]["channels"] == "scripted 1; scripted 2"
    answer = visit.post("/import", files=[("calendar", ("calendar.csv", example.content))])
    assert "One post is ready to import." in visit.get(answer.headers["location"]).text
