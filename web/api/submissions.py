"""Sign-off: what waits, exactly what it holds, and a person's answer to it."""

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query
from pydantic import ConfigDict, Field

from approval.service import STATEMENT
from approval.waiting import waiting_for
from domain import words
from domain.actor import Actor
from domain.states import Editorial
from domain.words import DecisionKind, Role
from store import models
from store.scope import PracticeScope
from web.access import House
from web.api.door import Asking, section
from web.api.faults import faults
from web.api.looking import Names, look
from web.api.posts import variants
from web.api.shapes import (
    EXAMPLE_DIGEST,
    Content,
    Finding,
    Fingerprint,
    Given,
    Id,
    Instant,
    Person,
    Reason,
    Shape,
    Variant,
    Zone,
)

TOPIC = "Sign-off"
DESCRIPTION = "What waits for an answer, exactly what it holds, and the answers."


class WaitingQuery(Given):
    """Whose answers are awaited."""

    mine: bool = Field(False, description="Only what this member may answer now.")


class SubmissionSummary(Shape):
    """A revision that was put before the reviewers."""

    id: Id
    post_id: Id
    title: str = Field(examples=["Flu shots are in"])
    revision: int = Field(examples=[1])
    fingerprint: Fingerprint
    submitted_by: Person
    submitted_at: Instant
    closed_at: Instant | None
    outcome: Editorial | None = Field(description="What the post became; null while answers are awaited.")
    due_at: Instant | None = Field(description="When the post is to go out.")


class Waiting(Shape):
    """Submissions that await an answer, the oldest first."""

    items: list[SubmissionSummary]


class Stage(Shape):
    """One step of the workflow: so many different people, each with one of these roles."""

    name: str = Field(examples=["approval"])
    roles: list[Role]
    count: int = Field(examples=[1])


class Answer(Shape):
    """What one person answered."""

    by: Person
    kind: DecisionKind
    role: Role
    stage: int = Field(description="Its place in the workflow, from 0.", examples=[0])
    reason: str
    decided_at: Instant


class KeptFinding(Finding):
    """A finding as it stood at submission, and why somebody kept it."""

    kept_by: Person | None
    kept_reason: str | None


class Earlier(Shape):
    """The revision that a change is best read against."""

    revision: int = Field(examples=[1])
    content: Content
    variants: list[Variant]


class Submission(SubmissionSummary):
    """A submission with everything that is signed, to the letter."""

    wall: str | None = Field(examples=["2027-03-02T09:30"])
    zone: Zone
    content: Content = Field(description="Of the revision, before any channel's differences.")
    variants: list[Variant] = Field(description="Exactly what each channel is to carry.")
    findings: list[KeptFinding]
    workflow: list[Stage]
    decisions: list[Answer] = Field(description="The oldest first.")
    statement: str = Field(description="What a person agrees to by approving.")
    compared_with: Earlier | None = Field(
        description="What this person last answered about, else what anybody did; null for a first look."
    )


class Submit(Given):
    """Reasons for warnings that stay as they are."""

    model_config = ConfigDict(json_schema_extra={"example": {"kept": {}}})

    kept: dict[str, Reason] = Field({}, description="A reason for each kept warning, by the finding's key.")


class Decide(Given):
    """One person's answer, over exactly what they saw."""

    model_config = ConfigDict(
        json_schema_extra={"example": {"kind": "approve", "fingerprint": EXAMPLE_DIGEST, "reason": ""}}
    )

    kind: DecisionKind
    fingerprint: str = Field(max_length=64, description="Of the submission as this person read it.")
    reason: Reason = Field("", description="What should change; asked for unless it is an approval.")
    seen: list[str] = Field([], max_length=500, description="Keys of warnings that this person ticked.")


class Decided(Shape):
    """What an answer came to."""

    post_id: Id
    state: Editorial = Field(description="What the post is now; in_review while more answers are awaited.")


router = section(TOPIC)


@router.get("/submissions", summary="List what waits for an answer")
def list_submissions(house: House, asking: Asking, query: Annotated[WaitingQuery, Query()]) -> Waiting:
    """Open submissions, the oldest first."""
    with look(house, asking) as scope:
        rows = waiting_for(scope, asking) if query.mine else scope.signoffs.waiting()
        return Waiting(items=_summaries(scope, rows, Names(scope)))


@router.get("/submissions/{submission_id}", summary="Show a submission", responses=faults(404))
def show_submission(house: House, asking: Asking, submission_id: str) -> Submission:
    """Read it whole before you answer; the answer names the fingerprint."""
    with look(house, asking) as scope:
        return _shown(scope, scope.signoffs.submission(submission_id), asking)


@router.post(
    "/posts/{post_id}/submissions", status_code=201, summary="Submit a post", responses=faults(404, 409)
)
def submit_post(house: House, asking: Asking, post_id: str, given: Submit) -> Submission:
    """Puts the current revision before the reviewers.

    A blocking finding stops it; a warning asks for a reason.
    """
    submission_id = house.signoff.submit(asking, post_id, given.kept).id
    with look(house, asking) as scope:
        return _shown(scope, scope.signoffs.submission(submission_id), asking)


@router.post(
    "/submissions/{submission_id}/decisions",
    status_code=201,
    summary="Answer a submission",
    responses=faults(404, 409),
)
def decide(house: House, asking: Asking, submission_id: str, given: Decide) -> Decided:
    """Approve, ask for changes, or reject. Nobody answers about their own words.

    When the post changed since it was read, nothing is decided. What is approved and has a time is scheduled.
    """
    state = house.signoff.decide(
        asking, submission_id, given.kind, given.fingerprint, given.reason, given.seen
    )
    if state is Editorial.APPROVED:
        house.scheduling.book_approved()
    with look(house, asking) as scope:
        return Decided(post_id=scope.signoffs.submission(submission_id).post_id, state=state)


def _summaries(
    scope: PracticeScope, rows: Sequence[models.Submission], names: Names
) -> list[SubmissionSummary]:
    posts = scope.browsing.posts_by_id(row.post_id for row in rows)
    revisions = scope.browsing.revisions_by_id(row.revision_id for row in rows)
    return [
        SubmissionSummary(
            id=row.id,
            post_id=row.post_id,
            title=posts[row.post_id].title,
            revision=revisions[row.revision_id].number,
            fingerprint=row.fingerprint,
            submitted_by=names.person(row.submitted_by),
            submitted_at=row.submitted_at,
            closed_at=row.closed_at,
            outcome=row.outcome,
            due_at=posts[row.post_id].due_at,
        )
        for row in rows
    ]


def _shown(scope: PracticeScope, row: models.Submission, asking: Actor) -> Submission:
    names = Names(scope)
    post = scope.posts.get(row.post_id)
    revisions = {each.id: each for each in scope.posts.revisions(row.post_id)}
    earlier = _earlier(row, scope.signoffs.decisions_on_post(row.post_id), asking)
    carried = scope.browsing.variants({row.revision_id, earlier or row.revision_id})
    return Submission(
        **_summaries(scope, [row], names)[0].model_dump(),
        wall=post.wall,
        zone=post.zone,
        content=Content.of(revisions[row.revision_id].base),
        variants=variants(carried.get(row.revision_id, []), names),
        findings=[_kept(finding, names) for finding in scope.signoffs.findings(row.id)],
        workflow=[Stage.model_validate(stage) for stage in row.workflow["stages"]],
        decisions=[_answer(decision, names) for decision in scope.signoffs.decisions(row.id)],
        statement=STATEMENT,
        compared_with=Earlier(
            revision=revisions[earlier].number,
            content=Content.of(revisions[earlier].base),
            variants=variants(carried.get(earlier, []), names),
        )
        if earlier
        else None,
    )


def _earlier(row: models.Submission, decisions: Sequence[models.Decision], asking: Actor) -> str | None:
    """The revision that this person last answered about, else the last that anybody did."""
    others = [decision for decision in decisions if decision.revision_id != row.revision_id]
    mine = [decision for decision in others if decision.member_id == asking.member_id]
    latest = (mine or others)[-1:]
    return latest[0].revision_id if latest else None


def _kept(row: models.FindingRow, names: Names) -> KeptFinding:
    return KeptFinding(
        **Finding.of(words.Finding.model_validate(row.body)).model_dump(),
        kept_by=names.person_or_none(row.kept_by),
        kept_reason=row.kept_reason,
    )


def _answer(row: models.Decision, names: Names) -> Answer:
    return Answer(
        by=names.person(row.member_id),
        kind=row.kind,
        role=row.role,
        stage=row.stage,
        reason=row.reason,
        decided_at=row.decided_at,
    )
