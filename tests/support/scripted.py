"""A network in memory that does what the test says, and remembers what it truly took."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from connectors.base import (
    Absent,
    AuthKind,
    CannotTell,
    Channel,
    Health,
    Journal,
    LookupStrength,
    Post,
    Published,
    Spec,
    Trace,
)
from connectors.errors import Ambiguous, AuthExpired, RateLimited, Rejected, Transient
from domain.clock import Clock
from domain.content import Content, variant_fingerprint


class Plan(StrEnum):
    """What the next write meets."""

    TAKE = "take"
    REFUSE = "refuse"
    NOT_REACHED = "not reached"
    LOST_BEFORE = "lost before it was taken"
    LOST_AFTER = "taken, the answer lost"
    BUSY = "busy"
    SIGNED_OUT = "signed out"
    DIE_BEFORE = "the daemon dies before it was taken"
    DIE_AFTER = "the daemon dies after it was taken"
    SURPRISE = "taken, then an exception nobody foresaw"


class Died(BaseException):
    """The process ended here: nothing of this call is written down any more."""


@dataclass(frozen=True)
class Taken:
    """One post that truly stands."""

    key: str
    fingerprint: str
    text: str


@dataclass
class ScriptedNetwork:
    """A connector without wires. Thread-safe, since lanes call it from their threads."""

    clock: Clock
    lookup_strength: LookupStrength = LookupStrength.BY_KEY
    plans: list[Plan] = field(default_factory=list)
    taken: list[Taken] = field(default_factory=list)
    when_called: Callable[[Channel, Post], None] = lambda channel, post: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def spec(self) -> Spec:
        return Spec(
            key="scripted",
            label="Scripted",
            auth=AuthKind.NONE,
            text_limit=500,
            lookup=self.lookup_strength,
            lookup_settles=timedelta(minutes=2),
            call_timeout=timedelta(seconds=10),
            slots=4,
        )

    def verify(self, channel: Channel) -> Health:
        return Health(ok=True, detail="It answers.", remote_id=f"account of {channel.name}")

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published:
        journal.intend("post")
        with self._lock:
            plan = self.plans.pop(0) if self.plans else Plan.TAKE
            if plan in (Plan.TAKE, Plan.LOST_AFTER, Plan.DIE_AFTER, Plan.SURPRISE):
                self.when_called(channel, post)
                self._take(channel, post.key, post.content)
        self._fail(plan)
        journal.done("post", post.key)
        return Published(f"remote-{post.key}", f"https://scripted.example/{post.key}")

    def _take(self, channel: Channel, key: str, content: Content) -> None:
        self.taken.append(Taken(key, variant_fingerprint(channel.id, content), content.text))

    def _fail(self, plan: Plan) -> None:
        match plan:
            case Plan.TAKE:
                return
            case Plan.REFUSE:
                raise Rejected("Scripted refuses this.")
            case Plan.NOT_REACHED:
                raise Transient("Scripted could not be reached.")
            case Plan.LOST_BEFORE | Plan.LOST_AFTER:
                raise Ambiguous("Scripted did not answer in time.")
            case Plan.BUSY:
                raise RateLimited("Scripted is busy.", until=self.clock.now() + timedelta(minutes=3))
            case Plan.SIGNED_OUT:
                raise AuthExpired("Scripted no longer accepts our sign-in.")
            case Plan.DIE_BEFORE | Plan.DIE_AFTER:
                raise Died
            case Plan.SURPRISE:
                raise ZeroDivisionError

    def lookup(self, channel: Channel, trace: Trace) -> Published | Absent | CannotTell:
        if self.lookup_strength is LookupStrength.NONE:
            return CannotTell("Scripted cannot be asked.")
        with self._lock:
            found = any(post.key == trace.key for post in self.taken)
        return Published(f"remote-{trace.key}") if found else Absent()
