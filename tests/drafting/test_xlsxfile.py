"""Excel workbooks as Excel and people make them."""

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import pytest
from openpyxl import load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904
from openpyxl.worksheet.formula import ArrayFormula

from drafting import xlsxfile
from drafting.planned import Reading
from tests.drafting.calendars import (
    only,
    packed,
    read_bytes,
    read_row,
    the_error,
    warnings_of,
    workbook,
)

HEAD = ["Date", "Time", "Channels", "Text"]
ROW = [date(2026, 12, 24), time(9), "Facebook", "Flu shots are here."]


def read_rows(*rows: list[object], head: list[str] = HEAD) -> Reading:
    return read_bytes(packed(workbook([head, *rows])), "plan.xlsx")


def repacked(data: bytes, change: Callable[[str, bytes], bytes]) -> bytes:
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            after.writestr(name, change(name, before.read(name)))
    return out.getvalue()


@pytest.mark.parametrize(
    "day", [date(2026, 12, 24), datetime.fromisoformat("2026-12-24"), 46380, "2026-12-24"]
)
@pytest.mark.parametrize("clock", [time(9), 0.375, "09:00", "9am", timedelta(hours=9)])
def test_dates_and_times_are_read_as_excel_keeps_them(day: object, clock: object) -> None:
    post = only(read_rows([day, clock, "X", "Words"]))
    assert (post.wall_date, post.wall_time) == (date(2026, 12, 24), time(9))


def test_one_cell_may_hold_date_and_time() -> None:
    moment = datetime.fromisoformat("2026-12-24 09:30")
    assert only(read_rows([moment, None, "X", "Words"])).wall_time == time(9, 30)
    assert only(read_rows([moment, "X", "Words"], head=["Date", "Channels", "Text"])).wall_time == time(9, 30)


def test_a_workbook_from_an_old_mac_counts_its_days_from_1904() -> None:
    book = workbook([HEAD])
    book.epoch = CALENDAR_MAC_1904
    assert book.active is not None
    book.active.append(ROW)
    assert only(read_bytes(packed(book), "plan.xlsx")).wall_date == date(2026, 12, 24)


def test_the_same_row_has_the_same_id_in_every_format() -> None:
    of_csv = only(read_row(text="Flu shots are here.", link="https://example.org"))
    of_xlsx = only(read_rows([*ROW, "https://example.org"], head=[*HEAD, "Link"]))
    assert of_xlsx.source_id == of_csv.source_id


def test_numbers_in_columns_of_words_are_written_as_people_see_them() -> None:
    post = only(read_rows([*ROW[:3], 2026, 17.0], head=[*HEAD, "id"]))
    assert (post.text, post.source_id) == ("2026", "17")


@pytest.mark.parametrize(
    "formula", ["=A1", '=HYPERLINK("https://example.org")', ArrayFormula("D2:D2", "=A1&B1")]
)
def test_formulas_are_reported_and_never_read(formula: object) -> None:
    problem = the_error(read_rows([*ROW[:3], formula]))
    assert (problem.row, problem.column) == (2, "Text")
    assert "holds a formula" in problem.message


def test_a_formula_for_the_date_is_reported_too() -> None:
    assert the_error(read_rows(["=TODAY()+1", *ROW[1:]])).column == "Date"


def test_text_that_looks_like_a_formula_is_refused_as_in_any_file() -> None:
    book = workbook([HEAD, ROW])
    cell = book.worksheets[0]["D2"]
    cell.value, cell.data_type = "=cmd|' /C calc'!A0", "s"
    assert "would run" in the_error(read_bytes(packed(book), "plan.xlsx")).message


def test_a_spreadsheets_error_is_refused() -> None:
    assert "error #N/A" in the_error(read_rows([*ROW[:3], "#N/A"])).message


def test_excels_own_escapes_become_what_they_stand_for() -> None:
    assert only(read_rows([*ROW[:3], "One_x000D_\nTwo"])).text == "One\nTwo"
    assert "control character" in the_error(read_rows([*ROW[:3], "One_x0000_"])).message


def test_empty_rows_are_left_out_and_counted() -> None:
    reading = read_rows([None] * 4, ROW, ["", " ", None, None], [*ROW[:3], "Another"], [None] * 4)
    assert [post.row for post in reading.rows] == [3, 5]
    assert reading.problems == ()


def test_rows_beyond_what_the_sheet_says_of_itself_are_read() -> None:
    data = packed(workbook([HEAD, ROW, [*ROW[:3], "Another"]]))
    small = repacked(data, lambda _, part: part.replace(b'<dimension ref="A1:D3"', b'<dimension ref="A1:B2"'))
    assert small != data
    assert len(read_bytes(small, "plan.xlsx").rows) == 2


def test_rows_that_a_sheet_skips_by_the_million_are_not_walked() -> None:
    data = packed(workbook([HEAD, ROW, [*ROW[:3], "Another"]]))
    far = repacked(data, lambda _, part: part.replace(b'<row r="3"', b'<row r="2000000000"'))
    assert only(read_bytes(far, "plan.xlsx")).row == 2


def test_a_heading_over_merged_cells_may_stand_above_the_names() -> None:
    book = workbook([["Content calendar"], [], HEAD, ROW])
    book.worksheets[0].merge_cells("A1:D1")
    reading = read_bytes(packed(book), "plan.xlsx")
    assert only(reading).row == 4
    assert reading.problems == ()


def test_cells_merged_over_rows_are_pointed_at() -> None:
    book = workbook([[*HEAD, "Campaign"], [*ROW, "Autumn"], [*ROW[:3], "Another", None]])
    book.worksheets[0].merge_cells("E2:E3")
    reading = read_bytes(packed(book), "plan.xlsx")
    [warning] = warnings_of(reading)
    assert warning.row == 2
    assert "The cells E2:E3 are merged" in warning.message
    assert [post.campaign for post in reading.rows] == ["Autumn", ""]


def test_the_calendars_sheet_is_found_and_the_others_are_said() -> None:
    book = workbook([["Notes"], ["Remember the flu week"]])
    for row in (HEAD, ROW):
        book.create_sheet("Plan") if "Plan" not in book.sheetnames else None
        book["Plan"].append(row)
    book.create_sheet("Empty")
    hidden = book.create_sheet("Old")
    hidden.append(HEAD)
    hidden.sheet_state = "hidden"
    reading = read_bytes(packed(book), "plan.xlsx")
    assert only(reading).row == 2
    assert [problem.message for problem in warnings_of(reading)] == [
        "The sheet “Sheet” was not read: only one sheet of a workbook is."
    ]


def test_an_empty_workbook_is_refused() -> None:
    assert the_error(read_bytes(packed(workbook([])), "plan.xlsx")).message == "The workbook is empty."


def test_a_note_beside_the_columns_is_no_error() -> None:
    assert only(read_rows([*ROW, "a note to myself"])).text == ROW[3]


def bomb(parts: int, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(parts):
            archive.writestr(f"xl/media/{number}", bytes(size))
    return out.getvalue()


@pytest.mark.parametrize(("parts", "size"), [(3, 1024**2), (3000, 1)])
def test_a_workbook_that_unpacks_to_too_much_is_refused_unopened(
    monkeypatch: pytest.MonkeyPatch, parts: int, size: int
) -> None:
    monkeypatch.setattr(xlsxfile, "_MAX_UNPACKED", 2 * 1024**2)
    assert "too much" in the_error(read_bytes(bomb(parts, size), "plan.xlsx")).message


def test_entities_that_multiply_are_refused() -> None:
    laughs = b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'

    def with_entities(name: str, part: bytes) -> bytes:
        return laughs + part.replace(b"Flu", b"&b;") if b"Flu" in part else part

    data = repacked(packed(workbook([HEAD, ROW])), with_entities)
    assert "damaged" in the_error(read_bytes(data, "plan.xlsx")).message


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.95])
def test_a_damaged_workbook_is_refused_in_a_sentence(kept: float) -> None:
    data = packed(workbook([HEAD, ROW]))
    assert "damaged" in the_error(read_bytes(data[: int(len(data) * kept)], "plan.xlsx")).message


def test_damage_inside_a_sheet_is_refused_in_a_sentence() -> None:
    def break_row(name: str, part: bytes) -> bytes:
        return part.replace(b"</row>", b"</rwo>") if "sheet1" in name else part

    data = repacked(packed(workbook([HEAD, ROW])), break_row)
    assert "damaged" in the_error(read_bytes(data, "plan.xlsx")).message


def test_an_archive_that_is_no_workbook_is_refused() -> None:
    assert "not an Excel workbook" in the_error(read_bytes(bomb(1, 10), "plan.xlsx")).message


def as_excel_writes(data: bytes) -> bytes:
    """The same workbook with its texts in a part of their own, as Excel keeps them."""
    texts: list[bytes] = []

    def share(found: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + found[1] + b"</si>")
        return b't="s"><v>%d</v></c>' % (len(texts) - 1)

    def change(name: str, part: bytes) -> bytes:
        if name == "[Content_Types].xml":
            return part.replace(b"</Types>", SHARED_TYPE + b"</Types>")
        return re.sub(rb't="inlineStr"><is>(.*?)</is></c>', share, part)

    out = io.BytesIO(repacked(data, change))
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr(
            "xl/sharedStrings.xml",
            b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            + b"".join(texts)
            .replace(b"<t>Flu", b"<r><rPr><b/></rPr><t>Fl</t></r><r><t>u")
            .replace(b" are here.</t>", b" are here.</t></r>")
            + b"</sst>",
        )
    return out.getvalue()


SHARED_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType='
    b'"application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/>'
)


def test_what_excel_saves_reads_the_same() -> None:
    data = packed(workbook([HEAD, ROW]))
    assert read_bytes(as_excel_writes(data), "plan.xlsx") == read_bytes(data, "plan.xlsx")
    again = packed(load_workbook(io.BytesIO(data)))
    assert read_bytes(again, "plan.xlsx") == read_bytes(data, "plan.xlsx")


def test_a_sheet_longer_than_one_batch_is_read_whole() -> None:
    rows = [[*ROW[:3], f"Post {number}"] for number in range(xlsxfile._BATCH * 2 + 1)]
    assert [post.text for post in read_rows(*rows).rows] == [row[3] for row in rows]
