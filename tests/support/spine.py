"""A whole practice for tests: real stores, a rehearsal network over real HTTP, people with roles."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from channels.connecting import ChannelInput
from config.settings import Settings
from connectors.base import Connector, LookupStrength, Surroundings
from connectors.providers.rehearsal.connector import Rehearsal
from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import State
from connectors.registry import Registry
from domain.actor import Actor
from domain.clock import Clock
from domain.words import DecisionKind, Role
from drafting.posts import PostInput
from rounds.wiring import House, prepare
from scheduler.daemon import Daemon
from store.models import Publication
from tests.support.servers import serve

ZONE = "America/New_York"
PASSWORD = "a long enough password"


@dataclass
class Spine:
    """One practice, its people, one rehearsal channel, and the daemon's parts to step by hand."""

    house: House
    network: State
    author: Actor
    approver: Actor
    admin: Actor
    channel_id: str
    daemon: Daemon

    # ------------------------------------------------------------ writing

    def wall(self, ahead: timedelta = timedelta(hours=1)) -> datetime:
        """A wall time in the practice's zone, that much from now, to the minute."""
        local = (self.house.clock.now() + ahead).astimezone(ZoneInfo(ZONE))
        return local.replace(tzinfo=None, second=0, microsecond=0)

    def draft(self, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> str:
        values: dict[str, object] = {"text": text, "channels": (self.channel_id,), "wall": self.wall()}
        return self.house.drafts.create(self.author, PostInput.model_validate(values | more))

    def submitted(self, post_id: str) -> str:
        return self.house.signoff.submit(self.author, post_id).id

    def approve(self, submission_id: str, by: Actor | None = None) -> None:
        with self.house.database.read() as work:
            scope = work.practice(self.author.practice_id)
            fingerprint = scope.signoffs.submission(submission_id).fingerprint
        self.house.signoff.decide(by or self.approver, submission_id, DecisionKind.APPROVE, fingerprint)

    def scheduled(self, text: str = "Flu shots are in. Walk in any weekday.", **more: object) -> Publication:
        """A post that is written, submitted, approved and booked."""
        post_id = self.draft(text, **more)
        self.approve(self.submitted(post_id))
        self.house.scheduling.book_approved()
        return self.publications(post_id)[0]

    # ------------------------------------------------------------ looking

    def publications(self, post_id: str) -> list[Publication]:
        with self.house.database.read() as work:
            return list(work.practice(self.author.practice_id).publications.of_post(post_id))

    def publication(self, publication_id: str) -> Publication:
        with self.house.database.read() as work:
            return work.practice(self.author.practice_id).publications.get(publication_id)

    def standing(self) -> list[str]:
        """The texts that the network truly carries."""
        return [entry.text for account in self._accounts() for entry in self.network.posts(account)]

    def _accounts(self) -> list[str]:
        with self.house.database.read() as work:
            rows = work.practice(self.author.practice_id).channels.all()
            return [row.remote_id for row in rows if row.provider == "rehearsal"]

    # ------------------------------------------------------------ running

    def work(self) -> None:
        """Let the engine do everything that is due now."""
        engine = self.daemon.engine
        while engine.round() or not engine.idle:
            time.sleep(0.001)


@contextmanager
def spine(
    folder: Path,
    database_url: str,
    clock: Clock,
    *,
    lookup: LookupStrength = LookupStrength.BY_KEY,
    read_timeout: float = 2.0,
) -> Iterator[Spine]:
    """A practice over this database, with its network on loopback."""
    network = State(None)
    with serve(Network(network, clock, open_door=True).app()) as address:
        surroundings = Surroundings(folder, address, clock)
        connector = Rehearsal(surroundings, lookup=lookup, read_timeout=read_timeout)
        house = house_over(folder, database_url, clock, {"rehearsal": connector})
        prepare(house)
        founded = _founded(house, network, address)
        try:
            yield founded
        finally:
            founded.daemon.engine.drain()
            founded.daemon.heartbeat.end()
            house.database.close()
            network.close()


def house_over(folder: Path, database_url: str, clock: Clock, connectors: dict[str, Connector]) -> House:
    """A House whose registry holds just these connectors."""
    house = House(Settings(data_dir=folder, database_url=database_url, port=0), clock)
    house.__dict__["registry"] = Registry(connectors)
    return house


def _founded(house: House, network: State, address: str) -> Spine:
    token = house.access.new_setup_link()
    assert token is not None
    admin = house.access.set_up(
        token,
        practice="Harbour Lane Family Practice",
        zone=ZONE,
        name="Tom Becker",
        email="tom@harbourlane.example",
        password=PASSWORD,
    )
    author = _member(house, admin, "Maya Lindqvist", "maya@harbourlane.example", Role.AUTHOR)
    approver = _member(house, admin, "Amara Osei", "amara@harbourlane.example", Role.APPROVER, Role.PUBLISHER)
    channel_id, _ = house.connecting.connect(
        admin,
        ChannelInput("rehearsal", "Rehearsal", {"token": "a-rehearsal-token"}, base_url=address),
    )
    daemon = house.daemon()
    daemon.heartbeat.begin()
    return Spine(house, network, author, approver, admin, channel_id, daemon)


def _member(house: House, admin: Actor, name: str, email: str, *roles: Role) -> Actor:
    row = house.members.add(admin, name=name, email=email, roles=frozenset(roles), password=PASSWORD)
    return Actor(row.id, admin.practice_id, row.name, frozenset(roles), "password")
