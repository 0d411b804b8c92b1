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
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError

from channels.opening import open_channel
from connectors.base import Channel, Connector
from connectors.registry import Registry
from domain.clock import Clock
from domain.content import Content, variant_fingerprint
from domain.pack import Pack
from domain.states import Delivery
from domain.words import AttemptKind, AttemptOutcome
from scheduler.lanes import Lane
from scheduler.preflight import PreflightFacts, Stay, preflight
from scheduler.recheck import Recheck
from scheduler.recording import Recorder
from scheduler.work import Done, Job, LeaseClock, ask, send
from store.audit import Happening
from store.blobs import Blobs
from store.database import Database, UnitOfWork
from store.models import ChannelRow
from store.queue import Change, Claim
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
class Round:
    """What one batch of last looks remembers."""

    digests: dict[str, str] = field(default_factory=dict)  # the guard's inputs, by channel
    reserved: dict[str, int] = field(default_factory=dict)  # millionths set aside, by channel


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
        self._recheck = Recheck(self.registry, self.pack)
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
            wanted[ASKING] = work.server.queue.next_ask()
            return Ahead(work.now(), {name: at for name, at in wanted.items() if at is not None})

    # ------------------------------------------------------------ claiming

    def _claim_due(self, lane: Lane) -> int:
        room = lane.room()
        if room <= 0:
            return 0
        lease = lease_of(self.registry[lane.name])
        begun = LeaseClock.now()
        with self.database.write() as work:
            claims = work.server.queue.claim_due(lane.name, room, self.owner, work.now(), lease)
            work.commit()
        for job in self._prepare(claims, begun, lease):
            lane.submit(self._sending(job))
        return len(claims)

    def _claim_asks(self) -> int:
        room = min(self._asking.room(), ASK_BATCH)
        if room <= 0:
            return 0
        lease = max(lease_of(connector) for connector in self.registry.all())
        begun = LeaseClock.now()
        with self.database.write() as work:
            claims = work.server.queue.claim_asks(room, self.owner, work.now(), lease)
            if not claims:
                return 0
            work.commit()
        for job in self._prepare(claims, begun, lease):
            self._asking.submit(self._asking_for(job))
        return len(claims)

    def _sending(self, job: Job) -> Callable[[], None]:
        return lambda: self._finish(send(job, self.database, self.blobs))

    def _asking_for(self, job: Job) -> Callable[[], None]:
        return lambda: self._finish(ask(job))

    def _finish(self, done: Done) -> None:
        self._finished.put(done)
        self._wake.set()

    # ------------------------------------------------------------ the last look

    def _prepare(self, claims: Sequence[Claim], begun: float, lease: timedelta) -> list[Job]:
        """Jobs for the claims that may go; the others are written down as what they become instead."""
        if not claims:
            return []
        deadline = begun + lease.total_seconds() * 0.75
        jobs: list[Job] = []
        stays: list[tuple[Claim, Any, Stay]] = []
        round_ = Round()
        with self.database.read() as work:
            now = work.now()
            rows = work.server.queue.load([claim.publication_id for claim in claims])
            channels = work.server.channels(list({row.Publication.channel_id for row in rows.values()}))
            opened = {channel_id: open_channel(row, self.seal) for channel_id, row in channels.items()}
            for claim in claims:
                row = rows[claim.publication_id]
                channel_row = channels[row.Publication.channel_id]
                content = Content.model_validate(row.content)
                stay = self._look(work, claim, row, channel_row, content, now, round_)
                if stay is None:
                    channel = opened[channel_row.id]
                    jobs.append(self._job(claim, row, content, channel, deadline, lease))
                else:
                    stays.append((claim, row, stay))
        if stays:
            self._write_stays(stays)
        self._recorder.reserve(jobs)
        return jobs

    def _job(
        self, claim: Claim, row: Any, content: Content, channel: Channel, deadline: float, lease: timedelta
    ) -> Job:
        return Job(
            claim=claim,
            publication=row.Publication,
            content=content,
            channel=channel,
            connector=self.registry[row.Publication.provider],
            deadline=deadline,
            lease=lease,
        )

    def _look(
        self,
        work: UnitOfWork,
        claim: Claim,
        row: Any,
        channel: ChannelRow,
        content: Content,
        now: datetime,
        round_: Round,
    ) -> Stay | None:
        if claim.kind is AttemptKind.LOOKUP:
            return None
        return preflight(
            PreflightFacts(
                now=now,
                approved_fingerprint=row.Publication.fingerprint,
                actual_fingerprint=variant_fingerprint(channel.id, content),
                approval_void=row.voided_at is not None,
                not_before=row.not_before,
                not_after=row.not_after,
                standing_lost=bool(row.standing_lost),
                channel_state=channel.state,
                channel_reason=channel.state_reason,
                channel_resumes_at=channel.resumes_at,
                findings=self._recheck.findings(row, channel, content, now, round_.digests),
                over_budget=self._recheck.over_budget(work, channel, content, now, round_.reserved),
            )
        )

    def _write_stays(self, stays: Sequence[tuple[Claim, Any, Stay]]) -> None:
        with self.database.write() as work:
            now = work.now()
            changes = [_stay_change(claim, row, stay) for claim, row, stay in stays]
            work.server.queue.current(changes)
            work.server.queue.apply(changes, now)
            for change in sorted(changes, key=lambda change: change.practice_id):
                work.practice(change.practice_id).audit.append([self._stayed(change, now)])
            work.commit()

    def _stayed(self, change: Change, now: datetime) -> Happening:
        detail = {"state": change.values["state"], "reason": change.values["reason"]}
        subject = f"publication:{change.publication_id}"
        return Happening(f"daemon:{self.owner}", "not_sent", subject, now, detail)

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
        except DBAPIError:
            for done in batch:
                self._finished.put(done)
            raise
        return len(batch)


def _stay_change(claim: Claim, row: Any, stay: Stay) -> Change:
    values = {
        "state": stay.state,
        "reason": stay.reason,
        "run_at": stay.run_at or row.Publication.run_at,
        "tries": row.Publication.tries - 1,
        "sent_at": None if row.Publication.tries <= 1 else row.Publication.sent_at,
    }
    outcome = AttemptOutcome.ABANDONED if stay.state is Delivery.SCHEDULED else AttemptOutcome.REJECTED
    return Change(
        claim.publication_id, claim.practice_id, claim.fence, values, outcome, "preflight", stay.reason
    )
