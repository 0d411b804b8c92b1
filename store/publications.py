"""Publications of one practice with their attempts, receipts, side work and holds."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, case, exists, func, select, text, update

from domain.states import STILL_OURS, Delivery
from domain.words import HoldScope, SideWorkState
from store.models import (
    ApprovedVariant,
    Attempt,
    Campaign,
    ChannelRow,
    Hold,
    Member,
    PostLabel,
    PostRow,
    Publication,
    Receipt,
    SideWorkRow,
    Variant,
)
from store.repository import Repository, locked

# The index over what is not finished serves only a query that repeats its condition, word for word.
NOT_FINISHED = text("publications.state NOT IN ('published', 'cancelled', 'retracted')")
LATE_AFTER = timedelta(minutes=1)  # a post that is due and not out for longer is late


@dataclass(frozen=True)
class Pulse:
    """What the heartbeat says of the practice's own posts."""

    next_due: datetime | None
    late: int
    oldest_late: datetime | None


@dataclass(frozen=True)
class NamedHold:
    """An open Stop with the names that people know."""

    hold: Hold
    placed_by: str
    target: str  # the channel's, campaign's or label's name; empty for everything


class Publications(Repository):
    def get(self, publication_id: str, *, lock: bool = False) -> Publication:
        return self._get(Publication, publication_id, "publication", lock=lock)

    def of_post(self, post_id: str, *, lock: bool = False) -> Sequence[Publication]:
        query = select(Publication).where(
            Publication.practice_id == self._practice_id, Publication.post_id == post_id
        )
        query = query.order_by(Publication.due_at, Publication.id)
        return self._session.scalars(locked(query) if lock else query).all()

    def of_approval(self, approval_id: str) -> Sequence[Publication]:
        """Those that were not cancelled, locked."""
        query = select(Publication).where(
            Publication.practice_id == self._practice_id,
            Publication.approval_id == approval_id,
            Publication.state != Delivery.CANCELLED,
        )
        return self._session.scalars(locked(query.order_by(Publication.id))).all()

    def in_states(self, states: Iterable[Delivery], limit: int = 200) -> Sequence[Publication]:
        query = select(Publication).where(
            Publication.practice_id == self._practice_id, Publication.state.in_(list(states))
        )
        return self._session.scalars(query.order_by(Publication.due_at).limit(limit)).all()

    def between(self, since: datetime, until: datetime, limit: int = 500) -> Sequence[Publication]:
        query = select(Publication).where(
            Publication.practice_id == self._practice_id,
            Publication.due_at >= since,
            Publication.due_at < until,
            Publication.state != Delivery.CANCELLED,
        )
        return self._session.scalars(query.order_by(Publication.due_at).limit(limit)).all()

    def count_by_state(self) -> dict[Delivery, int]:
        """How many there are in each state that is not finished."""
        query = (
            select(Publication.state, func.count())
            .where(
                Publication.practice_id == self._practice_id,
                NOT_FINISHED,
            )
            .group_by(Publication.state)
        )
        return {row[0]: row[1] for row in self._session.execute(query)}

    def count_due(self, channel_id: str, since: datetime, until: datetime) -> int:
        """How many publications of a channel are still to go out between two instants."""
        query = select(func.count()).where(
            Publication.practice_id == self._practice_id,
            Publication.channel_id == channel_id,
            Publication.state == Delivery.SCHEDULED,
            Publication.due_at >= since,
            Publication.due_at < until,
        )
        return self._session.execute(query).scalar_one()

    def pulse(self, now: datetime) -> Pulse:
        """What is next, and what is late."""
        too_late = Publication.due_at < now - LATE_AFTER
        query = select(
            func.min(case((~too_late, Publication.due_at))),
            func.count(case((too_late, 1))),
            func.min(case((too_late, Publication.due_at))),
        ).where(
            Publication.practice_id == self._practice_id,
            NOT_FINISHED,
            Publication.state == Delivery.SCHEDULED,
        )
        next_due, late, oldest = self._session.execute(query).one()
        return Pulse(next_due, late, oldest)

    def next_due(self) -> datetime | None:
        query = select(func.min(Publication.due_at)).where(
            Publication.practice_id == self._practice_id,
            NOT_FINISHED,
            Publication.state == Delivery.SCHEDULED,
        )
        return self._session.execute(query).scalar()

    def attempts(self, publication_id: str) -> Sequence[Attempt]:
        query = select(Attempt).where(
            Attempt.practice_id == self._practice_id, Attempt.publication_id == publication_id
        )
        return self._session.scalars(query.order_by(Attempt.fence)).all()

    def receipt(self, publication_id: str) -> Receipt | None:
        query = select(Receipt).where(
            Receipt.practice_id == self._practice_id, Receipt.publication_id == publication_id
        )
        return self._session.scalars(query).one_or_none()

    def variant(self, publication: Publication) -> Variant:
        """The very words that it carries."""
        query = (
            select(Variant)
            .join(ApprovedVariant, ApprovedVariant.variant_id == Variant.id)
            .where(
                Variant.practice_id == self._practice_id,
                ApprovedVariant.approval_id == publication.approval_id,
                ApprovedVariant.channel_id == publication.channel_id,
            )
        )
        return self._session.scalars(query).one()

    def same_text(
        self, channel_id: str, text_key: str, since: datetime, post_id: str
    ) -> list[tuple[str, datetime]]:
        """(post id, due instant) of other posts with these words on this channel since an instant."""
        query = (
            select(Publication.post_id, Publication.due_at)
            .join(
                Variant,
                and_(
                    Variant.post_id == Publication.post_id,
                    Variant.channel_id == Publication.channel_id,
                    Variant.fingerprint == Publication.fingerprint,
                ),
            )
            .where(
                Publication.practice_id == self._practice_id,
                Variant.channel_id == channel_id,
                Variant.text_key == text_key,
                Publication.post_id != post_id,
                Publication.due_at >= since,
                Publication.state != Delivery.CANCELLED,
            )
        )
        return [(row.post_id, row.due_at) for row in self._session.execute(query)]

    # ------------------------------------------------------------ side work

    def side_work(self, publication_id: str) -> Sequence[SideWorkRow]:
        query = select(SideWorkRow).where(
            SideWorkRow.practice_id == self._practice_id, SideWorkRow.publication_id == publication_id
        )
        return self._session.scalars(query.order_by(SideWorkRow.run_at)).all()

    def cancel_side_work(self, publication_id: str, at: datetime, *, but: str) -> None:
        """Nothing more follows a post that was taken down, `but` the work that took it down."""
        self._session.execute(
            update(SideWorkRow)
            .where(
                SideWorkRow.practice_id == self._practice_id,
                SideWorkRow.publication_id == publication_id,
                SideWorkRow.state.in_([SideWorkState.DUE, SideWorkState.RUNNING]),
                SideWorkRow.id != but,
            )
            .values(state=SideWorkState.CANCELLED, finished_at=at)
        )

    # ------------------------------------------------------------ holds

    def hold(self, hold_id: str, *, lock: bool = False) -> Hold:
        return self._get(Hold, hold_id, "stop", lock=lock)

    def open_holds(self) -> Sequence[Hold]:
        query = select(Hold).where(Hold.practice_id == self._practice_id, Hold.released_at.is_(None))
        return self._session.scalars(query.order_by(Hold.placed_at)).all()

    def named_open_holds(self) -> list[NamedHold]:
        """Open Stops, the oldest first, with who placed them and what they cover."""
        query = (
            select(Hold, Member.name, ChannelRow.name, Campaign.name)
            .join(Member, Member.id == Hold.placed_by)
            .outerjoin(ChannelRow, and_(Hold.scope == HoldScope.CHANNEL, ChannelRow.id == Hold.target))
            .outerjoin(Campaign, and_(Hold.scope == HoldScope.CAMPAIGN, Campaign.id == Hold.target))
            .where(Hold.practice_id == self._practice_id, Hold.released_at.is_(None))
            .order_by(Hold.placed_at)
        )
        return [
            NamedHold(hold, placed_by, channel or campaign or hold.target or "")
            for hold, placed_by, channel, campaign in self._session.execute(query)
        ]

    def stop(self, hold: Hold) -> int:
        """Hold every scheduled publication that the Stop covers; returns how many."""
        moved = self._session.execute(
            update(Publication)
            .where(self._covers(hold), Publication.state == Delivery.SCHEDULED)
            .values(state=Delivery.HELD, hold_id=hold.id, reason=f"Stopped: {hold.reason}")
            .execution_options(synchronize_session=False)
        )
        return moved.rowcount  # type: ignore[attr-defined, no-any-return]

    def covered(self, hold: Hold, states: Iterable[Delivery] = STILL_OURS) -> int:
        """How many publications in these states the hold covers."""
        query = select(func.count()).where(self._covers(hold), Publication.state.in_(list(states)))
        return self._session.execute(query).scalar_one()

    def held_by(self, hold: Hold, *, lock: bool = False) -> Sequence[Publication]:
        """Publications that this Stop holds, in the order of their time."""
        query = select(Publication).where(
            Publication.practice_id == self._practice_id,
            Publication.hold_id == hold.id,
            Publication.state == Delivery.HELD,
        )
        query = query.order_by(Publication.due_at, Publication.id)
        return self._session.scalars(locked(query) if lock else query).all()

    def _covers(self, hold: Hold) -> ColumnElement[bool]:
        mine = Publication.practice_id == self._practice_id
        match hold.scope:
            case HoldScope.PRACTICE:
                return mine
            case HoldScope.CHANNEL:
                return and_(mine, Publication.channel_id == hold.target)
            case HoldScope.CAMPAIGN:
                in_campaign = exists().where(
                    PostRow.id == Publication.post_id, PostRow.campaign_id == hold.target
                )
                return and_(mine, in_campaign)
            case HoldScope.LABEL:
                labelled = exists().where(
                    PostLabel.post_id == Publication.post_id, PostLabel.label == hold.target
                )
                return and_(mine, labelled)
