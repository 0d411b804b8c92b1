"""What a Stop would hold, and what one holds."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import InstrumentedAttribute

from domain.states import Delivery
from store.models import Campaign, ChannelRow, Hold, Member, PostLabel, PostRow, Publication
from store.publications import NOT_FINISHED
from store.repository import Repository


@dataclass(frozen=True)
class Choice:
    """Something that can be stopped on its own, and how many scheduled publications that is."""

    id: str
    name: str
    scheduled: int


@dataclass(frozen=True)
class HeldPost:
    publication: Publication
    title: str
    channel: str


class Stops(Repository):
    def scheduled(self, until: datetime | None = None) -> int:
        """How many publications are scheduled, before an instant or at all."""
        query = select(func.count()).where(self._ours())
        if until is not None:
            query = query.where(Publication.due_at < until)
        return self._session.execute(query).scalar_one()

    def channels(self) -> list[Choice]:
        """Every channel, by name."""
        counts = self._counted(Publication.channel_id)
        query = select(ChannelRow).where(ChannelRow.practice_id == self._practice_id)
        rows = self._session.scalars(query.order_by(ChannelRow.name))
        return [Choice(row.id, row.name, counts.get(row.id, 0)) for row in rows]

    def campaigns(self) -> list[Choice]:
        """Every campaign, by name."""
        counts = self._counted(PostRow.campaign_id)
        query = select(Campaign).where(Campaign.practice_id == self._practice_id)
        rows = self._session.scalars(query.order_by(Campaign.name))
        return [Choice(row.id, row.name, counts.get(row.id, 0)) for row in rows]

    def labels(self) -> list[Choice]:
        """Every label that a post carries, by name."""
        query = (
            select(PostLabel.label, func.count(Publication.id))
            .outerjoin(
                Publication,
                (Publication.post_id == PostLabel.post_id) & (Publication.state == Delivery.SCHEDULED),
            )
            .where(PostLabel.practice_id == self._practice_id)
            .group_by(PostLabel.label)
            .order_by(PostLabel.label)
        )
        return [Choice(label, label, count) for label, count in self._session.execute(query)]

    def ended_by(self, hold_id: str) -> str | None:
        """Who resumed this Stop, or None while it is in force; raises NotFound."""
        hold = self._get(Hold, hold_id, "stop")
        query = select(Member.name).where(
            Member.practice_id == self._practice_id, Member.id == hold.released_by
        )
        return self._session.scalars(query).one_or_none()

    def held(self, hold_id: str) -> Sequence[HeldPost]:
        """What one Stop holds, by time."""
        query = (
            select(Publication, PostRow.title, ChannelRow.name)
            .join(PostRow, PostRow.id == Publication.post_id)
            .join(ChannelRow, ChannelRow.id == Publication.channel_id)
            .where(
                Publication.practice_id == self._practice_id,
                Publication.hold_id == hold_id,
                Publication.state == Delivery.HELD,
            )
            .order_by(Publication.due_at, Publication.id)
        )
        return [HeldPost(*row) for row in self._session.execute(query)]

    def _counted(
        self, by: InstrumentedAttribute[str] | InstrumentedAttribute[str | None]
    ) -> dict[str | None, int]:
        query = (
            select(by, func.count())
            .select_from(Publication)
            .join(PostRow, PostRow.id == Publication.post_id)
            .where(self._ours())
            .group_by(by)
        )
        return dict(self._session.execute(query).all())

    def _ours(self) -> ColumnElement[bool]:
        return and_(
            Publication.practice_id == self._practice_id,
            NOT_FINISHED,
            Publication.state == Delivery.SCHEDULED,
        )
