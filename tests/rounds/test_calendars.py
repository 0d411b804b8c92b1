"""Importing a content calendar, typed."""

from pathlib import Path

import pytest

from tests.rounds.conftest import Office

HEAD = "Date,Time,Channel,Text\n"
GOOD = "2127-06-01,09:30,News,Good words.\n"
BAD = "2127-02-30,09:30,News,A day that is not there.\n2127-06-02,09:30,Neews,An unknown channel.\n"


@pytest.fixture
def calendar(tmp_path: Path) -> Path:
    place = tmp_path / "calendar.csv"
    place.write_text(HEAD + GOOD + BAD, encoding="utf-8")
    return place


def test_a_look_changes_nothing_and_names_every_problem_by_row_and_column(
    office: Office, calendar: Path
) -> None:
    result = office.as_("author").run("import", str(calendar), "--json")
    assert result.exit_code == 1
    told = office.as_("author").run("import", str(calendar)).stdout
    for words in ("2127-02-30", "Did you mean “News”?", "2 problems", "Nothing was changed."):
        assert words in " ".join(told.split())
    assert '"row": 3' in result.stdout
    assert '"row": 4' in result.stdout
    assert office.as_("author").json("post", "list") == []


def test_a_file_with_problems_is_taken_whole_or_not_at_all(office: Office, calendar: Path) -> None:
    result = office.as_("author").run("import", str(calendar), "--apply")
    assert result.exit_code == 1
    assert "Nothing was imported. Mend the file, or add --valid-rows." in result.stdout
    done = office.as_("author").json("import", str(calendar), "--apply", "--valid-rows")
    assert (done["created"], done["refused"]) == (1, 2)
    [post] = office.as_("author").json("post", "list")
    assert (post["title"], post["due_at"]) == ("Good words.", "2127-06-01T13:30:00+00:00")


def test_the_same_file_twice_changes_nothing(office: Office, tmp_path: Path) -> None:
    place = tmp_path / "calendar.csv"
    place.write_text(HEAD + GOOD, encoding="utf-8")
    assert office.as_("author").json("import", str(place), "--apply")["created"] == 1
    again = office.as_("author").json("import", str(place), "--apply")
    assert (again["created"], again["unchanged"]) == (0, 1)


def test_a_file_far_too_large_is_refused_before_it_is_read(office: Office, tmp_path: Path) -> None:
    place = tmp_path / "calendar.csv"
    with place.open("wb") as file:
        file.truncate(200 * 1024**2)
    result = office.as_("author").run("import", str(place), "--apply", "--valid-rows")
    assert "200 MB" in " ".join(result.stdout.split())
    assert office.as_("author").json("post", "list") == []


def test_a_file_that_is_not_there_is_said_plainly(office: Office, tmp_path: Path) -> None:
    result = office.as_("author").run("import", str(tmp_path / "none.csv"))
    assert result.exit_code == 1
    assert "The file is not there." in " ".join(result.stdout.split())
