"""The posts table is the only queue: claims with lease and fence, across all practices.

A claim is one guarded statement; its Attempt rows are committed with it, before any call leaves. Every later
write about a claimed row names the fence it was claimed under, so that whoever was overtaken writes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session

from domain.states import Delivery
from domain.words import AttemptKind, AttemptOutcome, HoldScope, SideWork, SideWorkState
from store.models import (
    Approval,
    ApprovedVariant,
    Attempt,
    Decision,
    Hold,
    LedgerEntry,
    Member,
    PostLabel,
    PostRow,
    Practice,
    Publication,
    Receipt,
    RoleGrant,
    SideWorkRow,
    Variant,
)

ASK_STATES = (Delivery.PROCESSING, Delivery.UNCERTAIN)
HELD_BY_STOP = (SideWork.FIRST_COMMENT, SideWork.PROMOTE)


@dataclass(frozen=True)
class Claim:
    """One publication that this daemon may work on until its lease ends."""

    publication_id: str
    practice_id: str
    fence: int
    kind: AttemptKind


@dataclass(frozen=True)
class Change:
    """What one finished call does to its publication, guarded by the fence."""

    publication_id: str
    practice_id: str
    fence: int
    values: dict[str, Any]  # columns of Publication
    outcome: AttemptOutcome
    code: str = ""
    message: str = ""


class Queue:
    """The engine's statements. It serves every practice: the daemon has no practice of its own."""

    def __init__(self, session: Session) -> None:
        self._session = session

    # ------------------------------------------------------------ claiming

    def claim_due(
        self, provider: str, limit: int, owner: str, now: datetime, lease: timedelta
    ) -> list[Claim]:
        """Take up to `limit` due publications of one network, earliest first."""
        due = (
            select(Publication.id)
            .where(
                Publication.state == Delivery.SCHEDULED,
                Publication.provider == provider,
                Publication.run_at <= now,
                Publication.expires_at > now,
                ~_is_stopped(),
                _is_approved(),
            )
            .order_by(Publication.run_at)
        )
        values = {
            "state": Delivery.DISPATCHING,
            "sent_at": func.coalesce(Publication.sent_at, now),
            "last_sent_at": now,
            "tries": Publication.tries + 1,
        }
        return self._claim(due, limit, owner, now, lease, AttemptKind.PUBLISH, values)

    def claim_asks(
        self, providers: Sequence[str], limit: int, owner: str, now: datetime, lease: timedelta
    ) -> list[Claim]:
        """Take up to `limit` publications of these networks whose outcome is to be asked for."""
        asks = (
            select(Publication.id)
            .where(
                Publication.state.in_(ASK_STATES),
                Publication.run_at <= now,
                Publication.provider.in_(providers),
            )
            .order_by(Publication.run_at)
        )
        values = {"run_at": now + lease, "lookups": Publication.lookups + 1}
        return self._claim(asks, limit, owner, now, lease, AttemptKind.LOOKUP, values)

    def _claim(
        self,
        candidates: Any,
        limit: int,
        owner: str,
        now: datetime,
        lease: timedelta,
        kind: AttemptKind,
        values: dict[str, Any],
    ) -> list[Claim]:
        chosen = candidates.limit(limit).with_for_update(skip_locked=True, of=Publication).cte("chosen")
        claim = (
            update(Publication)
            .where(Publication.id.in_(select(chosen.c.id)))
            .values(owner=owner, lease_until=now + lease, fence=Publication.fence + 1, **values)
            .returning(Publication.id, Publication.practice_id, Publication.fence, Publication.run_at)
            .execution_options(synchronize_session=False)
        )
        rows = sorted(self._session.execute(claim), key=lambda row: row.run_at)
        claims = [Claim(row.id, row.practice_id, row.fence, kind) for row in rows]
        if claims:
            self._session.execute(
                insert(Attempt),
                [
                    {
                        "practice_id": claim.practice_id,
                        "publication_id": claim.publication_id,
                        "fence": claim.fence,
                        "kind": kind,
                        "owner": owner,
                        "started_at": now,
                    }
                    for claim in claims
                ],
            )
        return claims

    def load(self, publication_ids: Sequence[str]) -> dict[str, Any]:
        """What is needed to send or to ask, by publication id: one row each, one query."""
        query = (
            select(
                Publication,
                Variant.content,
                Variant.text_key,
                Variant.fingerprint.label("stored_fingerprint"),
                ApprovedVariant.checked_against,
                Approval.voided_at,
                Approval.not_before,
                Approval.not_after,
                Practice.profile,
                Practice.settings,
                _standing_lost().label("standing_lost"),
            )
            .join(
                ApprovedVariant,
                and_(
                    ApprovedVariant.approval_id == Publication.approval_id,
                    ApprovedVariant.channel_id == Publication.channel_id,
                ),
            )
            .join(Variant, Variant.id == ApprovedVariant.variant_id)
            .join(Approval, Approval.id == Publication.approval_id)
            .join(Practice, Practice.id == Publication.practice_id)
            .where(Publication.id.in_(publication_ids))
        )
        return {row.Publication.id: row for row in self._session.execute(query)}

    # ------------------------------------------------------------ when

    def next_send(self, provider: str) -> datetime | None:
        """The earliest instant at which this network has something to send."""
        query = select(func.min(Publication.run_at)).where(
            Publication.state == Delivery.SCHEDULED, Publication.provider == provider
        )
        return self._session.execute(query).scalar()

    def next_ask(self, providers: Sequence[str]) -> datetime | None:
        """The earliest instant at which one of these networks is to be asked for an outcome."""
        query = select(func.min(Publication.run_at)).where(
            Publication.state.in_(ASK_STATES), Publication.provider.in_(providers)
        )
        return self._session.execute(query).scalar()

    def late(self, before: datetime) -> tuple[int, datetime | None]:
        """How many publications were due before an instant and are still not sent, and the oldest."""
        query = select(func.count(), func.min(Publication.due_at)).where(
            Publication.state.in_([Delivery.SCHEDULED, Delivery.DISPATCHING]), Publication.due_at < before
        )
        count, oldest = self._session.execute(query).one()
        return count, oldest

    def count_by_state(self) -> dict[Delivery, int]:
        """How many publications of all practices stand in each state that is not finished."""
        query = (
            select(Publication.state, func.count())
            .where(Publication.state.not_in([Delivery.PUBLISHED, Delivery.CANCELLED, Delivery.RETRACTED]))
            .group_by(Publication.state)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    # ------------------------------------------------------------ recording

    def current(self, changes: Sequence[Change]) -> dict[str, tuple[int, Delivery]]:
        """(fence, state) of the publications that these changes are about, locked, by id."""
        query = (
            select(Publication.id, Publication.fence, Publication.state)
            .where(Publication.id.in_([change.publication_id for change in changes]))
            .order_by(Publication.id)
            .with_for_update()
        )
        return {row.id: (row.fence, row.state) for row in self._session.execute(query)}

    def apply(self, changes: Sequence[Change], now: datetime) -> None:
        """Write outcomes. The caller has checked fences and moves under `current`'s locks."""
        by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
        for change in changes:
            row = {"row_id": change.publication_id, "row_fence": change.fence, **change.values}
            by_columns.setdefault(tuple(sorted(change.values)), []).append(row)
        for columns, rows in by_columns.items():
            statement = (
                update(Publication.__table__)  # type: ignore[arg-type]
                .where(
                    Publication.__table__.c.id == bindparam("row_id"),
                    Publication.__table__.c.fence == bindparam("row_fence"),
                )
                .values(owner=None, lease_until=None, **{column: bindparam(column) for column in columns})
            )
            self._session.connection().execute(statement, rows)
        self.finish_attempts(changes, now)

    def finish_attempts(self, changes: Sequence[Change], now: datetime) -> None:
        """Write what each call came to, whether or not it could still change its publication."""
        attempts = Attempt.__table__
        statement = (
            update(attempts)  # type: ignore[arg-type]
            .where(
                attempts.c.publication_id == bindparam("row_id"), attempts.c.fence == bindparam("row_fence")
            )
            .values(
                finished_at=now,
                outcome=bindparam("row_outcome"),
                code=bindparam("row_code"),
                message=bindparam("row_message"),
            )
        )
        rows = [
            {
                "row_id": change.publication_id,
                "row_fence": change.fence,
                "row_outcome": change.outcome,
                "row_code": change.code[:60],
                "row_message": change.message,
            }
            for change in changes
        ]
        if rows:
            self._session.connection().execute(statement, rows)

    def add_receipts(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(Receipt), rows)

    def receipted(self, pairs: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Which of these (channel id, remote id) already prove another publication."""
        if not pairs:
            return set()
        query = select(Receipt.channel_id, Receipt.remote_id).where(
            Receipt.remote_id.in_({remote_id for _, remote_id in pairs})
        )
        return {(row.channel_id, row.remote_id) for row in self._session.execute(query)} & set(pairs)

    def add_side_work(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(SideWorkRow), rows)

    def book(self, rows: list[dict[str, Any]]) -> None:
        if rows:
            self._session.execute(insert(LedgerEntry), rows)

    def journal(
        self, publication_id: str, fence: int, steps: dict[str, str], in_doubt: str, lease_until: datetime
    ) -> bool:
        """Write a step of the journal and renew the lease; False when the fence was overtaken."""
        done = self._session.execute(
            update(Publication)
            .where(
                Publication.id == publication_id,
                Publication.fence == fence,
                Publication.state == Delivery.DISPATCHING,
            )
            .values(steps=steps, in_doubt=in_doubt, lease_until=lease_until)
            .execution_options(synchronize_session=False)
        )
        return done.rowcount == 1  # type: ignore[attr-defined, no-any-return]

    # ------------------------------------------------------------ sweeping

    def abandoned(self, now: datetime, limit: int, owners: Sequence[str] = ()) -> list[Publication]:
        """Claims whose lease ended, or that belong to daemons known to be gone; locked."""
        query = (
            select(Publication)
            .where(
                Publication.state == Delivery.DISPATCHING,
                or_(Publication.lease_until < now, Publication.owner.in_(owners)),
            )
            .order_by(Publication.lease_until)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self._session.scalars(query))

    def overdue(self, now: datetime, limit: int) -> list[Publication]:
        """Scheduled publications whose last acceptable instant has passed; locked."""
        query = (
            select(Publication)
            .where(Publication.state == Delivery.SCHEDULED, Publication.run_at <= now)
            .where(Publication.expires_at <= now)
            .order_by(Publication.run_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self._session.scalars(query))

    def open_holds(self) -> list[Hold]:
        """Every Stop that is not released."""
        return list(self._session.scalars(select(Hold).where(Hold.released_at.is_(None))))

    def hold_channel(self, channel_id: str, reason: str, *earlier: str) -> int:
        """A channel broke: everything scheduled on it is held. Returns how many that are.

        What was held for an earlier reason of the channel is held for this one from now on, so that one
        release lets all of it go.
        """
        self._session.execute(
            update(Publication)
            .where(
                Publication.channel_id == channel_id,
                Publication.state == Delivery.HELD,
                Publication.hold_id.is_(None),
                Publication.reason.in_([known for known in earlier if known]),
            )
            .values(reason=reason)
            .execution_options(synchronize_session=False)
        )
        moved = self._session.execute(
            update(Publication)
            .where(Publication.channel_id == channel_id, Publication.state == Delivery.SCHEDULED)
            .values(state=Delivery.HELD, reason=reason)
            .execution_options(synchronize_session=False)
        )
        return moved.rowcount  # type: ignore[attr-defined, no-any-return]

    def release_channel(self, channel_id: str, reason: str, now: datetime) -> int:
        """The channel works again: what was held for `reason` is scheduled again."""
        moved = self._session.execute(
            update(Publication)
            .where(
                Publication.channel_id == channel_id,
                Publication.state == Delivery.HELD,
                Publication.hold_id.is_(None),
                Publication.reason == reason,
            )
            .values(
                state=Delivery.SCHEDULED,
                reason="",
                run_at=case((Publication.due_at > now, Publication.due_at), else_=now),
            )
            .execution_options(synchronize_session=False)
        )
        return moved.rowcount  # type: ignore[attr-defined, no-any-return]

    def delay_channel(self, channel_id: str, until: datetime) -> int:
        """A channel waits (rate limit, credit): what is due on it runs no earlier than `until`."""
        moved = self._session.execute(
            update(Publication)
            .where(
                Publication.channel_id == channel_id,
                Publication.state == Delivery.SCHEDULED,
                Publication.run_at < until,
            )
            .values(run_at=until)
            .execution_options(synchronize_session=False)
        )
        return moved.rowcount  # type: ignore[attr-defined, no-any-return]

    # ------------------------------------------------------------ side work

    def claim_side_work(self, limit: int, owner: str, now: datetime, lease: timedelta) -> list[SideWorkRow]:
        """Take due side work; a lease that ended makes it due again, for looking before repeating.

        What would show something new to readers waits while a Stop covers its post.
        """
        ready = or_(SideWorkRow.state == SideWorkState.DUE, SideWorkRow.state == SideWorkState.RUNNING)
        stopped = exists().where(Publication.id == SideWorkRow.publication_id, _is_stopped())
        ready = and_(ready, or_(SideWorkRow.kind.not_in(HELD_BY_STOP), ~stopped))
        chosen = (
            select(SideWorkRow.id)
            .where(ready, SideWorkRow.run_at <= now)
            .order_by(SideWorkRow.run_at)
            .limit(limit)
            .with_for_update(skip_locked=True, of=SideWorkRow)
            .cte("chosen")
        )
        claim = (
            update(SideWorkRow)
            .where(SideWorkRow.id.in_(select(chosen.c.id)))
            .values(state=SideWorkState.RUNNING, owner=owner, run_at=now + lease, tries=SideWorkRow.tries + 1)
            .returning(SideWorkRow)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        return list(self._session.scalars(claim))

    def held_side_work(self, claimed: Sequence[SideWorkRow]) -> dict[str, SideWorkRow]:
        """Those of the claimed rows whose claim still holds, by id; locked."""
        query = (
            select(SideWorkRow)
            .where(
                SideWorkRow.id.in_([row.id for row in claimed]), SideWorkRow.state == SideWorkState.RUNNING
            )
            .order_by(SideWorkRow.id)
            .with_for_update()
        )
        claims = {(row.id, row.owner, row.run_at) for row in claimed}
        return {
            row.id: row for row in self._session.scalars(query) if (row.id, row.owner, row.run_at) in claims
        }


def _is_stopped() -> ColumnElement[bool]:
    # Nested twice, so each names what it is about; left to itself it would look at every publication.
    in_campaign = (
        exists()
        .where(PostRow.id == Publication.post_id, PostRow.campaign_id == Hold.target)
        .correlate(Publication, Hold)
    )
    labelled = (
        exists()
        .where(PostLabel.post_id == Publication.post_id, PostLabel.label == Hold.target)
        .correlate(Publication, Hold)
    )
    return exists().where(
        Hold.practice_id == Publication.practice_id,
        Hold.released_at.is_(None),
        or_(
            Hold.scope == HoldScope.PRACTICE,
            and_(Hold.scope == HoldScope.CHANNEL, Hold.target == Publication.channel_id),
            and_(Hold.scope == HoldScope.CAMPAIGN, in_campaign),
            and_(Hold.scope == HoldScope.LABEL, labelled),
        ),
    )


def _is_approved() -> ColumnElement[bool]:
    return exists().where(Approval.id == Publication.approval_id, Approval.voided_at.is_(None))


def _standing_lost() -> ColumnElement[bool]:
    """Whether anybody whose signature the approval rests on has left or lost the role since."""
    still_holds = exists().where(RoleGrant.member_id == Decision.member_id, RoleGrant.role == Decision.role)
    return exists().where(
        Decision.submission_id == Approval.submission_id,
        Decision.kind == "approve",
        Member.id == Decision.member_id,
        or_(Member.active.is_(False), ~still_holds),
    )
