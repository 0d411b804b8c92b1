"""The door for content calendars: a spreadsheet or a calendar file in, planned posts and problems out.

Nothing is stored and nothing is guessed. A row with an error is left out and named; a file that can't be read
to its end gives no rows at all.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time
from pathlib import Path, PurePath
from zoneinfo import ZoneInfo

from drafting.columns import Field
from drafting.csvfile import read_csv
from drafting.dates import Order, is_ambiguous, order_of
from drafting.icsfile import read_ics
from drafting.planned import PlannedPost, Problem, Reading, Unit, Unreadable
from drafting.rows import Planned, Setting, plan
from drafting.table import Cell, Entry, Table
from drafting.xlsxfile import read_xlsx

MAX_ROWS = 100_000
MAX_BYTES = 50 * 1024 * 1024
_PROGRESS_EVERY = 500  # rows

Progress = Callable[[int, int], None]

_READERS: Mapping[str, Callable[[bytes], Table]] = {"csv": read_csv, "xlsx": read_xlsx, "ics": read_ics}
_KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".xlsx": "xlsx", ".ics": "ics"}
_KIND_NAMES = {"csv": "delimited text", "xlsx": "an Excel workbook", "ics": "a calendar file"}


def read(
    source: Path | bytes,
    filename: str,
    practice_zone: str,
    *,
    now: datetime,
    default_time: time | None = None,
    progress: Progress | None = None,
) -> Reading:
    """Every planned post in a .csv, .xlsx or .ics file, and every problem.

    *filename* is the name a person knows the file by. Rows without a zone are in *practice_zone* (IANA), rows
    without a time are refused or at *default_time*. *progress* is called with the number of rows done and of
    all rows, which is an estimate until the end.
    """
    setting = Setting(ZoneInfo(practice_zone), now, default_time)
    try:
        kind = _kind(filename)
        data = _load(source)
        _check_content(kind, data, filename)
        return _Desk(_READERS[kind](data), setting, progress).reading()
    except Unreadable as fault:
        return Reading(problems=(fault.problem,))


def _kind(filename: str) -> str:
    suffix = PurePath(filename).suffix.casefold()
    if kind := _KINDS.get(suffix):
        return kind
    named = f"A {suffix} file" if suffix else "A file without an ending in its name"
    raise Unreadable(f"{named} is not a calendar we read.", "Save it as .xlsx, .csv or .ics.")


def _load(source: Path | bytes) -> bytes:
    """The whole file, once its size is known to be bearable."""
    if isinstance(source, Path) and not source.is_file():
        raise Unreadable("The file is not there.", "Choose it again.")
    size = len(source) if isinstance(source, bytes) else source.stat().st_size
    if size > MAX_BYTES:
        raise Unreadable(
            f"The file has {size / 1024**2:,.0f} MB, and {MAX_BYTES // 1024**2} MB is the most.",
            "Split it into smaller files, and leave pictures out of it.",
        )
    if size == 0:
        raise Unreadable(
            "The file is empty.", "Choose a file with a row of column names and a row for each post."
        )
    return source if isinstance(source, bytes) else source.read_bytes()


def _check_content(kind: str, data: bytes, filename: str) -> None:
    """The first bytes must be those of the format that the name promises."""
    found = _sniff(data)
    if found == kind:
        return
    name = PurePath(filename).name
    if found in _KIND_NAMES:
        raise Unreadable(
            f"“{name}” holds {_KIND_NAMES[found]}, not {_KIND_NAMES[kind]}.",
            f"Rename it to “{PurePath(name).stem}.{found}”.",
        )
    raise Unreadable(f"“{name}” holds {found}.", "Save it as .xlsx without a password, or as .csv or .ics.")


def _sniff(data: bytes) -> str:
    """One of our kinds, or what else it is, to be put after "holds"."""
    if data.startswith(b"PK\x03\x04"):
        return "xlsx"
    if data.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "an old or locked Office document"
    if data.startswith(b"%PDF"):
        return "a PDF"
    if data.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"{\\rtf")):
        return "no table at all"
    opening = data[:400].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").upper()
    if opening.startswith((b"<!DOCTYPE", b"<HTML", b"<?XML")):
        return "a web page or XML"
    return "ics" if opening.startswith(b"BEGIN:VCALENDAR") else "csv"


@dataclass
class _Desk:
    """One file under way. Rows that wait for the file to show its order of day and month are planned last."""

    table: Table
    setting: Setting
    progress: Progress | None
    planned: list[tuple[int, Planned]] = field(default_factory=list)
    waiting: list[tuple[int, Entry]] = field(default_factory=list)
    orders: dict[Order, Entry] = field(default_factory=dict)  # the first row that could only be read so

    def reading(self) -> Reading:
        for done, entry in enumerate(self._entries()):
            self._note(done, entry)
        remarks = self._plan_waiting()
        self.planned.sort(key=lambda found: found[0])
        results = [result for _, result in self.planned]
        posts, doubles = _without_doubles(results, self.table.unit)
        problems = [problem for result in results for problem in result.problems] + doubles
        problems.sort(key=lambda problem: problem.row or 0)
        return Reading(
            rows=tuple(posts),
            problems=(*self.table.problems, *remarks, *problems),
            headers={name.value: header for name, header in self.table.headers.items()},
            unit=self.table.unit,
        )

    def _entries(self) -> Iterator[Entry]:
        done = 0
        for done, entry in enumerate(self.table.entries, start=1):
            if done > MAX_ROWS:
                raise Unreadable(f"The file has more than {MAX_ROWS:,} rows.", "Split it into smaller files.")
            yield entry
            if self.progress and done % _PROGRESS_EVERY == 0:
                self.progress(done, max(done, self.table.estimate))
        if self.progress:
            self.progress(done, done)

    def _note(self, place: int, entry: Entry) -> None:
        written = entry.cells.get(Field.DATE)
        if is_ambiguous(written):
            self.waiting.append((place, entry))
            return
        if order := order_of(written):
            self.orders.setdefault(order, entry)
        self.planned.append((place, plan(entry, self.table, self.setting)))

    def _plan_waiting(self) -> list[Problem]:
        """The rows left over, and a remark when the rest of the file decided how they are read."""
        order = next(iter(self.orders)) if len(self.orders) == 1 else None
        setting = replace(self.setting, order=order)
        self.planned += [(place, plan(entry, self.table, setting)) for place, entry in self.waiting]
        if order is None or not self.waiting:
            return []
        return [self._read_in(order, self.waiting[0][1].cells.get(Field.DATE))]

    def _read_in(self, order: Order, example: Cell) -> Problem:
        proof = self.orders[order]
        return Problem(
            column=self.table.headers[Field.DATE],
            message=f"Dates such as {example} were read {order.value}, because row {proof.row} "
            f"says {proof.cells.get(Field.DATE)}.",
            fix="If that is wrong, write dates as 2026-12-24.",
            severity="warning",
        )


def _without_doubles(results: list[Planned], unit: Unit) -> tuple[list[PlannedPost], list[Problem]]:
    """The sound posts, each only once; what stands twice is a problem of its later row."""
    kept: list[PlannedPost] = []
    problems: list[Problem] = []
    ids: dict[str, int] = {}
    contents: dict[str, int] = {}
    for result in results:
        post = result.post
        if post is None:
            continue
        if post.source_id in ids:
            problems.append(_double(post, ids[post.source_id], unit, post.source_id != result.content))
            continue
        if result.content in contents:
            problems.append(_alike(post, contents[result.content], unit))
        ids[post.source_id] = contents[result.content] = post.row
        kept.append(post)
    return kept, problems


def _double(post: PlannedPost, first: int, unit: Unit, by_id: bool) -> Problem:
    said = "has the same id as" if by_id else "says exactly what is in"
    return Problem(
        row=post.row,
        message=f"It {said} {unit} {first}.",
        fix="Delete one of the two, or give each an id of its own.",
        unit=unit,
    )


def _alike(post: PlannedPost, first: int, unit: Unit) -> Problem:
    return Problem(
        row=post.row,
        message=f"It says exactly what is in {unit} {first}, under another id.",
        fix="Delete one of the two if the post is meant once.",
        severity="warning",
        unit=unit,
    )
