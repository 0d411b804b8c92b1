"""A calendar as rows and columns, before anybody has asked what the cells mean."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice

from drafting.columns import Columns, Field, field_of, match_columns
from drafting.planned import Problem, Unit, Unreadable

_HEADER_WITHIN = 10  # rows with something in them, so that a heading may stand above the columns' names


@dataclass(frozen=True)
class Formula:
    """A cell that a spreadsheet works out. What it would show is not what a person wrote."""

    text: str


Cell = str | int | float | bool | datetime | date | time | timedelta | Formula | None


@dataclass(frozen=True)
class RawRow:
    """One row as the format gave it."""

    row: int
    line: int
    cells: Sequence[Cell]


@dataclass(frozen=True)
class Entry:
    """One row by field. Fields without a value may be left out."""

    row: int
    line: int
    cells: Mapping[Field, Cell]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Table:
    """What a format's reader hands over. `entries` may be walked once and may raise Unreadable on the way."""

    headers: Mapping[Field, str]
    entries: Iterator[Entry]
    estimate: int  # how many entries there are, roughly
    problems: tuple[Problem, ...] = ()
    unit: Unit = "row"


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def as_text(cell: Cell) -> str:
    """What the cell says, a whole number without its decimal point."""
    match cell:
        case None:
            return ""
        case float() if cell.is_integer():
            return str(int(cell))
        case Formula():
            return cell.text
        case _:
            return str(cell)


def tabulate(
    rows: Iterator[RawRow], estimate: int, problems: tuple[Problem, ...] = (), spill_fix: str = ""
) -> Table:
    """The rows by field, once the row with the columns' names is found; blank rows are left out.

    With *spill_fix*, a value in a column that has no name is an error, and this is how to mend it.
    Raises Unreadable when there is no such row, or nothing below it.
    """
    filled = (row for row in rows if not all(map(is_blank, row.cells)))
    head = list(islice(filled, _HEADER_WITHIN))
    at = _header_at(head)
    columns = match_columns([as_text(cell) for cell in head[at].cells], head[at].row)
    body = chain(head[at + 1 :], filled)
    problems += columns.problems
    if any(problem.severity == "error" for problem in problems):
        return Table(columns.headers, iter(()), 0, problems)
    first = next(body, None)
    if first is None:
        raise Unreadable("The file has column names and no rows.", "Add a row for each post below them.")
    width = len(head[at].cells)
    nameless = [place for place, cell in enumerate(head[at].cells) if is_blank(cell)]
    entries = (
        _entry(row, columns, spill_fix if _spills(row.cells, width, nameless) else "")
        for row in chain([first], body)
    )
    return Table(columns.headers, entries, estimate, problems)


def _header_at(head: Sequence[RawRow]) -> int:
    """Where in *head* the columns' names stand: the first row with two names that we know, else with one."""
    if not head:
        raise Unreadable(
            "The file is empty.", "Choose a file with a row of column names and a row for each post."
        )
    known = [len(known_fields(row.cells)) for row in head]
    for enough in (2, 1):
        for at, count in enumerate(known):
            if count >= enough:
                return at
    raise Unreadable(
        "None of the columns has a known name.",
        "Begin with a row of names, for example date, time, channels, text.",
        row=head[0].row,
    )


def known_fields(cells: Sequence[Cell]) -> set[Field]:
    """The fields that *cells* name, if they are column names."""
    found = (field_of(cell) for cell in cells if isinstance(cell, str))
    return {field for field in found if field}


def _entry(row: RawRow, columns: Columns, spill_fix: str) -> Entry:
    cells = {field: row.cells[place] for field, place in columns.places.items() if place < len(row.cells)}
    return Entry(row.row, row.line, cells, (_spill(row, spill_fix),) if spill_fix else ())


def _spills(cells: Sequence[Cell], width: int, nameless: Sequence[int]) -> bool:
    """Whether a value stands beyond the columns' names, or in a column without one."""
    beyond = chain(cells[width:], (cells[place] for place in nameless if place < len(cells)))
    return not all(map(is_blank, beyond))


def _spill(row: RawRow, fix: str) -> Problem:
    return Problem(row=row.row, message="This row has more values than there are column names.", fix=fix)
