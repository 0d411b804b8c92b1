"""Submissions, findings, decisions and approvals of one practice."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from store.models import Approval, ApprovedVariant, Decision, FindingRow, Submission
from store.repository import Repository, locked


class SignOffs(Repository):
    def submission(self, submission_id: str, *, lock: bool = False) -> Submission:
        return self._get(Submission, submission_id, "submission", lock=lock)

    def open_submission(self, post_id: str, *, lock: bool = False) -> Submission | None:
        query = select(Submission).where(
            Submission.practice_id == self._practice_id,
            Submission.post_id == post_id,
            Submission.closed_at.is_(None),
        )
        return self._session.scalars(locked(query) if lock else query).one_or_none()

    def last_submission(self, post_id: str) -> Submission | None:
        query = select(Submission).where(
            Submission.practice_id == self._practice_id, Submission.post_id == post_id
        )
        return self._session.scalars(query.order_by(Submission.submitted_at.desc()).limit(1)).first()

    def waiting(self) -> Sequence[Submission]:
        query = select(Submission).where(
            Submission.practice_id == self._practice_id, Submission.closed_at.is_(None)
        )
        return self._session.scalars(query.order_by(Submission.submitted_at)).all()

    def decisions_under_review(self) -> Sequence[Decision]:
        """The decisions on every open submission, the oldest first."""
        query = (
            select(Decision)
            .join(Submission, Submission.id == Decision.submission_id)
            .where(Decision.practice_id == self._practice_id, Submission.closed_at.is_(None))
        )
        return self._session.scalars(query.order_by(Decision.decided_at)).all()

    def findings(self, submission_id: str) -> Sequence[FindingRow]:
        query = select(FindingRow).where(
            FindingRow.practice_id == self._practice_id, FindingRow.submission_id == submission_id
        )
        return self._session.scalars(query.order_by(FindingRow.id)).all()

    def decisions(self, submission_id: str) -> Sequence[Decision]:
        query = select(Decision).where(
            Decision.practice_id == self._practice_id, Decision.submission_id == submission_id
        )
        return self._session.scalars(query.order_by(Decision.decided_at)).all()

    def decisions_on_post(self, post_id: str) -> Sequence[Decision]:
        query = (
            select(Decision)
            .join(Submission, Submission.id == Decision.submission_id)
            .where(Decision.practice_id == self._practice_id, Submission.post_id == post_id)
        )
        return self._session.scalars(query.order_by(Decision.decided_at)).all()

    def approval(self, approval_id: str) -> Approval:
        return self._get(Approval, approval_id, "approval")

    def standing_approval(self, post_id: str, *, lock: bool = False) -> Approval | None:
        """The post's approval that is not void."""
        query = select(Approval).where(
            Approval.practice_id == self._practice_id,
            Approval.post_id == post_id,
            Approval.voided_at.is_(None),
        )
        return self._session.scalars(locked(query) if lock else query).one_or_none()

    def approvals_resting_on(self, member_id: str) -> Sequence[Approval]:
        """Standing approvals that this member's decision made possible."""
        query = (
            select(Approval)
            .join(Decision, Decision.submission_id == Approval.submission_id)
            .where(
                Approval.practice_id == self._practice_id,
                Approval.voided_at.is_(None),
                Decision.member_id == member_id,
                Decision.kind == "approve",
            )
        )
        return self._session.scalars(query).unique().all()

    def approved_variants(self, approval_id: str) -> Sequence[ApprovedVariant]:
        query = select(ApprovedVariant).where(
            ApprovedVariant.practice_id == self._practice_id, ApprovedVariant.approval_id == approval_id
        )
        return self._session.scalars(query.order_by(ApprovedVariant.channel_id)).all()

    def void(self, approval: Approval, reason: str, at: datetime) -> None:
        approval.voided_at = at
        approval.void_reason = reason
        self._session.flush()
