"""Posts as lists and the calendar show them: whose they are, where they go, what became of them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, and_, select, union

from domain.states import Delivery, Editorial
from store.models import Approval, Campaign, Member, PostRow, Publication, Revision, Submission, Variant
from store.repository import Repository

Value = TypeVar("Value")

NO_LONGER_PLANNED = (Editorial.WITHDRAWN, Editorial.REJECTED)


@dataclass(frozen=True)
class Listed:
    """One post with the names that people know it by."""

    post: PostRow
    author: str
    campaign: str
    channel_ids: tuple[str, ...]  # of the current revision
    publications: tuple[Publication, ...]  # of the approval that stands


class Listings(Repository):
    def between(self, since: datetime, until: datetime, limit: int) -> list[Listed]:
        """Posts whose own time, or a publication's, lies in a half-open range."""
        planned = select(PostRow.id).where(
            PostRow.practice_id == self._practice_id, PostRow.due_at >= since, PostRow.due_at < until
        )
        going = select(Publication.post_id).where(
            Publication.practice_id == self._practice_id,
            Publication.due_at >= since,
            Publication.due_at < until,
            Publication.state != Delivery.CANCELLED,
        )
        return self._listed(PostRow.id.in_(union(planned, going)), limit)

    def without_time(self, limit: int) -> list[Listed]:
        """Posts that are still meant to go out and have no time yet, the latest first."""
        without = and_(PostRow.due_at.is_(None), PostRow.state.not_in(NO_LONGER_PLANNED))
        return sorted(self._listed(without, limit), key=lambda listed: listed.post.id, reverse=True)

    def under_review(self) -> dict[str, Listed]:
        """Posts with an open submission, by post id."""
        waiting = select(Submission.post_id).where(
            Submission.practice_id == self._practice_id, Submission.closed_at.is_(None)
        )
        return {listed.post.id: listed for listed in self._listed(PostRow.id.in_(waiting), 1000)}

    def of(self, post_ids: Sequence[str]) -> dict[str, Listed]:
        found = self._listed(PostRow.id.in_(post_ids), len(post_ids)) if post_ids else []
        return {listed.post.id: listed for listed in found}

    # ------------------------------------------------------------ three queries

    def _listed(self, wanted: ColumnElement[bool], limit: int) -> list[Listed]:
        mine = and_(PostRow.practice_id == self._practice_id, wanted)
        query = (
            select(PostRow, Member.name, Campaign.name)
            .join(Member, Member.id == PostRow.author_id)
            .outerjoin(Campaign, Campaign.id == PostRow.campaign_id)
            .where(mine)
            .order_by(PostRow.due_at, PostRow.id)
            .limit(limit)
        )
        rows = self._session.execute(query).all()
        channels = _grouped((row[0], row[1]) for row in self._session.execute(self._channels(mine)))
        publications = _grouped((row[0], row[1]) for row in self._session.execute(self._publications(mine)))
        return [
            Listed(post, author, campaign or "", channels.get(post.id, ()), publications.get(post.id, ()))
            for post, author, campaign in rows
        ]

    def _channels(self, mine: ColumnElement[bool]) -> Select[str, str]:
        return (
            select(PostRow.id, Variant.channel_id)
            .join(Revision, and_(Revision.post_id == PostRow.id, Revision.number == PostRow.revision))
            .join(Variant, Variant.revision_id == Revision.id)
            .where(mine)
            .order_by(Variant.channel_id)
        )

    def _publications(self, mine: ColumnElement[bool]) -> Select[str, Publication]:
        return (
            select(PostRow.id, Publication)
            .join(Publication, Publication.post_id == PostRow.id)
            .join(Approval, and_(Approval.id == Publication.approval_id, Approval.voided_at.is_(None)))
            .where(mine)
            .order_by(Publication.due_at, Publication.id)
        )


def _grouped(pairs: Iterable[tuple[str, Value]]) -> dict[str, tuple[Value, ...]]:
    grouped: dict[str, tuple[Value, ...]] = {}
    for key, value in pairs:
        grouped[key] = (*grouped.get(key, ()), value)
    return grouped
