"""A practice with people, roles and channels over any store and any connectors, to step by hand."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from channels.connecting import ChannelInput
from config.settings import Settings
from connectors.base import Connector
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.content import Option
from domain.states import Delivery
from domain.words import DecisionKind, Role
from drafting.posts import PostInput
from people.access import found_practice
from rounds.wiring import House, prepare
from scheduler.daemon import Daemon
from store.audit import BrokenLink
from store.models import ChannelRow, Hold, PostRow, Publication
from tests.support.clocks import SetClock

ZONE = "America/New_York"
PASSWORD = "a long enough password"


@dataclass
class Practice:
    """One practice, its people and its channels."""

    house: House
    author: Actor
    approver: Actor
    admin: Actor
    channel_ids: list[str]
    _daemons: list[Daemon] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.author.practice_id

    # ------------------------------------------------------------ the daemon

    @property
    def daemon(self) -> Daemon:
        """The practice's daemon, to step by hand; registered on first use."""
        return self._daemons[0] if self._daemons else self.new_daemon()

    def new_daemon(self) -> Daemon:
        """One more daemon on the same database."""
        daemon = self.house.daemon()
        daemon.heartbeat.begin()
        self._daemons.append(daemon)
        return daemon

    def routine(self, name: str) -> Any:
        """Run one of the daemon's recurring duties once."""
        return next(routine for routine in self.daemon.routines if routine.name == name).run()

    def close(self) -> None:
        for daemon in self._daemons:
            daemon.engine.drain()
            daemon.heartbeat.end()
        self.house.database.close()

    # ------------------------------------------------------------ acting

    def connect(self, provider: str, options: Mapping[str, Option] | None = None) -> str:
        """One more channel on another of the networks; its id."""
        given = ChannelInput(provider, f"{provider} channel", {}, options=options)
        return self.house.connecting.connect(self.admin, given)[0]

    def wall(self, ahead: timedelta = timedelta(hours=1)) -> datetime:
        """A wall time in the practice's zone, that much from now, to the minute."""
        local = (self.house.clock.now() + ahead).astimezone(ZoneInfo(ZONE))
        return local.replace(tzinfo=None, second=0, microsecond=0)

    def input(self, **values: object) -> PostInput:
        return PostInput.model_validate(values)

    def draft(self, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> str:
        values = {"text": text, "channels": tuple(self.channel_ids[:1]), "wall": self.wall()} | more
        return self.house.drafts.create(self.author, PostInput.model_validate(values))

    def edit(self, post_id: str, text: str) -> None:
        with self.house.database.read() as work:
            scope = work.practice(self.id)
            post = scope.posts.get(post_id)
            revision = scope.posts.revision(post_id, post.revision)
            channels = tuple(row.channel_id for row in scope.posts.variants(revision.id))
        wall = datetime.fromisoformat(post.wall) if post.wall else None
        self.house.drafts.edit(self.author, post_id, PostInput(text=text, channels=channels, wall=wall))

    def submit(self, post_id: str) -> str:
        return self.house.signoff.submit(self.author, post_id).id

    def decide(self, actor: Actor, post_id: str, kind: DecisionKind = DecisionKind.APPROVE) -> None:
        """Decide the post's open submission, having seen exactly what it holds."""
        with self.house.database.read() as work:
            submission = work.practice(self.id).signoffs.last_submission(post_id)
        if submission is not None:
            self.house.signoff.decide(
                actor, submission.id, kind, submission.fingerprint, reason="Because of the second line."
            )

    def scheduled(self, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> Publication:
        """A post that is written, submitted, approved and booked; its first publication."""
        post_id = self.draft(text, **more)
        self.submit(post_id)
        self.decide(self.approver, post_id)
        self.house.scheduling.book_approved()
        return self.publications(post_id)[0]

    def work(self, daemon: Daemon | None = None) -> None:
        """Let the engine do everything that is due now."""
        engine = (daemon or self.daemon).engine
        while engine.round() or not engine.idle:
            time.sleep(0.001)

    def published(self, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> Publication:
        """A post that is out; the clock then stands at its minute."""
        publication = self.scheduled(text, **more)
        self.clock.set(publication.due_at)
        self.work()
        return self.publication(publication.id)

    @property
    def clock(self) -> SetClock:
        assert isinstance(self.house.clock, SetClock)
        return self.house.clock

    # ------------------------------------------------------------ looking

    def publications(self, post_id: str) -> list[Publication]:
        with self.house.database.read() as work:
            return list(work.practice(self.id).publications.of_post(post_id))

    def publication(self, publication_id: str) -> Publication:
        with self.house.database.read() as work:
            return work.practice(self.id).publications.get(publication_id)

    def all_publications(self) -> list[Publication]:
        with self.house.database.read() as work:
            return list(work.session.scalars(select(Publication)))

    def in_states(self, *states: Delivery) -> list[Publication]:
        with self.house.database.read() as work:
            return list(work.practice(self.id).publications.in_states(states))

    def post(self, post_id: str) -> PostRow:
        with self.house.database.read() as work:
            return work.practice(self.id).posts.get(post_id)

    def channel(self, number: int = 0) -> ChannelRow:
        with self.house.database.read() as work:
            return work.practice(self.id).channels.get(self.channel_ids[number])

    def audited(self, subject: str = "") -> list[str]:
        """What the audit chain says was done, in order; of one subject, or of everything."""
        with self.house.database.read() as work:
            return [entry.action for entry in work.practice(self.id).audit.entries(subject or None)]

    def open_holds(self) -> list[Hold]:
        with self.house.database.read() as work:
            return list(work.practice(self.id).publications.open_holds())

    def broken_audit(self) -> BrokenLink | None:
        with self.house.database.read() as work:
            return work.practice(self.id).audit.verify()


def found(
    folder: Path,
    database_url: str,
    clock: Clock,
    connectors: Mapping[str, Connector],
    channels: Sequence[str] = (),
    base_url: str = "",
) -> Practice:
    """A practice over a migrated database. `channels` are connector keys, one Channel each."""
    house = House(Settings(data_dir=folder, database_url=database_url, port=0), clock)
    house.__dict__["registry"] = Registry(connectors)
    prepare(house)
    admin = _admin(house)
    author = _member(house, admin, "Maya Lindqvist", "maya@harbourlane.example", Role.AUTHOR)
    approver = _member(house, admin, "Amara Osei", "amara@harbourlane.example", Role.APPROVER, Role.PUBLISHER)
    ids = [
        house.connecting.connect(admin, ChannelInput(key, f"{key} {number}", {}, base_url=base_url))[0]
        for number, key in enumerate(channels, start=1)
    ]
    return Practice(house, author, approver, admin, ids)


def _admin(house: House) -> Actor:
    """Founded without a password: hashing one takes a while, and most tests never sign in."""
    with house.database.write() as work:
        admin = found_practice(
            work,
            house.clock.now(),
            practice="Harbour Lane Family Practice",
            zone=ZONE,
            name="Tom Becker",
            email="tom@harbourlane.example",
            password_hash=None,
        )
        work.commit()
    return admin


def _member(house: House, admin: Actor, name: str, email: str, *roles: Role) -> Actor:
    row = house.members.add(admin, name=name, email=email, roles=frozenset(roles))
    return Actor(row.id, admin.practice_id, row.name, frozenset(roles), "password")
