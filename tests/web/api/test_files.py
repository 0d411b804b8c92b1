"""Pictures and calendars: what comes in as a file."""

import hashlib

import pytest

from tests.web.api.world import Caller, World, done, png

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
CALENDAR = """date,time,text,channels,media,alt text
2027-03-02,09:30,Flu shots are in.,scripted 1,nurse.png,A nurse.
2027-03-03,09:30,Walk in any weekday.,scripted 1,,
"""
BROKEN = CALENDAR + "2027-03-04,09:30,To nobody.,nowhere,,\n"


def test_a_picture_comes_back_by_its_digest(author: Caller) -> None:
    made = done(author.call("POST", "/pictures", files={"file": ("nurse\x7f.png", png())}))
    assert (made["media_type"], made["width"], made["filename"]) == ("image/png", 8, "nurse.png")
    shown = author.call("GET", f"/pictures/{made['digest']}")
    assert hashlib.sha256(shown.content).hexdigest() == made["digest"]
    assert shown.headers["content-type"] == "image/png"
    assert "immutable" in shown.headers["cache-control"]


def test_a_file_that_is_no_picture_is_refused_in_a_sentence(author: Caller) -> None:
    files = {"file": ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>")}
    assert "SVG" in author.refused(422, "POST", "/pictures", files=files)["error"]
    missing = author.refused(422, "POST", "/pictures", data={"file": "words"})
    assert missing == {
        "error": "“file” is not a file. Send it as a file of a multipart form.",
        "field": "file",
    }
    author.refused(404, "GET", f"/pictures/{'0' * 64}")


def test_a_calendar_is_looked_at_then_imported_once(api: World, author: Caller) -> None:
    files = [("file", ("march.csv", CALENDAR.encode())), ("pictures", ("nurse.png", png()))]
    plan = done(author.call("POST", "/imports/check", files=files))
    assert (plan["new"], plan["unchanged"], plan["refused"]) == (2, 0, 0)
    assert plan["rows"][0]["due_at"] == "2027-03-02T14:30:00Z"
    assert author.get("/posts")["items"] == []
    first = done(author.call("POST", "/imports", files=files))
    assert first == {"created": 2, "unchanged": 0, "refused": 0}
    again = done(author.call("POST", "/imports", files=files))
    assert again == {"created": 0, "unchanged": 2, "refused": 0}
    assert len(author.get("/posts")["items"]) == 2


def test_a_row_with_an_error_stops_the_file_unless_the_others_are_wanted(api: World, author: Caller) -> None:
    files = [("file", ("march.csv", BROKEN.encode())), ("pictures", ("nurse.png", png()))]
    [problem] = done(author.call("POST", "/imports/check", files=files))["problems"]
    assert (problem["row"], problem["severity"]) == (4, "error")
    assert "nothing was imported" in author.refused(422, "POST", "/imports", files=files)["error"]
    result = done(author.call("POST", "/imports", files=files, data={"valid_rows": "true"}))
    assert result == {"created": 2, "unchanged": 0, "refused": 1}
