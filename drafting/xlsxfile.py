"""Excel workbooks, read row by row. Formulas are seen as formulas, never as what they last showed."""

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from itertools import islice

from defusedxml import ElementTree
from openpyxl import Workbook, load_workbook
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.worksheet import Worksheet

from drafting.planned import Problem, Unreadable
from drafting.table import Cell, Formula, RawRow, Table, is_blank, known_fields, tabulate

_MAX_UNPACKED = 250 * 1024 * 1024  # bytes; a workbook at our limit of rows unpacks to half of it
_MAX_PARTS = 2_000
_MAX_ROW = 1_048_576  # Excel's own
_MAX_COLUMN = 256
_BATCH = 100  # rows
_PEEK = 200  # rows in which a sheet shows whether it is the calendar
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]+)"')


def read_xlsx(data: bytes) -> Table:
    """The rows of the workbook's calendar sheet; raises Unreadable."""
    with _foreign_bytes():
        _check_archive(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    seen, others = _choose(workbook)
    rows = _rows(seen.sheet, seen.width)
    table = tabulate(rows, estimate=seen.sheet.max_row or 0, problems=tuple(map(_unread, others)))
    with _foreign_bytes():
        merged = tuple(_merged(data, seen.sheet.title))
    return replace(table, problems=(*table.problems, *merged))


@contextmanager
def _foreign_bytes() -> Iterator[None]:
    """Strangers chose these bytes, and the library lets out whatever trips over them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about colours, charts and lists, none of which we read
        try:
            yield
        except Unreadable:
            raise
        except Exception as fault:
            raise Unreadable(
                "The workbook is damaged and can't be read.", "Open it in Excel and save it again as .xlsx."
            ) from fault


def _check_archive(data: bytes) -> None:
    """Refuses, before anything is unpacked, what is no workbook or would not fit in memory."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    if unpacked > _MAX_UNPACKED or len(parts) > _MAX_PARTS:
        raise Unreadable(
            f"The workbook unpacks to {unpacked / 1024**2:,.0f} MB in {len(parts):,} parts: too much.",
            "Split it into smaller files, and leave pictures out of it.",
        )
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise Unreadable("The file is an archive, not an Excel workbook.", "Save it as .xlsx, .csv or .ics.")


@dataclass(frozen=True)
class _Sheet:
    """A sheet and what its first rows show: how many of our columns, and how many columns in all."""

    sheet: Worksheet
    known: int
    width: int


def _choose(workbook: Workbook) -> tuple[_Sheet, list[str]]:
    """The visible sheet with the most columns that we know, and the names of others that hold something."""
    visible = [_peek(sheet) for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    filled = [seen for seen in visible if seen.width]
    if not filled:
        raise Unreadable("The workbook is empty.", "Add a row of column names and a row for each post.")
    best = max(filled, key=lambda seen: seen.known)  # the first of equals
    return best, [seen.sheet.title for seen in filled if seen is not best]


def _peek(sheet: Worksheet) -> _Sheet:
    rows = [row.cells for row in islice(_rows(sheet, _MAX_COLUMN), _PEEK)]
    filled = [place for cells in rows for place, cell in enumerate(cells, start=1) if not is_blank(cell)]
    known = max((len(known_fields(cells)) for cells in rows), default=0)
    return _Sheet(sheet, known, max(filled, default=0))


def _unread(title: str) -> Problem:
    return Problem(
        message=f"The sheet “{title}” was not read: only one sheet of a workbook is.",
        fix="Move its rows to the first sheet, or save it as a workbook of its own.",
        severity="warning",
    )


def _rows(sheet: Worksheet, width: int) -> Iterator[RawRow]:
    # Without bounds of ours the sheet's own, which any program may have written wrong, would cut rows off.
    rows = enumerate(sheet.iter_rows(max_row=_MAX_ROW, max_col=width), start=1)
    while True:
        with _foreign_bytes():
            batch = list(islice(rows, _BATCH))
        for number, cells in batch:
            yield RawRow(number, number, [_cell(cell.value, cell.data_type == "f") for cell in cells])
        if len(batch) < _BATCH:
            return


def _cell(value: object, is_formula: bool) -> Cell:
    if is_formula:
        return Formula(str(getattr(value, "text", value)))
    match value:
        case str():
            return unescape(value)
        case None | int() | float() | date() | time() | timedelta():
            return value
        case _:
            return str(value)


def _merged(data: bytes, title: str) -> list[Problem]:
    """A remark when cells of several rows are merged, of which only the first has the value."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        ranges = _MERGED.findall(archive.read(_path(archive, title)))
    spans = [(range_boundaries(name.decode()), name.decode()) for name in ranges]
    tall = [(bounds, name) for bounds, name in spans if bounds[1] != bounds[3]]
    if not tall:
        return []
    (_, first, _, _), name = tall[0]
    more = f" and {len(tall) - 1} more places" if len(tall) > 1 else ""
    return [
        Problem(
            row=first,
            message=f"The cells {name}{more} are merged, and only the first row of each has the value.",
            fix="Unmerge them and fill in every row.",
            severity="warning",
        )
    ]


def _path(archive: zipfile.ZipFile, title: str) -> str:
    """Where in the archive the sheet of this title is."""
    sheets = ElementTree.fromstring(archive.read("xl/workbook.xml")).iter()
    relation = next(sheet.get(_RELATION) for sheet in sheets if sheet.get("name") == title)
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels")).iter()
    target = next(link.get("Target", "") for link in links if link.get("Id") == relation)
    return posixpath.join("xl", target).removeprefix("/")
