"""Content calendars as people make them, and what reading them gives."""

import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from openpyxl import Workbook

from drafting.planned import PlannedPost, Problem, Reading
from drafting.reading import read

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ZONE = "America/New_York"


def read_bytes(data: bytes, name: str = "plan.csv", **options: Any) -> Reading:
    return read(data, name, ZONE, now=NOW, **options)


def read_lines(*lines: str, **options: Any) -> Reading:
    return read_bytes("\n".join(lines).encode(), **options)


def read_row(**cells: str) -> Reading:
    """One sound row of a CSV file with *cells* laid over it."""
    row = {
        "date": "2026-12-24",
        "time": "09:00",
        "channels": "Facebook",
        "text": "Flu shots are here.",
    } | cells
    return read_lines(";".join(row), ";".join(f'"{value}"' for value in row.values()))


def only(reading: Reading) -> PlannedPost:
    """The one post of a reading without errors."""
    assert reading.errors == ()
    assert len(reading.rows) == 1
    return reading.rows[0]


def the_error(reading: Reading) -> Problem:
    """The one error of a reading."""
    assert len(reading.errors) == 1, [problem.sentence for problem in reading.problems]
    return reading.errors[0]


def warnings_of(reading: Reading) -> list[Problem]:
    return [problem for problem in reading.problems if problem.severity == "warning"]


def workbook(rows: Iterable[Sequence[object]]) -> Workbook:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    return book


def packed(book: Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()
