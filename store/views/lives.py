"""One post with everything that ever happened to it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select

from store.models import (
    Approval,
    Attempt,
    AuditEntry,
    Decision,
    FindingRow,
    PostRow,
    Publication,
    Receipt,
    Revision,
    SideWorkRow,
    Submission,
    Variant,
)
from store.repository import NotFound, Repository, Row

MOST = 500  # rows of one kind; the record's own page has every entry


@dataclass(frozen=True)
class Life:
    """A post from its first words to its receipts. Every list is oldest first."""

    post: PostRow
    revisions: Sequence[Revision]
    variants: Sequence[Variant]  # of the current revision
    submissions: Sequence[Submission]
    findings: Sequence[FindingRow]  # of the latest submission
    decisions: Sequence[Decision]
    approval: Approval | None  # the one that stands
    publications: Sequence[Publication]
    attempts: Sequence[Attempt]
    receipts: Sequence[Receipt]
    side_work: Sequence[SideWorkRow]
    entries: Sequence[AuditEntry]

    @property
    def revision(self) -> Revision:
        """The current one."""
        return self.revisions[-1]

    @property
    def submission(self) -> Submission | None:
        """The open one, else the latest."""
        return _latest(self.submissions)

    @property
    def standing(self) -> tuple[Publication, ...]:
        """The publications of the approval that stands."""
        return tuple(
            row for row in self.publications if self.approval and row.approval_id == self.approval.id
        )


class Lives(Repository):
    def of_post(self, post_id: str) -> Life:
        """Raises NotFound."""
        post = self._get(PostRow, post_id, "post")
        revisions = self._all(Revision, Revision.post_id == post_id, Revision.number)
        if not revisions:
            raise NotFound("post", post_id)
        submissions = self._all(Submission, Submission.post_id == post_id, Submission.submitted_at)
        publications = self._all(Publication, Publication.post_id == post_id, Publication.due_at)
        ours = [publication.id for publication in publications]
        of_ours = [f"publication:{publication_id}" for publication_id in ours]
        standing = self._all(
            Approval, (Approval.post_id == post_id) & Approval.voided_at.is_(None), Approval.granted_at
        )
        latest = _latest(submissions)
        return Life(
            post=post,
            revisions=revisions,
            variants=self._all(Variant, Variant.revision_id == revisions[-1].id, Variant.channel_id),
            submissions=submissions,
            findings=self._all(
                FindingRow, FindingRow.submission_id == (latest.id if latest else ""), FindingRow.id
            ),
            decisions=self._all(
                Decision, Decision.submission_id.in_([row.id for row in submissions]), Decision.decided_at
            ),
            approval=standing[-1] if standing else None,
            publications=publications,
            attempts=self._all(Attempt, Attempt.publication_id.in_(ours), Attempt.started_at),
            receipts=self._all(Receipt, Receipt.publication_id.in_(ours), Receipt.received_at),
            side_work=self._all(SideWorkRow, SideWorkRow.publication_id.in_(ours), SideWorkRow.run_at),
            entries=self._all(
                AuditEntry, AuditEntry.subject.in_([f"post:{post_id}", *of_ours]), AuditEntry.seq
            ),
        )

    def _all(self, model: type[Row], wanted: ColumnElement[bool], order: Any) -> Sequence[Row]:
        """Oldest first; of more than MOST the latest ones."""
        query = select(model).where(
            model.practice_id == self._practice_id,  # type: ignore[attr-defined]
            wanted,
        )
        return self._session.scalars(query.order_by(order.desc()).limit(MOST)).all()[::-1]


def _latest(submissions: Sequence[Submission]) -> Submission | None:
    is_open = next((row for row in submissions if row.closed_at is None), None)
    return is_open or (submissions[-1] if submissions else None)
