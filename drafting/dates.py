"""Dates and times as people and spreadsheets write them.

Nothing is guessed: 04/05/2026 is a date only once something says whether the day or the month comes first.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import Enum
from functools import lru_cache

from openpyxl.utils.datetime import from_excel

from drafting.table import Cell, as_text
from drafting.wallclock import Marker

_ANY_DAY = date(2000, 1, 1)
_SERIALS = range(36526, 73051)  # a spreadsheet's day numbers for 2000-01-01 to 2099-12-31

_MONTHS: Mapping[str, int] = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s+)?"
_ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})|(\d{4})(\d{2})(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.\s?(\d{1,2})\.\s?(\d{4}|\d{2})")
_SLASHED = re.compile(r"(\d{1,2})([/-])(\d{1,2})\2(\d{4}|\d{2})")
_DAY_FIRST_WORDS = re.compile(
    _WEEKDAY + r"(\d{1,2})(?:st|nd|rd|th|\.)?[\s-]+(?:of\s+)?([a-z]{3,9})\.?,?[\s-]+(\d{4}|\d{2})"
)
_MONTH_FIRST_WORDS = re.compile(_WEEKDAY + r"([a-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?P<sep>[:.h])(?P<minute>\d{2})(?:[:.](?P<second>\d{2})(?:\.\d+)?)?)?"
    r"\s*(?P<half>[ap]\.?\s?m\.?)?"
)
_MARKED = (
    r"(?:\s*(?:uhr|hrs?|o'clock))?\s*\(?(?P<marker>z|[a-z]{2,5}|(?:utc|gmt)?\s?[+-]\d{1,2}(?::?\d{2})?)?\)?"
)
_TIME = re.compile(_CLOCK + _MARKED, re.IGNORECASE)
_TRAILING_TIME = re.compile(
    r"(?:t|,?\s+(?:at\s+)?)(\d{1,2}(?:[:h]\d{2}|\.\d{2}(?![.\d])|\s*[ap]\.?m).*)$", re.IGNORECASE
)
_COMPACT_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d)")


class Order(Enum):
    """Which of two numbers in 04/05/2026 is the day."""

    DAY_FIRST = "day first"
    MONTH_FIRST = "month first"


class Unfit(ValueError):
    """A cell that can't be taken: what is wrong and what would do instead."""

    def __init__(self, message: str, fix: str) -> None:
        self.message = message
        self.fix = fix
        super().__init__(f"{message} {fix}")


class Ambiguous(Unfit):
    """A date that two orders read differently."""

    def __init__(self, text: str, day_first: date, month_first: date) -> None:
        super().__init__(
            f"{text} could be {_spoken(day_first)} or {_spoken(month_first)}.",
            f"Write {day_first} or {month_first}.",
        )


@dataclass(frozen=True)
class ClockTime:
    """A time of day and what stands beside it to tell the first from the second.

    `exact`: the marker is the offset of a timestamp, or UTC, and names an instant in any zone.
    """

    clock: time
    marker: Marker | None = None
    exact: bool = False


def order_of(cell: Cell) -> Order | None:
    """The only order in which this date exists; None when it exists in both, or in neither."""
    match _readings(cell):
        case (date(), None):
            return Order.DAY_FIRST
        case (None, date()):
            return Order.MONTH_FIRST
        case _:
            return None


def is_ambiguous(cell: Cell) -> bool:
    """Whether the two orders read this date differently."""
    day_first, month_first = _readings(cell)
    return day_first is not None and month_first is not None and day_first != month_first


@lru_cache(maxsize=4096, typed=True)
def _readings(cell: Cell) -> tuple[date | None, date | None]:
    """A date such as 04/05/2026, read day first and read month first."""
    found = _SLASHED.fullmatch(_split(cell)[0]) if isinstance(cell, str) else None
    if found is None:
        return None, None
    first, second, year = int(found[1]), int(found[3]), _year(found[4])
    return _date(year, second, first), _date(year, first, second)


def read_date(cell: Cell, order: Order | None = None) -> tuple[date, ClockTime | None]:
    """The date in *cell*, and the time if it holds one too; raises Unfit, or Ambiguous without an *order*."""
    match cell:
        case datetime():
            return _split_datetime(cell)
        case date():
            return cell, None
        case bool() | time() | timedelta():
            raise _no_date(as_text(cell))
        case int() | float():
            return _serial_date(cell)
        case _:
            return _written_date(as_text(cell), order)


def _split_datetime(moment: datetime) -> tuple[date, ClockTime | None]:
    rounded = _to_second(moment)
    clock = rounded.time()
    marker = rounded.utcoffset()
    # A spreadsheet's date is a midnight: that alone names no time.
    if clock == time() and marker is None:
        return rounded.date(), None
    return rounded.date(), ClockTime(clock, marker, exact=marker is not None)


def _serial_date(number: float) -> tuple[date, ClockTime | None]:
    moment = from_excel(number) if int(number) in _SERIALS else None
    if isinstance(moment, datetime):
        return _split_datetime(moment)
    return _day(as_text(number), None), None


@lru_cache(maxsize=4096)
def _written_date(text: str, order: Order | None) -> tuple[date, ClockTime | None]:
    written, clock = _split(text)
    if re.fullmatch(r"\d{5}(\.\d+)?", written):
        return _serial_date(float(written))
    return _day(written, order), _beside_date(read_time(clock)) if clock else None


def _beside_date(clock: ClockTime) -> ClockTime:
    return replace(clock, exact=isinstance(clock.marker, timedelta))


def _split(text: str) -> tuple[str, str]:
    """The date and the time in one text; either may be empty."""
    plain = " ".join(text.split())
    found = _TRAILING_TIME.search(plain)
    return (plain[: found.start()].strip(), found[1]) if found else (plain, "")


def _day(text: str, order: Order | None) -> date:
    small = text.casefold()
    if found := _ISO.fullmatch(small):
        return _must(text, int(found[1] or found[5]), int(found[3] or found[6]), int(found[4] or found[7]))
    if found := _DOTTED.fullmatch(small):
        return _must(text, _year(found[3]), int(found[2]), int(found[1]))
    if found := _SLASHED.fullmatch(small):
        return _slashed_day(text, order) or _must(text, _year(found[4]), int(found[3]), int(found[1]))
    if found := _DAY_FIRST_WORDS.fullmatch(small):
        return _must(text, _year(found[3]), _month(text, found[2]), int(found[1]))
    if found := _MONTH_FIRST_WORDS.fullmatch(small):
        return _must(text, int(found[3]), _month(text, found[1]), int(found[2]))
    raise _no_date(text)


def _slashed_day(text: str, order: Order | None) -> date | None:
    day_first, month_first = _readings(text)
    if day_first and month_first and day_first != month_first:
        if order is None:
            raise Ambiguous(text, day_first, month_first)
        return day_first if order is Order.DAY_FIRST else month_first
    return day_first or month_first


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _must(text: str, year: int, month: int, day: int) -> date:
    if found := _date(year, month, day):
        return found
    if swapped := _date(year, day, month):
        raise Unfit(f"{text} names a month {month}.", f"Write {swapped} if that is meant.")
    if 1 <= month <= 12 and year > 0:
        last = date(year, month, monthrange(year, month)[1])
        raise Unfit(f"{text} is not a day that exists.", f"Write {last}, the last day of that month.")
    raise _no_date(text)


def _month(text: str, name: str) -> int:
    number = _MONTHS.get(name[:3])
    if number is None:
        raise _no_date(text)
    return number


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _no_date(text: str) -> Unfit:
    return Unfit(f"“{text}” is not a date.", "Write the date as 2026-12-24.")


def _spoken(day: date) -> str:
    return f"{day.day} {day:%B}"


def read_time(cell: Cell) -> ClockTime:
    """The time of day in *cell*; raises Unfit."""
    match cell:
        case datetime():
            return ClockTime(_to_second(cell).time(), cell.utcoffset(), exact=cell.tzinfo is not None)
        case time():
            return ClockTime(_to_second(datetime.combine(_ANY_DAY, cell)).time())
        case timedelta() if timedelta() <= cell < timedelta(days=1):
            return ClockTime(_after_midnight(cell))
        case float() if 0 <= cell < 1:
            return ClockTime(_after_midnight(timedelta(days=cell)))
        case _:
            return _written_time(" ".join(as_text(cell).split()))


@lru_cache(maxsize=4096)
def _written_time(text: str) -> ClockTime:
    if re.fullmatch(r"0?\.\d{3,}", text):
        return read_time(float(text))
    if found := _COMPACT_TIME.fullmatch(text):
        return ClockTime(time(int(found[1]), int(found[2])))
    found = _TIME.fullmatch(text)
    if found is None:
        raise _no_time(text)
    clock = _clock(text, found)
    marker = _marker(text, found["marker"])
    return ClockTime(clock, marker, exact=marker == timedelta())


def _clock(text: str, found: re.Match[str]) -> time:
    hour, minute, second = (int(found[name] or 0) for name in ("hour", "minute", "second"))
    if found["half"]:
        hour = _full_hour(text, hour, minute, found["half"])
    elif found["sep"] is None:
        raise _bare_hour(text, hour)
    if (hour, minute, second) == (24, 0, 0):
        raise Unfit("24:00 belongs to two days.", "Write 00:00 with the next day's date, or 23:59.")
    if hour > 23 or minute > 59 or second > 59:
        raise _no_time(text)
    return time(hour, minute, second)


def _full_hour(text: str, hour: int, minute: int, half: str) -> int:
    evening = half[0].casefold() == "p"
    if 12 < hour < 24 and evening:
        raise Unfit(f"{text} says the afternoon twice.", f"Write {hour:02}:{minute:02}.")
    if not 1 <= hour <= 12:
        raise _no_time(text)
    return hour % 12 + (12 if evening else 0)


def _bare_hour(text: str, hour: int) -> Unfit:
    if 1 <= hour <= 11:
        return Unfit(f"{text} could be morning or evening.", f"Write {hour:02}:00 or {hour + 12}:00.")
    return Unfit(
        f"{text} is not a time.", f"Write {hour:02}:00." if hour < 24 else "Write the time as 09:00."
    )


def _marker(text: str, marker: str | None) -> Marker | None:
    if not marker:
        return None
    if marker.casefold() in ("z", "utc"):
        return timedelta()
    found = re.fullmatch(r"(?:utc|gmt)?\s?([+-])(\d{1,2}):?(\d{2})?", marker, re.IGNORECASE)
    if not found:
        return marker.upper()
    offset = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
    if offset > timedelta(hours=14):
        raise _no_time(text)
    return -offset if found[1] == "-" else offset


def _no_time(text: str) -> Unfit:
    return Unfit(f"“{text}” is not a time.", "Write the time as 09:00 or 9:00 am.")


def _after_midnight(passed: timedelta) -> time:
    """To the second: spreadsheets keep a time as a fraction of a day, which is off by some microseconds."""
    seconds = round(passed.total_seconds()) % 86_400
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def _to_second(moment: datetime) -> datetime:
    return (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
