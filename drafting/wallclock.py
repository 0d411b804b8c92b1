"""From what a clock on the wall shows to one instant.

The one answer, wherever a person names a time: a time that a clock change skips is a Gap, a time that it
shows twice is a Fold, and neither is ever guessed. A Fold is settled by a marker beside the time, either the
abbreviation that is in force ("01:30 EDT") or the offset ("01:30 -04:00"), and by nothing else.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from difflib import get_close_matches
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

MINUTE = timedelta(minutes=1)

Marker = timedelta | str  # an offset from UTC, or an abbreviation such as EDT


@dataclass(frozen=True)
class Resolved:
    """The time names exactly one instant, in UTC."""

    instant: datetime


@dataclass(frozen=True)
class Gap:
    """Clocks skip this time. `before` and `after` are the nearest wall times, to the minute, that exist."""

    before: datetime
    after: datetime


@dataclass(frozen=True)
class Fold:
    """Clocks show this time twice: `first` and `second` carry their zone, and differ in offset."""

    first: datetime
    second: datetime


@dataclass(frozen=True)
class Mismatch:
    """The marker isn't in force at this time; the moments in `offered`, with their zone, may be meant."""

    offered: tuple[datetime, ...]


Outcome = Resolved | Gap | Fold | Mismatch


def resolve(day: date, clock: time, zone: ZoneInfo, marker: Marker | None = None) -> Outcome:
    """What the wall time *day* *clock* means in *zone*."""
    wall = datetime.combine(day, clock)
    moments = _moments(wall, zone)
    if not moments:
        return _gap(wall, zone)
    meant = [moment for moment in moments if marker is None or _carries(moment, marker)]
    match meant:
        case [moment]:
            return Resolved(moment.astimezone(UTC))
        case [first, second]:
            return Fold(first, second)
        case _:
            return Mismatch(tuple(moments))


def offset_name(moment: datetime) -> str:
    """What sets this moment apart from its twin: EDT, or -03:00 where the zone has no abbreviation."""
    name = moment.tzname() or ""
    return name if name.isalpha() else moment.isoformat()[-6:]


def _moments(wall: datetime, zone: ZoneInfo) -> list[datetime]:
    """The one or two moments at which clocks in *zone* show *wall*, earlier first; none inside a gap."""
    first, second = (wall.replace(tzinfo=zone, fold=fold) for fold in (0, 1))
    if first.utcoffset() == second.utcoffset():
        return [first]
    return [first, second] if _exists(first) else []


def _exists(moment: datetime) -> bool:
    back = moment.astimezone(UTC).astimezone(moment.tzinfo)
    return back.replace(tzinfo=None) == moment.replace(tzinfo=None)


def _carries(moment: datetime, marker: Marker) -> bool:
    if isinstance(marker, timedelta):
        return moment.utcoffset() == marker
    return (moment.tzname() or "").casefold() == marker.casefold()


def _gap(wall: datetime, zone: ZoneInfo) -> Gap:
    # Read with the offset after the change, a skipped time lies before it; with the offset before, after it.
    early, late = (wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (1, 0))
    change = _change(early, late, zone)
    last = _wall(change - timedelta(seconds=1), zone)
    first = _wall(change + MINUTE - timedelta(seconds=1), zone)
    return Gap(last.replace(second=0), first.replace(second=0))


def _change(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The second at which clocks jump, between two instants that lie on either side."""
    before = early.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + timedelta(seconds=(late - early) // timedelta(seconds=2))
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


def _wall(instant: datetime, zone: ZoneInfo) -> datetime:
    return instant.astimezone(zone).replace(tzinfo=None)


class UnknownZone(ValueError):
    """No zone has this name; `nearest` is the one probably meant, or None."""

    def __init__(self, name: str, nearest: str | None) -> None:
        self.nearest = nearest
        super().__init__(f"“{name}” does not name one time zone.")


# What people call their zone, without the words in _FILLERS. Names such as EST are zones of their own in the
# IANA list, without summer time, so they are asked about rather than taken at their word.
_EVERYDAY = {
    "eastern": "America/New_York",
    "et": "America/New_York",
    "est": "America/New_York",
    "edt": "America/New_York",
    "est5edt": "America/New_York",
    "central": "America/Chicago",
    "ct": "America/Chicago",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "cst6cdt": "America/Chicago",
    "mountain": "America/Denver",
    "mt": "America/Denver",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "mst7mdt": "America/Denver",
    "arizona": "America/Phoenix",
    "pacific": "America/Los_Angeles",
    "pt": "America/Los_Angeles",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
    "pst8pdt": "America/Los_Angeles",
    "alaska": "America/Anchorage",
    "akst": "America/Anchorage",
    "akdt": "America/Anchorage",
    "hawaii": "Pacific/Honolulu",
    "hst": "Pacific/Honolulu",
    "atlantic": "America/Halifax",
    "newfoundland": "America/St_Johns",
    "gmt": "Europe/London",
    "bst": "Europe/London",
    "british": "Europe/London",
    "uk": "Europe/London",
    "irish": "Europe/Dublin",
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "mez": "Europe/Berlin",
    "mesz": "Europe/Berlin",
    "central european": "Europe/Berlin",
    "eet": "Europe/Athens",
    "eest": "Europe/Athens",
    "eastern european": "Europe/Athens",
    "wet": "Europe/Lisbon",
    "west": "Europe/Lisbon",
    "india": "Asia/Kolkata",
    "ist": "Asia/Kolkata",
    "aest": "Australia/Sydney",
    "aedt": "Australia/Sydney",
    "acst": "Australia/Adelaide",
    "awst": "Australia/Perth",
    "nzst": "Pacific/Auckland",
    "nzdt": "Pacific/Auckland",
    "z": "UTC",
    "zulu": "UTC",
}
_FILLERS = frozenset({"time", "zone", "standard", "daylight", "summer", "us", "usa", "canada", "and"})
_NOT_A_PLACE = frozenset({"Factory", "localtime", "posixrules"})


@lru_cache(maxsize=1024)
def find_zone(name: str) -> ZoneInfo:
    """The IANA zone of this name, whatever its case or spaces; raises UnknownZone with the nearest."""
    key = _key(name)
    if key in _EVERYDAY or key not in _zones():
        raise UnknownZone(name.strip(), _nearest_zone(name))
    return ZoneInfo(_zones()[key])


def is_zone(name: str) -> bool:
    """Whether this is the IANA name of a zone."""
    return name in _zones().values()


def _key(name: str) -> str:
    return re.sub(r"[\s_]+", "_", name.strip().casefold())


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    """Every IANA name by its key."""
    return {_key(name): name for name in sorted(available_timezones() - _NOT_A_PLACE)}


@lru_cache(maxsize=1)
def _cities() -> dict[str, str]:
    """The last part of every name, for example new_york; the shortest name wins."""
    names = sorted(_zones().values(), key=lambda name: (-name.count("/"), name), reverse=True)
    return {_key(name.rpartition("/")[2]): name for name in names}


def _nearest_zone(name: str) -> str | None:
    words = [word for word in re.findall(r"[\w/+-]+", name.casefold()) if word not in _FILLERS]
    if everyday := _EVERYDAY.get(" ".join(words)):
        return everyday
    return next(_similar("_".join(words)), None)


def _similar(key: str) -> Iterator[str]:
    for known in (_cities(), _zones()):
        yield from (known[match] for match in get_close_matches(key, known, n=1, cutoff=0.85))
