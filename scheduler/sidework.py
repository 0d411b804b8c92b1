"""What follows a receipt: first comment, readings, taking down, promoting. A queue with no way back to send.

Each kind of work is safe to repeat: a first comment is looked for before it is made a second time, and the
others change nothing when done twice. An unknown outcome therefore means *again, later*. Whatever is written
about a piece of work is written under the claim that took it; who was overtaken writes nothing.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from channels.opening import open_channel
from channels.refreshing import RENEWAL, RENEWING, renew_instead
from connectors.base import Channel, Comments, Measures, Reading, Reposts, Retracts, declares
from connectors.errors import AuthExpired, ConnectorError, OutOfCredit, RateLimited, Rejected
from connectors.registry import Registry
from domain.clock import Clock
from domain.content import Content
from domain.ids import new_id
from domain.states import Delivery, move_delivery
from domain.words import ChannelState, PromotionState, SideWork, SideWorkState
from engagement.measuring import keep_readings
from engagement.readings import next_reading
from promotion.service import LIFT_LASTS
from scheduler.retry import backoff
from scheduler.work import LeaseClock
from store.database import NO_DATABASE, Database, UnitOfWork
from store.models import ChannelRow, LedgerEntry, Publication, SideWorkRow
from store.sealing import Seal, WrongKey

BATCH = 200
LEASE = timedelta(minutes=10)
MAX_TRIES = 8
PATIENCE = timedelta(hours=1)  # while a channel is broken or out of credit
WORKS = (ChannelState.CONNECTED, ChannelState.WAITING)
STANDS = (Delivery.PUBLISHED, Delivery.PARTIAL)

Apply = Callable[[UnitOfWork, SideWorkRow, datetime], None]

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Task:
    """One piece of side work with what it is about."""

    row: SideWorkRow  # as it was claimed
    publication: Publication
    content: Any  # as it is stored
    channel: ChannelRow


@dataclass(frozen=True)
class SideWorker:
    """Claims due side work, calls, and writes down what came of it."""

    database: Database
    clock: Clock
    registry: Registry
    seal: Seal
    owner: str

    def run_due(self) -> int:
        """Do what is due; returns how much that was."""
        deadline = LeaseClock.now() + LEASE.total_seconds() * 0.75
        with self.database.write() as work:
            rows = work.server.queue.claim_side_work(BATCH, self.owner, work.now(), LEASE)
            if not rows:
                return 0
            work.commit()
        groups: dict[tuple[str, SideWork], list[Task]] = defaultdict(list)
        for task in self._load(rows):
            groups[task.channel.id, task.row.kind].append(task)
        for tasks in groups.values():
            self._group(tasks, deadline)
        return len(rows)

    def _load(self, rows: Sequence[SideWorkRow]) -> list[Task]:
        with self.database.read() as work:
            loaded = work.server.queue.load([row.publication_id for row in rows])
            channels = work.server.channels(list({row.channel_id for row in rows}))
        return [
            Task(
                row,
                loaded[row.publication_id].Publication,
                loaded[row.publication_id].content,
                channels[row.channel_id],
            )
            for row in rows
        ]

    def _group(self, tasks: list[Task], deadline: float) -> None:
        """One kind of work on one channel. The outer edge: what goes wrong here keeps no other waiting."""
        try:
            if tasks[0].channel.state not in WORKS:
                self._again(tasks, self.clock.now() + PATIENCE, "The channel is not connected.")
                return
            channel = open_channel(tasks[0].channel, self.seal)
            size = self._batch_size(tasks[0])
            for start in range(0, len(tasks), size):
                if LeaseClock.now() > deadline:
                    return  # the lease ends before a call would: whoever takes it next does it
                self._do(channel, tasks[start : start + size])
        except NO_DATABASE:
            raise
        except WrongKey as error:
            self._again(tasks, self.clock.now() + PATIENCE, str(error))
        except Exception as error:
            log.exception("side work failed", kind=tasks[0].row.kind, channel=tasks[0].channel.id)
            self._once_more(tasks, f"Something unforeseen happened ({type(error).__name__}).")

    def _batch_size(self, task: Task) -> int:
        connector = self.registry[task.channel.provider]
        reads = task.row.kind is SideWork.MEASURE and declares(connector, Measures)
        return connector.measure_batch if reads else 1  # type: ignore[attr-defined]

    def _do(self, channel: Channel, tasks: list[Task]) -> None:
        try:
            if tasks[0].row.kind is SideWork.MEASURE:
                self._measure(channel, tasks)
            else:
                self._one(channel, tasks[0])
        except ConnectorError as error:
            self._failed(tasks, error)

    # ------------------------------------------------------------ readings

    def _measure(self, channel: Channel, tasks: list[Task]) -> None:
        connector = self.registry[channel.provider]
        simulated = connector.spec.simulated
        if not declares(connector, Measures):
            return self._settle(tasks, SideWorkState.CANCELLED, "This network gives no numbers.")
        readings = connector.measure(channel, [task.publication.remote_id for task in tasks])
        with self.database.write() as work:
            now = work.now()
            ours = list(self._ours(work, tasks))
            publications = [task.publication for task, _ in ours]
            keep_readings(work, publications, readings, simulated=simulated, now=now)
            for task, row in ours:
                _plan_next(task, row, now)
            self._book(work, tasks[0], readings.values(), now)
            work.commit()
        return None

    def _book(self, work: UnitOfWork, task: Task, readings: Iterable[Reading], now: datetime) -> None:
        costs = [reading.cost for reading in readings if reading.cost is not None]
        if costs:
            work.server.add(
                LedgerEntry(
                    id=new_id(),
                    practice_id=task.row.practice_id,
                    channel_id=task.channel.id,
                    publication_id=None,
                    what="measure",
                    micros=sum(cost.micros for cost in costs),
                    currency=costs[0].currency,
                    booked_at=now,
                )
            )

    # ------------------------------------------------------------ one at a time

    def _one(self, channel: Channel, task: Task) -> None:
        if task.row.kind is SideWork.RETRACT and task.publication.state not in STANDS:
            return self._settle([task], SideWorkState.CANCELLED, "There is nothing to take down any more.")
        apply = self._call(channel, task)
        if apply is None:
            return self._settle([task], SideWorkState.CANCELLED, "This network cannot do that.")
        return self._finish(task, apply)

    def _call(self, channel: Channel, task: Task) -> Apply | None:
        """Call the network; what to write down then, or None where the network cannot do it."""
        connector = self.registry[channel.provider]
        remote_id = task.publication.remote_id
        match task.row.kind:
            case SideWork.FIRST_COMMENT if isinstance(connector, Comments):
                return _first_comment(connector, channel, task)
            case SideWork.RETRACT if isinstance(connector, Retracts):
                connector.retract(channel, remote_id)
                return _retracted
            case SideWork.PROMOTE if isinstance(connector, Reposts):
                return _promoted(connector.repost(channel, remote_id))
            case SideWork.END_PROMOTION if isinstance(connector, Reposts):
                connector.undo_repost(channel, remote_id, str(task.row.detail.get("repost_id", "")))
                return _promotion_ended
            case _:
                return None

    def _finish(self, task: Task, apply: Apply) -> None:
        with self.database.write() as work:
            now = work.now()
            for _, row in self._ours(work, [task]):
                row.detail = dict(row.detail)
                apply(work, row, now)
                row.state, row.finished_at, row.message = SideWorkState.DONE, now, ""
                work.practice(row.practice_id).audit.record(
                    f"daemon:{self.owner}", f"{row.kind}_done", f"publication:{row.publication_id}", now
                )
            work.commit()

    # ------------------------------------------------------------ when it does not work

    def _failed(self, tasks: list[Task], error: ConnectorError) -> None:
        now = self.clock.now()
        match error:
            case Rejected():
                self._settle(tasks, SideWorkState.FAILED, error.message)
            case RateLimited():
                self._again(tasks, error.until, error.message)
            case AuthExpired():
                self._refused(tasks, error.message, now)
            case OutOfCredit():
                self._again(tasks, now + PATIENCE, error.message)
            case _:
                self._once_more(tasks, error.message)

    def _refused(self, tasks: list[Task], message: str, now: datetime) -> None:
        """The sign-in has ended: it is renewed once before the channel counts as broken."""
        asked = tasks[0].channel
        with self.database.write() as work:
            row = work.server.channel(asked.id, lock=True)
            if row.credentials != asked.credentials or renew_instead(
                row, self.registry[row.provider], tasks[0].row.run_at - LEASE, now
            ):
                work.commit()
                return self._again(tasks, now + RENEWAL, RENEWING)
            if row.state in WORKS:
                earlier = row.state_reason
                row.state, row.state_reason = ChannelState.NEEDS_RECONNECT, message
                work.server.queue.hold_channel(row.id, message, earlier)
                work.commit()
        return self._again(tasks, now + PATIENCE, message)

    def _once_more(self, tasks: list[Task], message: str) -> None:
        now = self.clock.now()
        spent = [task for task in tasks if task.row.tries >= MAX_TRIES]
        self._give_up(spent, message, now)
        rest = [task for task in tasks if task.row.tries < MAX_TRIES]
        if rest:
            wait = backoff(rest[0].row.tries, random.random())  # noqa: S311 - jitter
            self._again(rest, now + wait, message, burned=True)

    def _give_up(self, tasks: list[Task], message: str, now: datetime) -> None:
        """A reading that cannot be had is left out, and the next one planned; other work has failed."""
        if tasks and tasks[0].row.kind is SideWork.MEASURE:
            with self.database.write() as work:
                for task, row in self._ours(work, tasks):
                    _plan_next(task, row, now)
                work.commit()
        else:
            self._settle(tasks, SideWorkState.FAILED, message)

    def _again(self, tasks: list[Task], run_at: datetime, message: str, *, burned: bool = False) -> None:
        with self.database.write() as work:
            for _, row in self._ours(work, tasks):
                row.state, row.run_at, row.message, row.owner = SideWorkState.DUE, run_at, message, None
                row.tries -= 0 if burned else 1
            work.commit()

    def _settle(self, tasks: list[Task], state: SideWorkState, message: str) -> None:
        if not tasks:
            return
        with self.database.write() as work:
            now = work.now()
            for _, row in self._ours(work, tasks):
                row.state, row.message, row.finished_at = state, message, now
                if row.kind in (SideWork.PROMOTE, SideWork.END_PROMOTION):
                    _promotion_failed(work, row, message, now)
                work.practice(row.practice_id).audit.record(
                    f"daemon:{self.owner}",
                    f"{row.kind}_{state}",
                    f"publication:{row.publication_id}",
                    now,
                    message=message,
                )
            work.commit()

    def _ours(self, work: UnitOfWork, tasks: list[Task]) -> Iterable[tuple[Task, SideWorkRow]]:
        """The tasks whose claim still holds, with their rows locked."""
        held = work.server.queue.held_side_work([task.row for task in tasks])
        return [(task, held[task.row.id]) for task in tasks if task.row.id in held]


def _plan_next(task: Task, row: SideWorkRow, now: datetime) -> None:
    following = next_reading(task.publication.published_at or now, now)
    if following is None or task.publication.state is not Delivery.PUBLISHED:
        row.state, row.finished_at = SideWorkState.DONE, now
    else:
        row.state, row.run_at = SideWorkState.DUE, following
    row.tries, row.owner, row.message = 0, None, ""


def _first_comment(connector: Comments, channel: Channel, task: Task) -> Apply:
    words = Content.model_validate(task.content).first_comment or ""
    remote_id = task.publication.remote_id
    found = connector.find_comment(channel, remote_id, words) if task.row.tries > 1 else None
    comment_id = found or connector.comment(channel, remote_id, words)
    return lambda _work, row, _now: row.detail.update(comment_id=comment_id)


def _retracted(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
    """It is gone: nothing more follows it, and no promotion of it goes on."""
    scope = work.practice(row.practice_id)
    publication = scope.publications.get(row.publication_id, lock=True)
    if publication.state in STANDS:
        publication.state = move_delivery(publication.state, Delivery.RETRACTED)
        publication.reason = str(row.detail.get("reason", "Taken down."))
    scope.publications.cancel_side_work(publication.id, now, but=row.id)
    for promotion in scope.promotions.open_of(publication.id):
        lifted = promotion.state is PromotionState.ACTIVE
        promotion.state = PromotionState.ENDED if lifted else PromotionState.FAILED
        promotion.message, promotion.ended_at = "The post was taken down.", now


def _promoted(repost_id: str) -> Apply:
    """It is lifted, and its end is planned."""

    def apply(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
        promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
        promotion.state, promotion.started_at, promotion.repost_id = PromotionState.ACTIVE, now, repost_id
        work.server.add(
            SideWorkRow(
                id=new_id(),
                practice_id=row.practice_id,
                publication_id=row.publication_id,
                channel_id=row.channel_id,
                kind=SideWork.END_PROMOTION,
                sequence=row.sequence,
                state=SideWorkState.DUE,
                run_at=now + LIFT_LASTS,
                tries=0,
                detail={"promotion_id": promotion.id, "repost_id": repost_id},
                message="",
            )
        )

    return apply


def _promotion_ended(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
    promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
    promotion.state, promotion.ended_at = PromotionState.ENDED, now


def _promotion_failed(work: UnitOfWork, row: SideWorkRow, message: str, now: datetime) -> None:
    """A lift that never began has failed; one that could not be taken back has had its time all the same."""
    promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
    began = row.kind is SideWork.END_PROMOTION
    promotion.state = PromotionState.ENDED if began else PromotionState.FAILED
    promotion.message, promotion.ended_at = message, now
