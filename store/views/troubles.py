"""Publications that need a person, and posts that came back to their author."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from domain.states import Delivery, Editorial
from domain.words import AttemptKind, DecisionKind
from store.models import Approval, Attempt, Decision, Member, PostRow, Publication, Submission, Variant
from store.publications import NOT_FINISHED
from store.repository import Repository

IN_DOUBT = (Delivery.UNCERTAIN, Delivery.PARTIAL)


@dataclass(frozen=True)
class Counts:
    """How many need a person, by why."""

    uncertain: int
    failed: int
    expired: int
    held: int


@dataclass(frozen=True)
class Trouble:
    """One publication that needs a person, with what is known of it."""

    publication: Publication
    title: str
    text: str  # as its channel was to carry it
    sends: Sequence[Attempt]  # calls that may have published it, the oldest first
    looks: Sequence[Attempt]  # questions whether it stands


@dataclass(frozen=True)
class Returned:
    """A post that a reviewer gave back, and why."""

    post: PostRow
    reason: str
    reviewer: str
    decided_at: datetime


class Troubles(Repository):
    def counts(self) -> Counts:
        def count(*states: Delivery) -> ColumnElement[int]:
            return func.count(case((Publication.state.in_(states), 1)))

        query = (
            select(count(*IN_DOUBT), count(Delivery.FAILED), count(Delivery.EXPIRED), count(Delivery.HELD))
            .join(Approval, Approval.id == Publication.approval_id)
            .where(self._open())
        )
        return Counts(*self._session.execute(query).one())

    def oldest(self) -> Trouble | None:
        """The oldest that a person must answer; what a Stop holds is answered by resuming."""
        query = (
            select(Publication, PostRow.title, Variant.content)
            .join(Approval, Approval.id == Publication.approval_id)
            .join(PostRow, PostRow.id == Publication.post_id)
            .join(
                Variant,
                and_(
                    Variant.revision_id == Approval.revision_id,
                    Variant.channel_id == Publication.channel_id,
                ),
            )
            .where(self._open(), Publication.hold_id.is_(None))
            .order_by(Publication.due_at, Publication.id)
            .limit(1)
        )
        row = self._session.execute(query).first()
        if row is None:
            return None
        publication, title, content = row
        sends, looks = self._attempts(publication.id)
        return Trouble(publication, title, content.get("text", ""), sends, looks)

    def by_channel(self) -> dict[str, int]:
        """How many in doubt, failed or held by no Stop, by channel id."""
        query = (
            select(Publication.channel_id, func.count())
            .join(Approval, Approval.id == Publication.approval_id)
            .where(self._open(), Publication.hold_id.is_(None))
            .group_by(Publication.channel_id)
        )
        return dict(self._session.execute(query).all())

    def returned_to(self, member_id: str, since: datetime) -> list[Returned]:
        """Posts of one author that reviewers gave back and nobody took up again, the latest first."""
        query = (
            select(PostRow, Decision.reason, Member.name, Decision.decided_at)
            .join(Submission, and_(Submission.post_id == PostRow.id, Submission.outcome == PostRow.state))
            .join(
                Decision,
                and_(Decision.submission_id == Submission.id, Decision.kind != DecisionKind.APPROVE),
            )
            .join(Member, Member.id == Decision.member_id)
            .where(
                PostRow.practice_id == self._practice_id,
                PostRow.author_id == member_id,
                PostRow.state.in_([Editorial.CHANGES_REQUESTED, Editorial.REJECTED]),
                or_(PostRow.state == Editorial.CHANGES_REQUESTED, Decision.decided_at >= since),
            )
            .order_by(Decision.decided_at)
        )
        latest = {row[0].id: Returned(*row) for row in self._session.execute(query)}
        return sorted(latest.values(), key=lambda each: each.decided_at, reverse=True)

    def _open(self) -> ColumnElement[bool]:
        """Nobody has acted on it: what did not go out and was edited since is answered."""
        unanswered = (*IN_DOUBT, Delivery.HELD)
        return and_(
            Publication.practice_id == self._practice_id,
            NOT_FINISHED,
            Publication.state.in_([*unanswered, Delivery.FAILED, Delivery.EXPIRED]),
            or_(Publication.state.in_(unanswered), Approval.voided_at.is_(None)),
        )

    def _attempts(self, publication_id: str) -> tuple[list[Attempt], list[Attempt]]:
        query = select(Attempt).where(
            Attempt.practice_id == self._practice_id, Attempt.publication_id == publication_id
        )
        rows = self._session.scalars(query.order_by(Attempt.fence)).all()
        return (
            [row for row in rows if row.kind is AttemptKind.PUBLISH],
            [row for row in rows if row.kind is AttemptKind.LOOKUP],
        )
