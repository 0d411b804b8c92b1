"""What waits for one person: a look over all open submissions, in few queries however many there are."""

from approval import review
from domain.actor import Actor
from domain.words import DecisionKind
from domain.workflow import Workflow
from store.models import Submission
from store.scope import PracticeScope


def waiting_for(scope: PracticeScope, actor: Actor) -> list[Submission]:
    """Open submissions that this member may answer now, the oldest first."""
    submissions = scope.signoffs.waiting()
    if not submissions:
        return []
    contributors = scope.posts.contributors_under_review()
    decisions: dict[str, list[review.Decision]] = {}
    for row in scope.signoffs.decisions_under_review():
        given = review.Decision(row.member_id, row.role, row.kind, row.stage, row.fingerprint)
        decisions.setdefault(row.submission_id, []).append(given)
    return [
        submission
        for submission in submissions
        if _may_answer(
            actor,
            submission,
            contributors.get(submission.post_id, frozenset()),
            decisions.get(submission.id, []),
        )
    ]


def _may_answer(
    actor: Actor, submission: Submission, contributors: frozenset[str], decisions: list[review.Decision]
) -> bool:
    facts = review.Submission(
        revision=0,  # not asked here
        fingerprint=submission.fingerprint,
        contributors=contributors,
        submitted_by=submission.submitted_by,
    )
    answer = review.may_decide(
        review.Member(actor.member_id, actor.roles),
        DecisionKind.REQUEST_CHANGES,  # whether anything is left to fix first is another question
        submission.fingerprint,
        facts,
        Workflow.model_validate(submission.workflow),
        decisions,
    )
    return isinstance(answer, review.Allowed)
