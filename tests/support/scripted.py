"""A network in memory that does what the test says, and remembers what it truly took."""

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

from connectors.base import (
    Absent,
    Accepted,
    Account,
    AuthKind,
    AuthorizationRequest,
    CannotTell,
    Channel,
    CredentialField,
    Grant,
    Health,
    Journal,
    LookupStrength,
    MediaRules,
    Post,
    Published,
    Reading,
    Spec,
    Trace,
)
from connectors.errors import Ambiguous, AuthExpired, PartlyPublished, RateLimited, Rejected, Transient
from domain.clock import Clock
from domain.content import Content, variant_fingerprint
from domain.words import Finding, Money


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


class LivelyNetwork(ScriptedNetwork):
    """A scripted network with every facet. What people did there is kept in plain lists and mappings."""

    repost_label = "Lift"
    measure_batch = 2

    def __init__(self, clock: Clock, **options: Any) -> None:
        super().__init__(clock, **options)
        self.troubles: list[Exception] = []  # what the next calls beside sending meet
        self.meanwhile: list[Callable[[], object]] = []  # what happens during them
        self.comments: list[tuple[str, str]] = []  # (remote id, words)
        self.retracted: list[str] = []
        self.lifted: dict[str, str] = {}  # repost id by remote id
        self.counts: dict[str, dict[str, int]] = {}  # numbers by remote id; others have two likes
        self.measured: list[list[str]] = []  # the ids of each call
        self.health: Health | None = None  # in place of a good one
        self.remark: Callable[[Content], Sequence[Finding]] = lambda content: ()
        self.accounts: list[Account] = [Account("77", "Ward", credentials={"token": "first"})]
        self.grant: Grant | None = Grant({"token": "renewed"})
        self.renewals = 0
        self.working = 0  # how many look-ups still answer "at work"

    @property
    def spec(self) -> Spec:
        return replace(
            super().spec,
            auth=AuthKind.OAUTH2,
            thread_max=5,
            carries_first_comment=True,
            media=MediaRules(4, frozenset({"image/jpeg", "image/png"}), 5_000_000, 500),
            scopes={"publish": frozenset({"write"})},
            credentials=(CredentialField("token", "Token", required=False),),
            options={"tone": "How it speaks."},
        )

    def verify(self, channel: Channel) -> Health:
        self._stumble()
        return self.health or super().verify(channel)

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published | Accepted:  # type: ignore[override]
        if self.working:
            journal.intend("post")
            self._take(channel, post.key, post.content)
            return Accepted(f"job of {post.key}", timedelta(seconds=5))
        stands = Published(f"remote-{post.key}", f"https://scripted.example/{post.key}")
        if "post" not in journal.finished:
            stands = super().publish(channel, post, journal)
        for number in range(1, len(post.content.thread) + 1):
            self._publish_part(post, number, journal)
        return stands

    def _publish_part(self, post: Post, number: int, journal: Journal) -> None:
        step = f"part.{number}"
        if step in journal.finished:
            return
        journal.intend(step)
        if self.plans and self.plans[0] is Plan.REFUSE:
            self.plans.pop(0)
            raise PartlyPublished("A part was refused.", remote_id=f"remote-{post.key}", url=None)
        journal.done(step, f"{post.key}/{number}")

    def lookup(self, channel: Channel, trace: Trace) -> Published | Accepted | Absent | CannotTell:  # type: ignore[override]
        if trace.handle and self.working:
            self.working -= 1
            return Accepted(trace.handle, timedelta(seconds=5))
        return super().lookup(channel, trace)

    def check(self, channel: Channel, content: Content) -> Sequence[Finding]:
        return self.remark(content)

    # ------------------------------------------------------------ signing in

    def begin(self, app: Mapping[str, str], redirect_uri: str, base_url: str = "") -> AuthorizationRequest:
        self._stumble()
        return AuthorizationRequest("https://scripted.example/consent?state=s1", "s1", {"verifier": "v"})

    def complete(
        self,
        app: Mapping[str, str],
        redirect_uri: str,
        keep: Mapping[str, str],
        answer: Mapping[str, str],
        base_url: str = "",
    ) -> list[Account]:
        self._stumble()
        return self.accounts

    def refresh(self, channel: Channel) -> Grant | None:
        self.renewals += 1
        self._stumble()
        return self.grant

    # ------------------------------------------------------------ afterwards

    def comment(self, channel: Channel, remote_id: str, text: str) -> str:
        self._stumble()
        self.comments.append((remote_id, text))
        return f"comment {len(self.comments)}"

    def find_comment(self, channel: Channel, remote_id: str, text: str) -> str | None:
        return "found" if (remote_id, text) in self.comments else None

    def retract(self, channel: Channel, remote_id: str) -> None:
        self._stumble()
        self.retracted.append(remote_id)

    def repost(self, channel: Channel, remote_id: str) -> str:
        self._stumble()
        return self.lifted.setdefault(remote_id, f"lift-{len(self.lifted) + 1}")

    def undo_repost(self, channel: Channel, remote_id: str, repost_id: str) -> None:
        self._stumble()
        if self.lifted.pop(remote_id, None) not in (None, repost_id):
            raise Rejected("That is another lift.")

    def measure(self, channel: Channel, remote_ids: Sequence[str]) -> Mapping[str, Reading]:
        self.measured.append(list(remote_ids))
        self._stumble()
        now = self.clock.now()
        return {
            key: Reading(self.counts.get(key, {"likes": 2, "impressions": 500}), now) for key in remote_ids
        }

    def _stumble(self) -> None:
        if self.meanwhile:
            self.meanwhile.pop(0)()
        if self.troubles:
            raise self.troubles.pop(0)


class PricedNetwork(ScriptedNetwork):
    """Charges ten cents for each post."""

    price = Money(micros=100_000, currency="USD")

    @property
    def spec(self) -> Spec:
        return replace(
            super().spec, key="priced", charges=True, options={"monthly_cap_usd": "The most in a month."}
        )

    def estimate(self, channel: Channel, content: Content) -> Money:
        return self.price

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published:
        return replace(super().publish(channel, post, journal), cost=self.price)
