"""The engine: claim, look once more, call, record. The publications table is its only queue.

One thread claims and records; each network has its lane of threads that call. A claim commits the Attempt
before any call leaves. The engine sleeps until the next due instant, at most a second, so that new posts,
cancellations and a stepped clock are seen within that second.
"""

import queue
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog
from sqlalchemy.exc import DBAPIError, StatementError

from connectors.base import Connector, Estimates, declares
from connectors.registry import Registry
from domain.clock import Clock
from domain.pack import Pack
from scheduler.lanes import Lane
from scheduler.lastlook import LastLook
from scheduler.recording import Recorder
from scheduler.work import Done, Job, LeaseClock, ask, send, unreadable
from store.blobs import Blobs
from store.database import NO_DATABASE, Database
from store.sealing import Seal

LONGEST_SLEEP = 1.0  # seconds
RECORD_BATCH = 500
ASK_BATCH = 32
ASKING = "look-ups"  # the lane of look-ups, over all networks
DATABASE_PAUSE = 1.0  # seconds between tries while the database does not answer

log = structlog.get_logger(__name__)


def lease_of(connector: Connector) -> timedelta:
    """How long a claim on this network holds: call time-out < lease ÷ 4."""
    return connector.spec.call_timeout * 4 + timedelta(seconds=1)


@dataclass(frozen=True)
class Ahead:
    """When each lane next has something to do."""

    now: datetime
    wanted: Mapping[str, datetime]  # by lane

    def is_due(self, lane: str) -> bool:
        return lane in self.wanted and self.wanted[lane] <= self.now

    def rest(self) -> float:
        """Seconds until something is due, at most LONGEST_SLEEP.

        What is due already and was not claimed waits for room; the call that makes room wakes the engine.
        """
        waits = [(at - self.now).total_seconds() for at in self.wanted.values() if at > self.now]
        return min([*waits, LONGEST_SLEEP])


@dataclass
class Engine:
    """Publishes what is due. `owner` is this daemon's id."""

    database: Database
    clock: Clock
    registry: Registry
    seal: Seal
    blobs: Blobs
    pack: Pack
    owner: str
    _finished: "queue.SimpleQueue[Done]" = field(default_factory=queue.SimpleQueue)
    _wake: threading.Event = field(default_factory=threading.Event)
    _lanes: dict[str, Lane] = field(default_factory=dict)
    _rest: float = LONGEST_SLEEP

    def __post_init__(self) -> None:
        self._recorder = Recorder(self.database, self.clock, self.owner)
        self._last_look = LastLook(self.database, self.registry, self.seal, self.pack, self.owner)
        self._asking = Lane(ASKING, ASK_BATCH)
        for connector in self.registry.all():
            self._lanes[connector.spec.key] = Lane(connector.spec.key, connector.spec.slots)

    # ------------------------------------------------------------ the loop

    def run(self, stop: threading.Event) -> None:
        """Work until `stop` is set, then finish what is under way and write it down."""
        while not stop.is_set():
            try:
                busy = self.round()
                pause = 0.0 if busy else self._rest
            except DBAPIError as error:
                log.warning("database does not answer", error=type(error.orig).__name__)
                pause = DATABASE_PAUSE
            except Exception:
                log.exception("a round failed")
                pause = DATABASE_PAUSE
            if pause > 0:
                self._wake.wait(pause)
            self._wake.clear()
        self.drain()

    def round(self) -> bool:
        """Record what came back, claim what is due; whether there was anything to do."""
        recorded = self._record()
        ahead = self._look_ahead()
        due = [lane for lane in self._lanes.values() if ahead.is_due(lane.name) and lane.room() > 0]
        claimed = sum(self._claim_due(lane) for lane in due)
        asked = self._claim_asks() if ahead.is_due(ASKING) else 0
        self._rest = ahead.rest()
        return bool(recorded or claimed or asked)

    def wake(self) -> None:
        """Look again now."""
        self._wake.set()

    def drain(self) -> None:
        """Wait for calls under way and record them; nothing new is begun."""
        for lane in (*self._lanes.values(), self._asking):
            lane.close()
        while self._record():
            pass

    @property
    def under_way(self) -> Mapping[str, int]:
        """Open work by lane."""
        return {lane.name: lane.open for lane in (*self._lanes.values(), self._asking)}

    @property
    def idle(self) -> bool:
        """Nothing is under way and everything that came back is written down."""
        return not any(self.under_way.values()) and self._finished.empty()

    def _look_ahead(self) -> Ahead:
        with self.database.read() as work:
            wanted = {name: work.server.queue.next_send(name) for name in self._lanes}
            wanted[ASKING] = work.server.queue.next_ask(list(self._lanes))
            return Ahead(work.now(), {name: at for name, at in wanted.items() if at is not None})

    # ------------------------------------------------------------ claiming

    def _claim_due(self, lane: Lane) -> int:
        room = lane.room()
        if room <= 0:
            return 0
        connector = self.registry[lane.name]
        lease, charges = lease_of(connector), declares(connector, Estimates)
        begun = LeaseClock.now()
        with self.database.write() as work:
            claims = work.server.queue.claim_due(lane.name, room, self.owner, work.now(), lease)
            work.commit()
        for job in self._last_look.prepare(claims, begun, lease, charges=charges):
            lane.submit(self._sending(job))
        return len(claims)

    def _claim_asks(self) -> int:
        room = min(self._asking.room(), ASK_BATCH)
        if room <= 0:
            return 0
        lease = max(lease_of(connector) for connector in self.registry.all())
        begun = LeaseClock.now()
        with self.database.write() as work:
            known = list(self._lanes)  # what an absent connector left in doubt waits for its return
            claims = work.server.queue.claim_asks(known, room, self.owner, work.now(), lease)
            if not claims:
                return 0
            work.commit()
        for job in self._last_look.prepare(claims, begun, lease):
            self._asking.submit(self._asking_for(job))
        return len(claims)

    def _sending(self, job: Job) -> Callable[[], None]:
        return lambda: self._finish(send(job, self.database, self.blobs))

    def _asking_for(self, job: Job) -> Callable[[], None]:
        return lambda: self._finish(ask(job))

    def _finish(self, done: Done) -> None:
        self._finished.put(done)
        self._wake.set()

    # ------------------------------------------------------------ recording

    def _record(self) -> int:
        batch: list[Done] = []
        while len(batch) < RECORD_BATCH:
            try:
                batch.append(self._finished.get_nowait())
            except queue.Empty:
                break
        if not batch:
            return 0
        try:
            self._recorder.record(batch)
        except NO_DATABASE:
            self._put_back(batch)
            raise
        except StatementError:
            # One of them says what no column holds. It must not keep the others from being written down.
            for done in batch:
                self._record_alone(done)
        return len(batch)

    def _record_alone(self, done: Done) -> None:
        try:
            self._recorder.record([done])
        except NO_DATABASE:
            self._put_back([done])
            raise
        except StatementError as error:
            cause = type(error.orig).__name__
            log.error("an answer cannot be kept", publication=done.job.publication.id, error=cause)
            self._recorder.record([unreadable(done)])

    def _put_back(self, batch: Sequence[Done]) -> None:
        for done in batch:
            self._finished.put(done)
