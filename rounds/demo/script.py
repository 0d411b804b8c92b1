"""The example's month as a file tells it, checked at the door."""

import tomllib
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import Field

from domain.content import Frozen
from domain.profile import Profile
from domain.words import Role

FILE = Path(__file__).with_name("month.toml")


class Fate(StrEnum):
    """What becomes of a post."""

    GOING = "going"  # approved in time: published, or scheduled where its time is still to come
    EXPIRED = "expired"
    RETRACTED = "retracted"
    CANCELLED = "cancelled"
    APPROVED = "approved"
    IN_REVIEW = "in_review"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"
    DRAFT = "draft"


class Mishap(StrEnum):
    """What the network does with a post on its first channel."""

    HICCUP = "hiccup"  # fails once, before it takes the post
    LOST = "lost"  # takes the post, and its answer never arrives
    REFUSED = "refused"


class Person(Frozen):
    key: str
    name: str
    email: str
    roles: frozenset[Role]


class ExampleChannel(Frozen):
    key: str
    name: str
    simulated: bool  # on a network whose numbers are invented, or on one of our own


class ExamplePost(Frozen):
    """One post. `day` counts from today; `minutes` counts from this minute instead."""

    title: str
    text: str
    channels: Annotated[tuple[str, ...], Field(min_length=1)]
    day: int | None = None
    clock: time = time(9)
    minutes: int | None = None
    thread: tuple[str, ...] = ()
    link: str | None = None
    first_comment: str | None = None
    picture: str | None = None
    alt: str = ""
    keep: str = ""  # why the guard's warnings stay
    campaign: str = ""
    labels: tuple[str, ...] = ()
    author: str = "maya"
    fate: Fate = Fate.GOING
    mishap: Mishap | None = None
    reason: str = ""

    def due(self, now: datetime, zone: ZoneInfo) -> datetime | None:
        """When it is to go out, in the zone and to the minute, where it has a time."""
        if self.minutes is not None:
            soon = now + timedelta(minutes=self.minutes)
            return soon.astimezone(zone).replace(second=0, microsecond=0)
        if self.day is None:
            return None
        return datetime.combine(now.astimezone(zone).date() + timedelta(days=self.day), self.clock, zone)

    def begun(self, today: date) -> date:
        """The day on which somebody writes it: five days ahead, and at least two days ago."""
        planned = self.day if self.day is not None else 0
        return today + timedelta(days=min(planned - 5, -2))


class Script(Frozen):
    practice: str
    zone: str
    profile: Profile
    people: Annotated[tuple[Person, ...], Field(min_length=1)]
    channels: tuple[ExampleChannel, ...]
    posts: tuple[ExamplePost, ...]


def load_script() -> Script:
    return Script.model_validate(tomllib.loads(FILE.read_text(encoding="utf-8")))
