"""Writing down what calls came to, in batches: publication, attempt, receipt, side work, money, audit."""

import random
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from channels.refreshing import RENEWAL, RENEWING, reconnected_since, renew_instead
from connectors.base import Comments, LeaseLost, Measures, Published, declares
from domain.clock import Clock
from domain.ids import new_id
from domain.states import DELIVERY_MOVES, Delivery
from domain.words import AttemptKind, AttemptOutcome, ChannelState, SideWork, SideWorkState
from scheduler.recheck import estimated
from scheduler.retry import AskFacts, ChannelEffect, SendFacts, Verdict, after_ask, after_send
from scheduler.work import Done, Job
from store.audit import Happening
from store.database import Database, UnitOfWork
from store.models import Publication
from store.queue import Change

FIRST_READING = timedelta(hours=1)


def reservations(jobs: Sequence[Job], now: datetime) -> list[dict[str, Any]]:
    """What the sends will cost, as ledger rows."""
    return [
        _booking(job, "reserved", estimate.micros, estimate.currency, now)
        for job in jobs
        if job.claim.kind is AttemptKind.PUBLISH
        and (estimate := estimated(job.connector, job.channel, job.content)) is not None
    ]


@dataclass(frozen=True)
class Recorder:
    """Turns finished jobs into rows. One transaction a batch."""

    database: Database
    clock: Clock
    owner: str

    def record(self, finished: Sequence[Done]) -> None:
        with self.database.write() as work:
            now = work.now()
            verdicts = [
                (done, self._second_chance(work, done, verdict, now))
                for done, verdict in self._verdicts(work, finished, now)
            ]
            changes = [_change(done, verdict, now) for done, verdict in verdicts]
            current = work.server.queue.current(changes)
            ours = [
                (done, verdict, change)
                for (done, verdict), change in zip(verdicts, changes, strict=True)
                if _still_ours(current.get(change.publication_id), change, verdict)
            ]
            work.server.queue.apply([change for _, _, change in ours], now)
            overtaken = {id(change) for change in changes} - {id(change) for _, _, change in ours}
            work.server.queue.finish_attempts([c for c in changes if id(c) in overtaken], now)
            self._follow(work, [(done, verdict) for done, verdict, _ in ours], now)
            work.commit()

    # ------------------------------------------------------------ deciding

    def _verdicts(
        self, work: UnitOfWork, finished: Sequence[Done], now: datetime
    ) -> list[tuple[Done, Verdict]]:
        asked = [
            (done.job.channel.id, done.answer.remote_id)
            for done in finished
            if isinstance(done.answer, Published)
        ]
        taken = work.server.queue.receipted(asked)
        verdicts = []
        for done in finished:
            verdict = self._verdict(done, taken, now)
            if verdict.state is Delivery.PUBLISHED and verdict.published is not None:
                taken.add((done.job.channel.id, verdict.published.remote_id))
            verdicts.append((done, verdict))
        return verdicts

    def _verdict(self, done: Done, taken: set[tuple[str, str]], now: datetime) -> Verdict:
        if done.answer is None or isinstance(done.answer, LeaseLost):
            return _released(done)
        publication, spec = done.job.publication, done.job.connector.spec
        is_taken = (
            isinstance(done.answer, Published) and (done.job.channel.id, done.answer.remote_id) in taken
        )
        is_send = done.job.claim.kind is AttemptKind.PUBLISH
        if is_send and not is_taken:
            facts = SendFacts(now, publication.tries, spec.lookup, random.random())  # noqa: S311 - jitter
            return after_send(done.answer, facts)  # type: ignore[arg-type]
        return after_ask(
            done.answer,
            AskFacts(
                now=now,
                state=Delivery.UNCERTAIN if is_send else publication.state,
                reason=publication.reason,
                tries=publication.tries,
                lookups=publication.lookups,
                sent_at=publication.last_sent_at or publication.due_at,
                lookup=spec.lookup,
                settles=spec.lookup_settles,
                taken=is_taken,
            ),
        )

    def _second_chance(self, work: UnitOfWork, done: Done, verdict: Verdict, now: datetime) -> Verdict:
        """A token that can be renewed is renewed once before its channel counts as broken."""
        if verdict.outcome is not AttemptOutcome.AUTH_EXPIRED:
            return verdict
        row = work.server.channel(done.job.channel.id, lock=True)
        began = _began(done.job, now)
        if reconnected_since(row, began):
            return _without_harm(verdict, None, "Its channel was reconnected meanwhile.", now)
        if renew_instead(row, done.job.connector, began, now):
            effect = ChannelEffect(ChannelState.WAITING, RENEWING, now + RENEWAL)
            return _without_harm(verdict, effect, RENEWING, now + RENEWAL)
        return verdict

    # ------------------------------------------------------------ what follows

    def _follow(self, work: UnitOfWork, settled: list[tuple[Done, Verdict]], now: datetime) -> None:
        whole = [(done, verdict) for done, verdict in settled if verdict.state is Delivery.PUBLISHED]
        queue = work.server.queue
        queue.add_receipts([_receipt(done, verdict, now) for done, verdict in whole])
        queue.add_side_work([row for done, verdict in whole for row in _side_work(done, verdict, now)])
        queue.book([row for done, verdict in settled for row in _correction(done, verdict, now)])
        for done, verdict in settled:
            if verdict.channel is not None:
                self._affect_channel(work, done, verdict)
        by_practice: dict[str, list[Happening]] = defaultdict(list)
        for done, verdict in settled:
            by_practice[done.job.claim.practice_id].append(self._happening(done, verdict, now))
        for practice_id in sorted(by_practice):
            work.practice(practice_id).audit.append(by_practice[practice_id])

    def _affect_channel(self, work: UnitOfWork, done: Done, verdict: Verdict) -> None:
        effect = verdict.channel
        assert effect is not None
        row = work.server.channel(done.job.channel.id, lock=True)
        earlier = row.state_reason
        if row.state in (ChannelState.NEEDS_RECONNECT, ChannelState.DISCONNECTED):
            effect = replace(effect, state=row.state, reason=row.state_reason)
        row.state, row.state_reason, row.resumes_at = effect.state, effect.reason, effect.resumes_at
        if effect.state is ChannelState.WAITING and effect.resumes_at is not None:
            work.server.queue.delay_channel(row.id, effect.resumes_at)
        else:
            work.server.queue.hold_channel(row.id, effect.reason, earlier, verdict.reason)

    def _happening(self, done: Done, verdict: Verdict, now: datetime) -> Happening:
        detail: dict[str, Any] = {
            "attempt": done.job.claim.fence,
            "kind": done.job.claim.kind,
            "outcome": verdict.outcome,
            "state": verdict.state,
            "fingerprint": done.job.publication.fingerprint,
        }
        if verdict.published is not None:
            detail["remote_id"] = verdict.published.remote_id
        return Happening(
            f"daemon:{self.owner}",
            "attempted",
            f"publication:{done.job.claim.publication_id}",
            now,
            detail,
        )


def _began(job: Job, now: datetime) -> datetime:
    """When this attempt was claimed, and its channel's credentials read."""
    if job.claim.kind is AttemptKind.LOOKUP:
        return job.publication.run_at - job.lease
    return job.publication.last_sent_at or now


def _without_harm(verdict: Verdict, effect: ChannelEffect | None, reason: str, run_at: datetime) -> Verdict:
    """The same verdict, but the channel is not broken and the post goes again later."""
    if verdict.state is not Delivery.HELD:
        return replace(verdict, channel=effect)
    return replace(verdict, state=Delivery.SCHEDULED, reason=reason, run_at=run_at, channel=effect)


def _released(done: Done) -> Verdict:
    """Its turn came too late. What had not begun goes back; a thread half-way is looked up first."""
    publication = done.job.publication
    if done.job.claim.kind is AttemptKind.LOOKUP:
        return Verdict(
            AttemptOutcome.ABANDONED, publication.state, publication.reason, run_at=publication.run_at
        )
    if done.steps or done.in_doubt:
        reason = "It was interrupted between two parts."
        return Verdict(AttemptOutcome.ABANDONED, Delivery.UNCERTAIN, reason, run_at=publication.run_at)
    return Verdict(AttemptOutcome.ABANDONED, Delivery.SCHEDULED, run_at=publication.run_at, burned=False)


def _still_ours(current: tuple[int, Delivery] | None, change: Change, verdict: Verdict) -> bool:
    if current is None or current[0] != change.fence:
        return False
    return verdict.state == current[1] or verdict.state in DELIVERY_MOVES[current[1]]


def _change(done: Done, verdict: Verdict, now: datetime) -> Change:
    publication = done.job.publication
    values: dict[str, Any] = {
        "state": verdict.state,
        "reason": verdict.reason,
        "run_at": verdict.run_at or publication.run_at,
        "steps": verdict.steps or dict(done.steps),
        "in_doubt": done.in_doubt,
        "found": [list(pair) for pair in verdict.found] or list(publication.found),
        "handle": verdict.handle or publication.handle,
        "tries": publication.tries - (0 if verdict.burned else 1),
    }
    if verdict.published is not None:
        values |= {
            "published_at": verdict.published.published_at or now,
            "remote_id": verdict.published.remote_id,
            "url": verdict.published.url or "",
            "found": [],
        }
    claim = done.job.claim
    return Change(
        claim.publication_id,
        claim.practice_id,
        claim.fence,
        values,
        verdict.outcome,
        verdict.code,
        verdict.reason,
    )


def _receipt(done: Done, verdict: Verdict, now: datetime) -> dict[str, Any]:
    published = verdict.published
    assert published is not None
    return {
        "publication_id": done.job.publication.id,
        "practice_id": done.job.publication.practice_id,
        "channel_id": done.job.channel.id,
        "remote_id": published.remote_id,
        "url": published.url or "",
        "fingerprint": done.job.publication.fingerprint,
        "evidence": "lookup" if done.job.claim.kind is AttemptKind.LOOKUP else "answer",
        "published_at": published.published_at or now,
        "received_at": now,
    }


def _side_work(done: Done, verdict: Verdict, now: datetime) -> list[dict[str, Any]]:
    assert verdict.published is not None
    rows = []
    connector, content = done.job.connector, done.job.content
    if declares(connector, Comments) and content.first_comment:
        rows.append(side_work_row(done.job.publication, SideWork.FIRST_COMMENT, now))
    if declares(connector, Measures):
        since = verdict.published.published_at or now
        rows.append(side_work_row(done.job.publication, SideWork.MEASURE, since + FIRST_READING))
    return rows


def side_work_row(
    publication: Publication, kind: SideWork, run_at: datetime, sequence: int = 0
) -> dict[str, Any]:
    return {
        "id": new_id(),
        "practice_id": publication.practice_id,
        "publication_id": publication.id,
        "channel_id": publication.channel_id,
        "kind": kind,
        "sequence": sequence,
        "state": SideWorkState.DUE,
        "run_at": run_at,
        "tries": 0,
        "detail": {},
        "message": "",
    }


NOT_SENT = frozenset(
    {
        AttemptOutcome.REJECTED,
        AttemptOutcome.TRANSIENT,
        AttemptOutcome.RATE_LIMITED,
        AttemptOutcome.AUTH_EXPIRED,
        AttemptOutcome.OUT_OF_CREDIT,
    }
)


def _correction(done: Done, verdict: Verdict, now: datetime) -> list[dict[str, Any]]:
    """What the reservation was off by, once that is certain; a doubtful send keeps what was set aside."""
    estimate = estimated(done.job.connector, done.job.channel, done.job.content)
    if estimate is None:
        return []
    cost = verdict.published.cost if verdict.published is not None else None
    micros = 0
    if _certainly_unsent(done, verdict):
        micros = -estimate.micros
    elif done.job.claim.kind is AttemptKind.PUBLISH and cost is not None:
        micros = cost.micros - estimate.micros
    return [_booking(done.job, "correction", micros, estimate.currency, now)] if micros else []


def _certainly_unsent(done: Done, verdict: Verdict) -> bool:
    if done.job.claim.kind is AttemptKind.PUBLISH:
        return verdict.outcome in NOT_SENT or verdict.state is Delivery.SCHEDULED
    return verdict.outcome is AttemptOutcome.ABSENT and verdict.state is not Delivery.UNCERTAIN


def _booking(job: Job, what: str, micros: int, currency: str, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "practice_id": job.publication.practice_id,
        "channel_id": job.channel.id,
        "publication_id": job.publication.id,
        "what": what,
        "micros": micros,
        "currency": currency,
        "booked_at": now,
    }
