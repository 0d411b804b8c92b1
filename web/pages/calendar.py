"""The calendar: what goes out when, what is not ready, where is nothing."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from urllib.parse import urlencode

from fastapi import APIRouter
from starlette.responses import HTMLResponse

from domain.states import STILL_OURS, Delivery, Editorial
from drafting.posts import MAY_WRITE
from store.models import PostRow
from store.views.listings import Listed
from web.days import Days, View, clock_change, days_of, midnight, noon
from web.directory import Directory, directory
from web.marks import ChannelMark
from web.pages.framing import CurrentPage
from web.reader import Reader
from web.standing import NEEDS_A_PERSON, OVER, Weight, standing, weight

router = APIRouter()

MOST_POSTS = 1500  # in one view
MOST_WITHOUT_TIME = 60
SHOWN_IN_A_DAY = 3  # of a month
MOVABLE = STILL_OURS | {Delivery.EXPIRED, Delivery.CANCELLED}
EARLIEST, LATEST = date(2000, 1, 10), date(2199, 12, 1)


class Readiness(StrEnum):
    """What the third filter lets through."""

    NOT_READY = "not-ready"
    IN_REVIEW = "in-review"
    PLANNED = "planned"
    OUT = "out"
    NEEDS = "needs"


READINESS: dict[Readiness, frozenset[StrEnum]] = {
    Readiness.NOT_READY: frozenset({Editorial.DRAFT, Editorial.CHANGES_REQUESTED}),
    Readiness.IN_REVIEW: frozenset({Editorial.IN_REVIEW}),
    Readiness.PLANNED: frozenset(
        {Editorial.APPROVED, Delivery.SCHEDULED, Delivery.DISPATCHING, Delivery.PROCESSING}
    ),
    Readiness.OUT: OVER,
    Readiness.NEEDS: NEEDS_A_PERSON,
}


@dataclass(frozen=True)
class Filters:
    """What is asked for; empty lets everything through."""

    channel: str = ""
    who: str = ""
    state: Readiness | None = None

    def lets(self, listed: Listed, state: StrEnum) -> bool:
        return (
            (not self.channel or self.channel in listed.channel_ids)
            and (not self.who or self.who == listed.post.author_id)
            and (self.state is None or state in READINESS[self.state])
        )

    @property
    def query(self) -> dict[str, str]:
        chosen = {"channel": self.channel, "who": self.who, "state": self.state or ""}
        return {name: value for name, value in chosen.items() if value}


@dataclass(frozen=True)
class Card:
    """One post in the calendar."""

    id: str
    title: str
    at: datetime | None
    hour: int  # that the wall shows then
    state: StrEnum
    weight: Weight
    marks: tuple[ChannelMark, ...]
    author: str
    movable: bool  # its time can still be changed


@dataclass(frozen=True)
class Day:
    """One day with its cards in order, and how far its clocks change."""

    date: date
    noon: datetime
    cards: tuple[Card, ...]
    today: bool
    past: bool
    clocks: float  # hours put forward; below zero back
    month_begins: bool

    @property
    def first(self) -> tuple[Card, ...]:
        return self.cards[:SHOWN_IN_A_DAY]

    @property
    def more(self) -> int:
        return len(self.cards) - len(self.first)


@dataclass(frozen=True)
class Hour:
    """The row of one hour in the week, and the cards of each day that stand in it."""

    number: int
    instant: datetime  # one that shows it


@router.get("/calendar")
def calendar(
    page: CurrentPage, view: str = "", at: str = "", channel: str = "", who: str = "", state: str = ""
) -> HTMLResponse:
    filters = Filters(channel, who, Readiness(state) if state in list(Readiness) else None)
    days = days_of(View(view) if view in list(View) else View.MONTH, _day(at, page.reader))
    with page.reading() as scope:
        known = directory(scope, page.house.registry)
        since, until = days.range(page.reader.zone)
        listed = scope.listings.between(since, until, MOST_POSTS)
        without = scope.listings.without_time(MOST_WITHOUT_TIME)
    cards = [card for each in listed if (card := _card(each, known, filters, page.reader))]
    shown = _days(days, cards, page.reader)
    return page.show(
        "calendar.html",
        days=days,
        at_noon=noon(days.at, page.reader.zone),
        shown=shown,
        weeks=[shown[start : start + 7] for start in range(0, len(shown), 7)],
        hours=_hours(shown, page.reader),
        week=_week_around(days, shown),
        unscheduled=[card for each in without if (card := _card(each, known, filters, page.reader))],
        known=known,
        filters=filters,
        readiness=Readiness,
        link=_links(days, filters),
        cut=len(listed) == MOST_POSTS,
        may_write=page.actor.may(*MAY_WRITE),
    )


def _day(typed: str, reader: Reader) -> date:
    """The day that is asked for, or today."""
    today = reader.local(reader.now).date()
    try:
        day = date.fromisoformat(typed)
    except ValueError:
        return today
    return day if EARLIEST <= day <= LATEST else today


def _links(days: Days, filters: Filters) -> Callable[..., str]:
    def link(view: str = days.view, at: date | None = None) -> str:
        return f"/calendar?{urlencode({'view': view, 'at': (at or days.at).isoformat(), **filters.query})}"

    return link


def _card(listed: Listed, known: Directory, filters: Filters, reader: Reader) -> Card | None:
    """The post as the calendar shows it, or None when the filters keep it out."""
    state = standing(listed.post.state, (row.state for row in listed.publications))
    if not filters.lets(listed, state) or (state is Editorial.WITHDRAWN and filters.state is None):
        return None
    at = _when(listed.post, listed)
    return Card(
        id=listed.post.id,
        title=listed.post.title,
        at=at,
        hour=reader.local(at).hour if at else 0,
        state=state,
        weight=weight(state),
        marks=known.marks(listed.channel_ids),
        author=listed.author,
        movable=all(row.state in MOVABLE for row in listed.publications),
    )


def _when(post: PostRow, listed: Listed) -> datetime | None:
    """When it goes out: as booked, where that is no longer the time that its author chose."""
    booked = [row.due_at for row in listed.publications if row.state is not Delivery.CANCELLED]
    return min(booked, default=post.due_at)


def _days(days: Days, cards: Iterable[Card], reader: Reader) -> list[Day]:
    by_day: dict[date, list[Card]] = {}
    for card in cards:
        if card.at is not None:
            by_day.setdefault(reader.local(card.at).date(), []).append(card)
    today = reader.local(reader.now).date()
    return [
        Day(
            date=each,
            noon=noon(each, reader.zone),
            cards=tuple(sorted(by_day.get(each, ()), key=lambda card: (card.at, card.id))),
            today=each == today,
            past=each < today,
            clocks=clock_change(each, reader.zone).total_seconds() / 3600,
            month_begins=each.day == 1,
        )
        for each in days.dates
    ]


def _week_around(days: Days, shown: Sequence[Day]) -> Sequence[Day]:
    """The week that the phone's strip shows, as far as this view holds it."""
    monday = days_of(View.WEEK, days.at).first
    return [day for day in shown if monday <= day.date and (day.date - monday).days < 7]


def _hours(shown: Sequence[Day], reader: Reader) -> list[Hour]:
    """The hours that the week's rows stand for: office hours, and any other that holds a post."""
    used = {card.hour for day in shown for card in day.cards}
    first, last = min({8, *used}), max({18, *used})
    start = midnight(shown[0].date, reader.zone)
    return [Hour(number, start.replace(hour=number)) for number in range(first, last + 1)]
