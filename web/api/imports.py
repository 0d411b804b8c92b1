"""Bringing a content calendar in: look first, then all or nothing."""

from typing import Annotated, Literal

from fastapi import File, Form, UploadFile
from pydantic import Field

from drafting import reading
from drafting.importing import Plan, upload_source
from web.access import House
from web.api.door import MEGABYTE, Asking, CalendarDoor, section
from web.api.pictures import file_name
from web.api.shapes import Fingerprint, Instant, Shape

TOPIC = "Imports"
DESCRIPTION = "A content calendar as .csv, .xlsx or .ics: look first, then all or nothing."
SHOWN = 200  # rows and problems told in one answer; the counts are of all

CalendarFile = Annotated[UploadFile, File(description="The calendar: .csv, .xlsx or .ics.")]
PictureFiles = Annotated[
    list[UploadFile] | None,
    File(description=f"Pictures that the calendar names; {reading.MAX_BYTES // MEGABYTE} MB with it."),
]
ValidRows = Annotated[bool, Form(description="Import the sound rows although others have errors.")]


class Problem(Shape):
    """One thing to mend."""

    severity: Literal["error", "warning"] = Field(
        description="An error keeps its row out, a warning doesn't."
    )
    row: int | None = Field(description="As the spreadsheet counts; null: the file as a whole.")
    column: str | None = Field(description="The column's own header.")
    message: str
    fix: str


class PlannedRow(Shape):
    """One post that the file holds."""

    row: int = Field(examples=[2])
    title: str
    text: str
    due_at: Instant
    channels: int = Field(description="On how many channels.", examples=[2])
    known: bool = Field(description="It was imported before, so it stays as it is.")


class ImportPlan(Shape):
    """What an import would do."""

    filename: str = Field(examples=["march.xlsx"])
    digest: Fingerprint
    new: int = Field(description="How many posts it would create.", examples=[12])
    unchanged: int = Field(description="How many rows were imported before.", examples=[0])
    refused: int = Field(description="How many rows have errors.", examples=[1])
    rows: list[PlannedRow] = Field(description=f"The first {SHOWN} sound rows.")
    problems: list[Problem] = Field(description=f"The first {SHOWN} problems.")


class Imported(Shape):
    """What an import did."""

    created: int = Field(examples=[12])
    unchanged: int = Field(examples=[0])
    refused: int = Field(examples=[1])


router = section(TOPIC, CalendarDoor)


@router.post("/imports/check", summary="Check a calendar")
def check_calendar(
    house: House, asking: Asking, file: CalendarFile, pictures: PictureFiles = None
) -> ImportPlan:
    """The dry run: every row and every problem. Nothing is stored."""
    plan = _plan(house, asking, file, pictures)
    return ImportPlan(
        filename=plan.filename,
        digest=plan.digest,
        new=len(plan.new_rows),
        unchanged=len(plan.rows) - len(plan.new_rows),
        refused=plan.refused_rows,
        rows=[
            PlannedRow(
                row=row.planned.row,
                title=row.planned.title,
                text=row.planned.text,
                due_at=row.planned.instant,
                channels=len(row.post.channels),
                known=row.known,
            )
            for row in plan.rows[:SHOWN]
        ],
        problems=[Problem.model_validate(problem) for problem in plan.problems[:SHOWN]],
    )


@router.post("/imports", status_code=201, summary="Import a calendar")
def import_calendar(
    house: House,
    asking: Asking,
    file: CalendarFile,
    pictures: PictureFiles = None,
    valid_rows: ValidRows = False,
) -> Imported:
    """Creates the drafts in one go. The same file again changes nothing."""
    plan = _plan(house, asking, file, pictures)
    result = house.importing.apply(asking, plan, valid_rows=valid_rows)
    return Imported(created=result.created, unchanged=result.unchanged, refused=result.refused)


def _plan(house: House, asking: Asking, file: UploadFile, pictures: list[UploadFile] | None) -> Plan:
    sent = {file_name(each): each.file.read() for each in pictures or ()}
    return house.importing.look(asking, file.file.read(), file_name(file), upload_source(sent))
