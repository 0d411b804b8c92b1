"""Excel workbooks, read row by row. Formulas are seen as formulas, never as what they last showed."""

import io
import posixpath
import re
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, time, timedelta
from itertools import count, islice

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
_PEEK = 200  # rows in which a sheet shows whether it is the calendar
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_MERGED = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z0-9:]+)"')


def read_xlsx(data: bytes) -> Table:
    """The rows of the workbook's calendar sheet; raises Unreadable."""
    with _foreign_bytes():
        _check_archive(data)
        workbook = load_workbook(io.BytesIO(data), read_only=True, keep_links=False)
    sheet, others = _choose(workbook)
    rows = _rows(sheet)
    table = tabulate(rows, estimate=sheet.max_row or 0, problems=tuple(map(_unread, others)))
    with _foreign_bytes():
        merged = tuple(_merged(data, sheet.title))
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


def _choose(workbook: Workbook) -> tuple[Worksheet, list[str]]:
    """The visible sheet with the most columns that we know, and the names of others that hold something."""
    visible = [sheet for sheet in workbook.worksheets if sheet.sheet_state == "visible"]
    scores = [(_score(sheet), -place, sheet) for place, sheet in enumerate(visible)]
    filled = [scored for scored in scores if scored[0] >= 0]
    if not filled:
        raise Unreadable("The workbook is empty.", "Add a row of column names and a row for each post.")
    best = max(filled, key=lambda scored: scored[:2])
    return best[2], [sheet.title for score, _, sheet in filled if sheet is not best[2]]


def _score(sheet: Worksheet) -> int:
    """How many of our columns the sheet names near its top; -1 for an empty sheet."""
    rows = [row.cells for row in islice(_rows(sheet), _PEEK) if not all(map(is_blank, row.cells))]
    return max((len(known_fields(cells)) for cells in rows), default=-1)


def _unread(title: str) -> Problem:
    return Problem(
        message=f'The sheet "{title}" was not read: only one sheet of a workbook is.',
        fix="Move its rows to the first sheet, or save it as a workbook of its own.",
        severity="warning",
    )


def _rows(sheet: Worksheet) -> Iterator[RawRow]:
    # Without bounds of ours the sheet's own, which any program may have written wrong, would cut rows off.
    rows = iter(sheet.iter_rows(max_row=_MAX_ROW, max_col=_MAX_COLUMN))
    for number in count(1):
        with _foreign_bytes():
            cells = next(rows, None)
        if cells is None:
            return
        yield RawRow(number, number, [_cell(cell.value, cell.data_type == "f") for cell in cells])


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
