"""Days on the practice's wall: which ones a view shows, and what happens to the clocks in them. Pure."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

WEEK_DAYS = 7
MONTH_DAYS = 35
LIST_DAYS = 28


class View(StrEnum):
    """How the calendar is looked at."""

    WEEK = "week"
    MONTH = "month"
    LIST = "list"


@dataclass(frozen=True)
class Days:
    """The days of one view around `at`, and where earlier and later lead."""

    view: View
    at: date
    first: date
    count: int
    earlier: date
    later: date

    @property
    def dates(self) -> list[date]:
        return [self.first + timedelta(days=number) for number in range(self.count)]

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.count - 1)

    @property
    def week_earlier(self) -> date:
        return self.at - timedelta(days=7)

    @property
    def week_later(self) -> date:
        return self.at + timedelta(days=7)

    def range(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The instants from the first midnight to the one after the last day."""
        return midnight(self.first, zone), midnight(self.last + timedelta(days=1), zone)


def days_of(view: View, at: date) -> Days:
    """A month begins one week back, since planning looks forward; a list begins with its day."""
    monday = at - timedelta(days=at.weekday())
    match view:
        case View.WEEK:
            week = timedelta(days=WEEK_DAYS)
            return Days(view, at, monday, WEEK_DAYS, at - week, at + week)
        case View.MONTH:
            first = monday - timedelta(days=7)
            return Days(view, at, first, MONTH_DAYS, _months_on(at, -1), _months_on(at, 1))
        case View.LIST:
            span = timedelta(days=LIST_DAYS)
            return Days(view, at, at, LIST_DAYS, at - span, at + span)


def _months_on(at: date, months: int) -> date:
    """The same day some months on, or the month's last when it is shorter."""
    year, month = divmod(at.year * 12 + at.month - 1 + months, 12)
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1]))


def midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone)


def noon(day: date, zone: ZoneInfo) -> datetime:
    """An instant that names the day in every way of writing it."""
    return datetime.combine(day, time(12), tzinfo=zone)


def clock_change(day: date, zone: ZoneInfo) -> timedelta:
    """How far clocks are put forward (or back, below zero) on this day."""
    before = midnight(day, zone).utcoffset() or timedelta()
    after = midnight(day + timedelta(days=1), zone).utcoffset() or timedelta()
    return after - before
