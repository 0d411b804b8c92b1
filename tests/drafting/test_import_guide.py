"""The page that explains importing, held to what importing does."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from drafting import reading
from drafting.columns import SYNONYMS, Field, field_of
from drafting.icsfile import SOURCES
from drafting.reading import read
from tests.drafting.calendars import ZONE, read_row

PAGE = (Path(__file__).parents[2] / "docs/guide/import.md").read_text()


def table(heading: str) -> list[list[str]]:
    """The rows of the first table under *heading*, cell by cell."""
    part = PAGE.split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    rows = [line for line in part.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in rows[2:]]


def test_the_example_imports_without_a_problem() -> None:
    found = re.search(r"```csv\n(.*?)```", PAGE, re.DOTALL)
    assert found
    example = read(found[1].encode(), "plan.csv", ZONE, now=datetime(2031, 9, 1, tzinfo=UTC))
    assert example.problems == ()
    assert [post.source_id for post in example.rows] == ["P-101", "P-102", "P-103", "P-104"]
    assert example.rows[0].text.splitlines()[0] == "Flu shots are here."


def test_the_columns_and_their_other_names_are_the_ones_we_read() -> None:
    listed = {row[0].strip("`"): tuple(row[2].split(", ")) for row in table("Columns")}
    assert listed == {field.value: SYNONYMS[field] for field in Field}
    assert all(field_of(name.upper()) is field for field in Field for name in SYNONYMS[field])


@pytest.mark.parametrize("row", table("Dates and times"), ids=lambda row: row[0])
def test_every_way_to_write_a_date_or_time_does_what_the_page_says(row: list[str]) -> None:
    for written in re.findall(r"`([^`]+)`", row[0]):
        is_time = "morning" in row[1] or written == "9"
        read = (
            read_row(time=written)
            if is_time
            else read_row(date=written, time="" if ":" in written else "9:00")
        )
        if row[1].startswith("refused"):
            assert len(read.errors) == 1
        else:
            [post] = read.rows
            assert f"{post.wall_time:%H:%M}" == "09:00"
            assert (
                is_time
                or f"{post.wall_date:%-d %B %Y}" in row[1]
                or post.wall_date.isoformat() == "2031-10-06"
            )


def test_the_properties_of_events_are_the_ones_we_read() -> None:
    named = set(re.findall(r"`([A-Z-]{3,})`", PAGE.split("## Calendar files", 1)[1]))
    assert named - {"DTSTART", "UID", "FILENAME"} == {name for names in SOURCES.values() for name in names}


def test_the_limits_are_the_ones_we_keep() -> None:
    assert f"{reading.MAX_BYTES // 1024**2} MB and {reading.MAX_ROWS:,} rows" in PAGE
