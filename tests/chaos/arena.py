"""One practice on trial: a store, a network, daemons, and everything that was planned."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from uuid import uuid4

from sqlalchemy import func, select

from channels.connecting import ChannelInput
from connectors.base import LookupStrength
from domain.actor import Actor
from domain.states import Delivery
from domain.words import Role
from people.access import found_practice
from rounds.wiring import House
from store.models import Attempt, Daemon, Publication
from tests.chaos.daemon import Orders, house_on_trial
from tests.chaos.filling import Filler, Planned
from tests.chaos.judging import Stored, Tally, counted, judge
from tests.chaos.network import NetworkOnTrial, network
from tests.chaos.nursery import Nursery, Process
from tests.support.databases import PostgresqlTemplates, SqliteTemplates, postgresql_server

CHANNELS = 4
APPROVERS = 4
STILL_MOVING = (Delivery.SCHEDULED, Delivery.DISPATCHING, Delivery.PROCESSING)
LOOK_EVERY = 0.1  # seconds
BIRTH_SECONDS = 30.0  # a shared machine may be slow


@dataclass
class Ground:
    """What all runs share: the process that starts daemons, and databases to copy."""

    nursery: Nursery
    folder: Path
    stack: ExitStack

    @cached_property
    def sqlite(self) -> SqliteTemplates:
        return SqliteTemplates(self.folder)

    @cached_property
    def postgresql_server(self) -> str:
        """The URL of a PostgreSQL on which databases may be made."""
        return self.stack.enter_context(postgresql_server(self.folder))

    @cached_property
    def postgresql(self) -> PostgresqlTemplates:
        templates = PostgresqlTemplates(self.postgresql_server)
        self.stack.callback(templates.close)
        return templates

    @contextmanager
    def database(self, store: str, folder: Path) -> Iterator[str]:
        """The URL of a fresh, migrated database, gone afterwards."""
        if store == "sqlite":
            yield self.sqlite.database(folder)
            return
        with self.postgresql.database() as url:
            yield url

    @contextmanager
    def arena(
        self,
        store: str,
        seed: int,
        *,
        forgetful: bool = True,
        folder: Path | None = None,
        **orders: object,
    ) -> Iterator["Arena"]:
        """A practice with approvers and channels; leaving stops its daemons and drops its database."""
        folder = folder or Path(mkdtemp(prefix=f"{store}-", dir=self.folder))
        with self.database(store, folder) as url, network(seed, forgetful=forgetful) as on_trial:
            wanted = replace(Orders(str(folder), url), **orders)  # type: ignore[arg-type]
            house = house_on_trial(replace(wanted, clock_file=""))
            arena = Arena(self.nursery, house, on_trial, wanted, _found(house, on_trial.url))
            try:
                yield arena
            finally:
                arena.stop_all()
                house.database.close()


@contextmanager
def ground(folder: Path) -> Iterator[Ground]:
    """Everything that runs share, below *folder*."""
    with ExitStack() as stack:
        yield Ground(stack.enter_context(Nursery()), folder, stack)


@dataclass
class Arena:
    """One run."""

    nursery: Nursery
    house: House
    network: NetworkOnTrial
    orders: Orders
    filler: Filler
    daemons: list[Process] = field(default_factory=list)
    planned: list[Planned] = field(default_factory=list)
    killed: dict[int, datetime] = field(default_factory=dict)  # by process id

    @property
    def accounts(self) -> list[str]:
        return [channel.remote_id for channel in self.filler.channels]

    # ------------------------------------------------------------ daemons

    def start(self, **orders: object) -> Process:
        """One more daemon, with these orders in place of the run's."""
        log = Path(self.orders.data_dir) / "daemons.log"
        process = self.nursery.start(replace(self.orders, **orders), log)  # type: ignore[arg-type]
        self.daemons.append(process)
        return process

    def begun(self, processes: Sequence[Process]) -> bool:
        """Wait until these daemons say that they live."""
        return self.wait(lambda: {process.pid for process in processes} <= self._registered(), BIRTH_SECONDS)

    def _registered(self) -> set[int]:
        with self.house.database.read() as work:
            return set(work.session.scalars(select(Daemon.pid)))

    def kill(self, process: Process) -> None:
        self.killed[process.pid] = now()
        process.kill()
        self.daemons.remove(process)

    def stop_all(self) -> None:
        """Ask every daemon to drain; kill what does not end."""
        for process in self.daemons:
            process.resume()
            process.ask_to_stop()
        for process in self.daemons:
            if not process.gone(within=15):
                process.kill()
        self.daemons.clear()

    # ------------------------------------------------------------ publications

    def fill(
        self, dues: Sequence[datetime], thread: int = 0, first_comment: str | None = None
    ) -> list[Planned]:
        """Approved publications for these instants."""
        planned = self.filler.fill(dues, thread, first_comment)
        self.planned += planned
        return planned

    def wait(self, happened: Callable[[], bool], patience: float) -> bool:
        """Whether it happened within *patience* seconds."""
        end = time.monotonic() + patience
        while not happened():
            if time.monotonic() > end:
                return False
            time.sleep(LOOK_EVERY)
        return True

    def settle(self, patience: float = 60.0) -> bool:
        """Wait until nothing moves any more; what cannot be asked about stays uncertain."""
        return self.wait(lambda: self.moving() == 0, patience)

    def moving(self) -> int:
        """How many publications the engine has still to bring to an end."""
        asks = self.orders.lookup is not LookupStrength.NONE
        states = (*STILL_MOVING, Delivery.UNCERTAIN) if asks else STILL_MOVING
        with self.house.database.read() as work:
            query = select(func.count()).where(Publication.state.in_(states))
            return work.session.execute(query).scalar_one()

    def stored(self) -> dict[str, Stored]:
        """The end of every publication, by id."""
        with self.house.database.read() as work:
            query = select(Publication.id, Publication.state, Publication.remote_id)
            return {row.id: Stored(row.state, row.remote_id) for row in work.session.execute(query)}

    def attempts(self) -> list[Attempt]:
        with self.house.database.read() as work:
            return list(work.session.scalars(select(Attempt)))

    # ------------------------------------------------------------ the verdict

    def tally(self, forbidden: Mapping[str, object] | None = None) -> Tally:
        """The verdict over everything that was planned; the audit chain must have stayed whole."""
        with self.house.database.read() as work:
            broken = work.practice(self.filler.author.practice_id).audit.verify()
        accepted = self.network.accepted(self.accounts)
        tally = judge(self.planned, self.stored(), accepted, forbidden or {})
        return tally + Tally(misnamed=int(broken is not None))

    def states(self) -> dict[str, int]:
        return counted(self.stored())


def now() -> datetime:
    """The true clock."""
    return datetime.now(UTC)


def _found(house: House, url: str) -> Filler:
    """A practice with one author, several approvers and several channels at the network."""
    with house.database.write() as work:
        admin = found_practice(
            work,
            now(),
            practice="Harbour Lane Family Practice",
            zone="UTC",
            name="Tom Becker",
            email="tom@harbourlane.example",
            password_hash=None,
        )
        work.commit()
    house.seal.close({})
    author = _member(house, admin, "author", Role.AUTHOR)
    approvers = [_member(house, admin, f"approver{number}", Role.APPROVER) for number in range(APPROVERS)]
    for number in range(CHANNELS):
        token = {"token": uuid4().hex}
        house.connecting.connect(admin, ChannelInput("rehearsal", f"Account {number}", token, url))
    with house.database.read() as work:
        channels = work.practice(admin.practice_id).channels.all()
    return Filler(house, author, approvers, channels)


def _member(house: House, admin: Actor, name: str, *roles: Role) -> Actor:
    email = f"{name}@harbourlane.example"
    row = house.members.add(admin, name=name, email=email, roles=frozenset(roles))
    return Actor(row.id, admin.practice_id, row.name, frozenset(roles), "password")
