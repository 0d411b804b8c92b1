"""A wall time as people type it: day, time, and which of two when clocks show it twice."""

from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from drafting.wallclock import Fold, Marker, UnknownZone, find_zone, offset_name, resolve
from web.api.writing import marker_of
from web.pages.forms import Form, Unfit


@dataclass(frozen=True)
class When:
    """A time on the wall in a zone, or none yet."""

    wall: datetime | None
    zone: str
    marker: Marker | None = None


def when(form: Form, zone: str) -> When:
    """What the fields `day`, `time`, `zone` and `marker` say; *zone* where none is typed. Raises Unfit."""
    named = _zone(form.value("zone").strip() or zone)
    day, clock = form.value("day").strip(), form.value("time").strip()
    if not day and not clock:
        return When(None, named)
    if not day:
        raise Unfit({"day": "There is a time but no day. Choose one, or empty both."})
    if not clock:
        raise Unfit({"time": "There is a day but no time. Choose one, or empty both."})
    wall = datetime.combine(_day(day), _time(clock))
    return When(wall, named, marker_of(form.value("marker").strip() or None))


def choices(form: Form, zone: str) -> tuple[str, ...]:
    """The two names of a time that clocks show twice; none otherwise."""
    try:
        typed = when(form, zone)
    except Unfit:
        return ()
    if typed.wall is None:
        return ()
    meant = resolve(typed.wall.date(), typed.wall.time(), ZoneInfo(typed.zone))
    return (offset_name(meant.first), offset_name(meant.second)) if isinstance(meant, Fold) else ()


def _zone(name: str) -> str:
    try:
        return str(find_zone(name))
    except UnknownZone as error:
        fix = f"Did you mean {error.nearest}?" if error.nearest else "Write it as America/New_York."
        raise Unfit({"zone": f"{error} {fix}"}) from None


def _day(typed: str) -> date:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        raise Unfit({"day": "This is no day of the calendar. Write it as 2026-11-24."}) from None


def _time(typed: str) -> time:
    try:
        return time.fromisoformat(typed).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        raise Unfit({"time": "This is no time of day. Write it as 09:30."}) from None
