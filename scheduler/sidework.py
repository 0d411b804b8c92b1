"""What follows a receipt: first comment, readings, taking down, promoting. A queue with no way back to send.

Each kind of work is safe to repeat: a first comment is looked for before it is made a second time, and the
others change nothing when done twice. An unknown outcome therefore means *again, later*.
"""

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from channels.opening import open_channel
from connectors.base import Channel, Comments, Measures, Reposts, Retracts
from connectors.errors import AuthExpired, ConnectorError, OutOfCredit, RateLimited, Rejected, Transient
from connectors.registry import Registry
from domain.clock import Clock
from domain.content import Content
from domain.ids import new_id
from domain.states import Delivery, move_delivery
from domain.words import ChannelState, PromotionState, SideWork, SideWorkState
from engagement.measuring import keep_readings
from engagement.readings import next_reading
from scheduler.retry import backoff
from store.database import Database, UnitOfWork
from store.models import LedgerEntry, Publication, SideWorkRow
from store.sealing import Seal

BATCH = 200
LEASE = timedelta(minutes=10)
MAX_TRIES = 8
PATIENCE = timedelta(hours=1)  # while a channel is broken or out of credit

Apply = Callable[[UnitOfWork, SideWorkRow, datetime], None]


@dataclass(frozen=True)
class Task:
    """One piece of side work with what it is about."""

    row: SideWorkRow
    publication: Publication
    content: Content
    channel: Channel
    channel_state: ChannelState


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
        with self.database.write() as work:
            rows = work.server.queue.claim_side_work(BATCH, self.owner, work.now(), LEASE)
            if not rows:
                return 0
            work.commit()
        tasks = self._load(rows)
        groups: dict[tuple[str, SideWork], list[Task]] = defaultdict(list)
        for task in tasks:
            groups[task.channel.id, task.row.kind].append(task)
        for (_, kind), group in groups.items():
            if kind is SideWork.MEASURE:
                self._measure(group)
            else:
                for task in group:
                    self._one(task)
        return len(rows)

    def _load(self, rows: Sequence[SideWorkRow]) -> list[Task]:
        with self.database.read() as work:
            loaded = work.server.queue.load([row.publication_id for row in rows])
            channels = work.server.channels(list({row.channel_id for row in rows}))
            opened = {key: open_channel(channel, self.seal) for key, channel in channels.items()}
        return [
            Task(
                row,
                loaded[row.publication_id].Publication,
                Content.model_validate(loaded[row.publication_id].content),
                opened[row.channel_id],
                channels[row.channel_id].state,
            )
            for row in rows
        ]

    # ------------------------------------------------------------ readings

    def _measure(self, tasks: list[Task]) -> None:
        channel = tasks[0].channel
        connector = self.registry[channel.provider]
        if not isinstance(connector, Measures):
            return self._settle_all(tasks, SideWorkState.CANCELLED, "This network gives no numbers.")
        for start in range(0, len(tasks), connector.measure_batch):
            self._measure_batch(connector, channel, tasks[start : start + connector.measure_batch])
        return None

    def _measure_batch(self, connector: Any, channel: Channel, tasks: list[Task]) -> None:
        if tasks[0].channel_state not in (ChannelState.CONNECTED, ChannelState.WAITING):
            return self._again(tasks, self.clock.now() + PATIENCE, "The channel is not connected.")
        ids = [task.publication.remote_id for task in tasks]
        try:
            with _unforeseen():
                readings = connector.measure(channel, ids)
        except ConnectorError as error:
            return self._failed(tasks, error)
        with self.database.write() as work:
            now = work.now()
            publications = [task.publication for task in tasks]
            keep_readings(work, publications, readings, simulated=connector.spec.simulated, now=now)
            for task in tasks:
                self._plan_next(work, task, now)
            self._book(work, channel, tasks[0], [r.cost for r in readings.values() if r.cost], now)
            work.commit()
        return None

    def _plan_next(self, work: UnitOfWork, task: Task, now: datetime) -> None:
        row = work.session.merge(task.row)
        published_at = task.publication.published_at or now
        following = next_reading(published_at, now)
        if following is None or task.publication.state is not Delivery.PUBLISHED:
            row.state, row.finished_at = SideWorkState.DONE, now
        else:
            row.state, row.run_at = SideWorkState.DUE, following
        row.tries, row.owner, row.message = 0, None, ""

    def _book(self, work: UnitOfWork, channel: Channel, task: Task, costs: list[Any], now: datetime) -> None:
        if costs:
            work.server.add(
                LedgerEntry(
                    id=new_id(),
                    practice_id=task.row.practice_id,
                    channel_id=channel.id,
                    publication_id=None,
                    what="measure",
                    micros=sum(cost.micros for cost in costs),
                    currency=costs[0].currency,
                    booked_at=now,
                )
            )

    # ------------------------------------------------------------ one at a time

    def _one(self, task: Task) -> None:
        if task.channel_state not in (ChannelState.CONNECTED, ChannelState.WAITING):
            return self._again([task], self.clock.now() + PATIENCE, "The channel is not connected.")
        try:
            with _unforeseen():
                apply = self._call(task)
        except ConnectorError as error:
            return self._failed([task], error)
        if apply is None:
            return self._settle_all([task], SideWorkState.CANCELLED, "This network cannot do that.")
        return self._finish(task, apply)

    def _call(self, task: Task) -> Apply | None:
        """Call the network; what to write down then, or None where the network cannot do it."""
        connector = self.registry[task.channel.provider]
        remote_id = task.publication.remote_id
        match task.row.kind:
            case SideWork.FIRST_COMMENT if isinstance(connector, Comments):
                return self._first_comment(connector, task)
            case SideWork.RETRACT if isinstance(connector, Retracts):
                connector.retract(task.channel, remote_id)
                return _retracted
            case SideWork.PROMOTE if isinstance(connector, Reposts):
                return _promoted(connector.repost(task.channel, remote_id))
            case SideWork.END_PROMOTION if isinstance(connector, Reposts):
                repost_id = str(task.row.detail.get("repost_id", ""))
                connector.undo_repost(task.channel, remote_id, repost_id)
                return _promotion_ended
            case _:
                return None

    def _first_comment(self, connector: Any, task: Task) -> Apply:
        words = task.content.first_comment or ""
        remote_id = task.publication.remote_id
        found = connector.find_comment(task.channel, remote_id, words) if task.row.tries > 1 else None
        comment_id = found or connector.comment(task.channel, remote_id, words)
        return lambda _work, row, _now: row.detail.update(comment_id=comment_id)

    def _finish(self, task: Task, apply: Apply) -> None:
        with self.database.write() as work:
            now = work.now()
            row = work.session.merge(task.row)
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
                self._settle_all(tasks, SideWorkState.FAILED, error.message)
            case RateLimited():
                self._again(tasks, error.until, error.message)
            case AuthExpired():
                self._break_channel(tasks[0], error.message)
                self._again(tasks, now + PATIENCE, error.message)
            case OutOfCredit():
                self._again(tasks, now + PATIENCE, error.message)
            case _:
                self._once_more(tasks, error, now)

    def _once_more(self, tasks: list[Task], error: ConnectorError, now: datetime) -> None:
        spent = [task for task in tasks if task.row.tries >= MAX_TRIES]
        self._settle_all(spent, SideWorkState.FAILED, error.message)
        rest = [task for task in tasks if task.row.tries < MAX_TRIES]
        if rest:
            wait = backoff(rest[0].row.tries, random.random())  # noqa: S311 - jitter
            self._again(rest, now + wait, error.message)

    def _again(self, tasks: list[Task], run_at: datetime, message: str) -> None:
        with self.database.write() as work:
            for task in tasks:
                row = work.session.merge(task.row)
                row.state, row.run_at, row.message, row.owner = SideWorkState.DUE, run_at, message, None
            work.commit()

    def _settle_all(self, tasks: list[Task], state: SideWorkState, message: str) -> None:
        if not tasks:
            return
        with self.database.write() as work:
            now = work.now()
            for task in tasks:
                row = work.session.merge(task.row)
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

    def _break_channel(self, task: Task, message: str) -> None:
        with self.database.write() as work:
            row = work.server.channel(task.channel.id, lock=True)
            if row.state in (ChannelState.CONNECTED, ChannelState.WAITING):
                row.state, row.state_reason = ChannelState.NEEDS_RECONNECT, message
                work.server.queue.hold_channel(row.id, message)
                work.commit()


@contextmanager
def _unforeseen() -> Iterator[None]:
    """The outer edge: whatever a connector did not foresee is tried again, never lost."""
    try:
        yield
    except ConnectorError:
        raise
    except Exception as error:
        raise Transient(f"Something unforeseen happened ({type(error).__name__}).") from error


def _retracted(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
    scope = work.practice(row.practice_id)
    publication = scope.publications.get(row.publication_id, lock=True)
    publication.state = move_delivery(publication.state, Delivery.RETRACTED)
    publication.reason = str(row.detail.get("reason", "Taken down."))
    scope.publications.cancel_side_work(publication.id, now)


def _promoted(repost_id: str) -> Apply:
    def apply(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
        promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
        promotion.state, promotion.started_at, promotion.repost_id = PromotionState.ACTIVE, now, repost_id

    return apply


def _promotion_ended(work: UnitOfWork, row: SideWorkRow, now: datetime) -> None:
    promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
    promotion.state, promotion.ended_at = PromotionState.ENDED, now


def _promotion_failed(work: UnitOfWork, row: SideWorkRow, message: str, now: datetime) -> None:
    promotion = work.practice(row.practice_id).promotions.get(str(row.detail["promotion_id"]), lock=True)
    promotion.state, promotion.message, promotion.ended_at = PromotionState.FAILED, message, now
