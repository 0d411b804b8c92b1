"""From one row of a calendar to one planned post, or to everything that is wrong with it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TypeVar
from zoneinfo import ZoneInfo

from drafting.cells import (
    read_alt_texts,
    read_files,
    read_hashtags,
    read_labels,
    read_link,
    read_names,
    read_text,
    remarks,
)
from drafting.columns import Field
from drafting.dates import ClockTime, Order, Unfit, read_date, read_time
from drafting.planned import PlannedPost, Problem, Said, Severity, content_id
from drafting.table import Cell, Entry, Formula, Table, is_blank
from drafting.wallclock import Fold, Gap, Mismatch, Resolved, UnknownZone, find_zone, offset_name, resolve

_LONGEST_ID = 128
_FAR = timedelta(days=2 * 366)

T = TypeVar("T")
D = TypeVar("D")


@dataclass(frozen=True)
class Setting:
    """What a row is read against."""

    zone: ZoneInfo  # the practice's
    now: datetime
    default_time: time | None = None
    order: Order | None = None  # how the file writes 04/05/2026, once that is certain


@dataclass(frozen=True)
class When:
    """A wall time, its zone and the instant it names."""

    day: date
    clock: time
    zone: ZoneInfo
    instant: datetime


@dataclass
class _Row:
    """One row under way, and the problems found so far."""

    entry: Entry
    table: Table
    problems: list[Problem] = field(default_factory=list)

    def cell(self, name: Field) -> Cell:
        return self.entry.cells.get(name)

    def blame(self, name: Field, fault: Unfit, severity: Severity = "error") -> None:
        self.problems.append(
            Problem(
                row=self.entry.row,
                column=self.table.headers.get(name, name.value),
                message=fault.message,
                fix=fault.fix,
                severity=severity,
                unit=self.table.unit,
            )
        )

    def take(self, name: Field, read: Callable[[Cell], T], otherwise: D) -> T | D:
        """What *read* makes of the cell; a cell it refuses becomes a problem, and *otherwise* is used."""
        cell = self.cell(name)
        if is_blank(cell):
            return otherwise
        try:
            return read(cell)
        except Unfit as fault:
            self.blame(name, fault)
            return otherwise

    def words(self, name: Field) -> str:
        text = self.take(name, read_text, "")
        for remark in remarks(text):
            self.blame(name, remark, severity="warning")
        return text


@dataclass(frozen=True)
class Planned:
    """What became of a row. `post` is None when one of `problems` is an error."""

    post: PlannedPost | None
    problems: tuple[Problem, ...]
    content: str = ""  # as `content_id` names it


def plan(entry: Entry, table: Table, setting: Setting) -> Planned:
    """The post that *entry* plans, with every problem found on the way."""
    row = _Row(entry, table, list(entry.problems))
    when = _when(row, setting)
    said = _said(row)
    own_id = row.take(Field.ID, _read_id, "")
    if when is None or any(problem.severity == "error" for problem in row.problems):
        return Planned(None, tuple(row.problems))
    content = content_id(said, when.instant)
    post = PlannedPost(
        **said,
        source_id=own_id or content,
        row=entry.row,
        line=entry.line,
        wall_date=when.day,
        wall_time=when.clock,
        zone=when.zone.key,
        instant=when.instant,
    )
    return Planned(post, tuple(row.problems), content)


def _read_id(cell: Cell) -> str:
    """The id, or its digest where a calendar program wrote one too long to keep."""
    own = read_text(cell)
    return own if len(own) <= _LONGEST_ID else hashlib.sha256(own.encode()).hexdigest()


def _said(row: _Row) -> Said:
    """Everything but the time. Faults go to the row's problems."""
    media = row.take(Field.MEDIA, read_files, ())
    return {
        "channels": _channels(row),
        "title": row.words(Field.TITLE),
        "text": _text(row),
        "link": row.take(Field.LINK, read_link, None),
        "media": media,
        "alt_texts": _alt_texts(row, len(media)),
        "first_comment": row.words(Field.FIRST_COMMENT) or None,
        "campaign": row.take(Field.CAMPAIGN, read_text, ""),
        "labels": row.take(Field.LABELS, read_labels, ()),
        "creator": row.take(Field.CREATOR, read_text, ""),
    }


def _channels(row: _Row) -> tuple[str, ...]:
    if is_blank(row.cell(Field.CHANNELS)):
        row.blame(
            Field.CHANNELS,
            Unfit("There is no channel.", "Name one or more, separated by semicolons."),
        )
    return row.take(Field.CHANNELS, read_names, ())


def _text(row: _Row) -> str:
    """The words, then the hashtags that they don't hold already."""
    if is_blank(row.cell(Field.TEXT)) and is_blank(row.cell(Field.MEDIA)):
        row.blame(
            Field.TEXT,
            Unfit("There are no words and no picture.", "Write the post's words here, or name a picture."),
        )
    text = row.words(Field.TEXT)
    there = set(text.casefold().split())
    tags = [tag for tag in row.take(Field.HASHTAGS, read_hashtags, ()) if tag.casefold() not in there]
    return "\n\n".join(part for part in (text, " ".join(tags)) if part)


def _alt_texts(row: _Row, pictures: int) -> tuple[str, ...]:
    # Pictures that could not be read are not counted against their alt texts.
    if pictures == 0 and not is_blank(row.cell(Field.MEDIA)):
        return ()
    return row.take(Field.ALT_TEXT, lambda cell: read_alt_texts(cell, pictures), ())


def _when(row: _Row, setting: Setting) -> When | None:
    zone = _zone(row, setting)
    day, beside = _date(row, setting)
    clock = _clock(row, beside, setting, dated=day is not None)
    if zone is None or day is None or clock is None:
        return None
    when = _settle(row, day, clock, zone)
    if when:
        _check_distance(row, when, setting.now)
    return when


def _zone(row: _Row, setting: Setting) -> ZoneInfo | None:
    if is_blank(row.cell(Field.ZONE)):
        return setting.zone
    return row.take(Field.ZONE, _read_zone, None)


def _read_zone(cell: Cell) -> ZoneInfo:
    try:
        return find_zone(read_text(cell))
    except UnknownZone as fault:
        example = fault.nearest or "the nearest big city of that zone, for example America/New_York"
        raise Unfit(str(fault), f"Write {example}.") from fault


def _date(row: _Row, setting: Setting) -> tuple[date | None, ClockTime | None]:
    cell = row.cell(Field.DATE)
    if is_blank(cell):
        row.blame(Field.DATE, Unfit("There is no date.", "Write the date as 2026-12-24."))
        return None, None
    return row.take(Field.DATE, lambda cell: _near(read_date(_plain(cell), setting.order)), (None, None))


def _near(found: tuple[date, ClockTime | None]) -> tuple[date, ClockTime | None]:
    if not 2000 <= found[0].year < 2200:
        raise Unfit(f"The year {found[0].year} can't be meant.", "Write the date as 2026-12-24.")
    return found


def _plain(cell: Cell) -> Cell:
    """Formulas and a spreadsheet's errors are refused in dates and times as in words."""
    return read_text(cell) if isinstance(cell, str | Formula) else cell


def _clock(row: _Row, beside: ClockTime | None, setting: Setting, dated: bool) -> ClockTime | None:
    """The time in its own cell, else the one beside the date, else the default."""
    if is_blank(row.cell(Field.TIME)):
        default = ClockTime(setting.default_time) if setting.default_time else None
        if beside is None and default is None and dated:
            row.blame(Field.TIME, _no_time(row.table))
        return beside or default
    clock = row.take(Field.TIME, lambda cell: read_time(_plain(cell)), None)
    if clock and beside and beside.clock not in (time(), clock.clock):
        row.blame(
            Field.TIME,
            Unfit(
                f"The date says {_shown(beside.clock)} and the time {_shown(clock.clock)}.",
                "Keep one of them.",
            ),
        )
    return clock


def _no_time(table: Table) -> Unfit:
    if table.unit == "event":
        return Unfit(
            "The event lasts all day and names no minute.", "Give it a start time, for example 09:00."
        )
    return Unfit("There is no time.", "Write the time, for example 09:00.")


def _settle(row: _Row, day: date, clock: ClockTime, zone: ZoneInfo) -> When | None:
    if clock.exact and isinstance(clock.marker, timedelta) and is_blank(row.cell(Field.ZONE)):
        return _exact(datetime.combine(day, clock.clock, UTC) - clock.marker, zone)
    match resolve(day, clock.clock, zone, clock.marker):
        case Resolved(instant):
            return When(day, clock.clock, zone, instant)
        case Gap() as gap:
            fault = _gap(day, clock.clock, zone, gap)
        case Fold() as fold:
            fault = _fold(row.table, fold)
        case Mismatch(offered):
            fault = _mismatch(row, clock, offered)
    row.blame(Field.DATE if is_blank(row.cell(Field.TIME)) else Field.TIME, fault)
    return None


def _exact(instant: datetime, zone: ZoneInfo) -> When:
    """An instant that needs no zone, on the wall of the practice."""
    wall = instant.astimezone(zone)
    return When(wall.date(), wall.time(), zone, instant)


def _gap(day: date, clock: time, zone: ZoneInfo, gap: Gap) -> Unfit:
    nearest = " or ".join(
        _shown(wall.time()) if wall.date() == day else f"{wall.date()} {_shown(wall.time())}"
        for wall in (gap.before, gap.after)
    )
    return Unfit(
        f"{_shown(clock)} does not exist on {day} in {zone.key}, where clocks skip it.", f"Write {nearest}."
    )


def _fold(table: Table, fold: Fold) -> Unfit:
    first, second = fold.first, fold.second
    names = [f"“{_shown(moment.time())} {offset_name(moment)}”" for moment in (first, second)]
    if table.unit == "event":
        names = [f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}" for moment in (first, second)]
    return Unfit(
        f"{_shown(first.time())} comes twice on {first.date()} in {first.tzinfo}, where clocks are set back.",
        f"Write {names[0]} for the first or {names[1]} for the second.",
    )


def _mismatch(row: _Row, clock: ClockTime, offered: tuple[datetime, ...]) -> Unfit:
    marker = timezone(clock.marker) if isinstance(clock.marker, timedelta) else clock.marker
    times = " or ".join(f"{_shown(moment.time())} {offset_name(moment)}" for moment in offered)
    return Unfit(
        f"{marker} is not in force on {offered[0].date()} in {offered[0].tzinfo}.",
        f"Write {times}, or give the row another zone.",
    )


def _check_distance(row: _Row, when: When, now: datetime) -> None:
    if when.instant <= now:
        here = now.astimezone(when.zone)
        later = here.date() + timedelta(days=here.time() >= when.clock)
        row.blame(
            Field.DATE,
            Unfit(
                f"{when.day} {_shown(when.clock)} is in the past.",
                f"Choose a later time; the next {_shown(when.clock)} is on {later}.",
            ),
        )
    elif when.instant > now + _FAR:
        row.blame(
            Field.DATE,
            Unfit(f"{when.day} is more than two years away.", "Look at the year."),
            severity="warning",
        )


def _shown(clock: time) -> str:
    return f"{clock:%H:%M:%S}" if clock.second else f"{clock:%H:%M}"
