"""Where a submission stands: which stage decides now, and who may. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from approval import review
from domain.actor import Actor
from domain.words import DecisionKind, Role
from domain.workflow import Workflow
from store.models import Submission
from store.views.lives import Life
from web.directory import Directory
from web.marks import Step, StepState
from web.reader import Reader


@dataclass(frozen=True)
class Signing:
    """One submission's standing. While it is open, `signers` may decide it."""

    submission: Submission
    workflow: Workflow
    outcome: review.Outcome
    signers: tuple[str, ...]  # names
    answer: review.Allowed | review.Denied  # for the person who reads

    @property
    def mine(self) -> bool:
        return isinstance(self.answer, review.Allowed)

    @property
    def why_not(self) -> str:
        return self.answer.reason if isinstance(self.answer, review.Denied) else ""


def signing(
    life: Life, known: Directory, roles: Mapping[str, frozenset[Role]], actor: Actor
) -> Signing | None:
    """The standing of the latest submission, when it is open; *roles* by member id."""
    submission = life.submission
    if submission is None or submission.closed_at is not None:
        return None
    workflow = Workflow.model_validate(submission.workflow)
    facts = review.Submission(
        revision=life.revision.number,
        fingerprint=submission.fingerprint,
        contributors=frozenset(row.author_id for row in life.revisions),
        submitted_by=submission.submitted_by,
    )
    given = [
        review.Decision(row.member_id, row.role, row.kind, row.stage, row.fingerprint)
        for row in life.decisions
        if row.submission_id == submission.id
    ]

    def may(member: review.Member) -> review.Allowed | review.Denied:
        kind = DecisionKind.REQUEST_CHANGES  # whether anything is left to fix first is another question
        return review.may_decide(member, kind, submission.fingerprint, facts, workflow, given)

    return Signing(
        submission=submission,
        workflow=workflow,
        outcome=review.outcome(workflow, facts, given),
        signers=tuple(
            each.name
            for each in known.people.values()
            if isinstance(
                may(review.Member(each.id, roles.get(each.id, frozenset()), each.active)), review.Allowed
            )
        ),
        answer=may(review.Member(actor.member_id, actor.roles)),
    )


def route(life: Life, standing: Signing, known: Directory, reader: Reader) -> list[Step]:
    """The way of the latest submission, from its author to its minute."""
    author = known.name(life.revision.author_id)
    written = f"Revision {life.revision.number}, {reader.wall(life.revision.created_at)}"
    kept = sum(bool(row.kept_reason) for row in life.findings)
    steps = [
        Step(f"{author} wrote it", written, StepState.DONE),
        Step("The guard passed it", _kept(kept), StepState.DONE),
    ]
    for place, stage in enumerate(standing.workflow.stages):
        signed = [each for each in standing.outcome.approvals if each.stage == place]
        steps.append(_stage(stage.name, stage.count, signed, place, standing, known))
    due = life.post.due_at
    steps.append(Step(f"Goes out {reader.wall(due)}" if due else "Gets a time", "Once it is signed"))
    return steps


def _kept(count: int) -> str:
    if not count:
        return "Nothing was found"
    return f"{count} {'warning' if count == 1 else 'warnings'} kept with a reason"


def _stage(
    name: str,
    count: int,
    signed: list[review.Decision],
    place: int,
    standing: Signing,
    known: Directory,
) -> Step:
    title = name.capitalize()
    if len(signed) >= count:
        by = ", ".join(known.name(each.member_id) for each in signed)
        return Step(f"{title}: {by}", "Signed", StepState.DONE)
    if standing.outcome.stage != place:
        return Step(title, _enough(count), StepState.NEXT)
    who = " or ".join(standing.signers) or "nobody here may sign it yet"
    return Step(f"{title}: {'you' if standing.mine else who}", _enough(count - len(signed)), StepState.NOW)


def _enough(missing: int) -> str:
    return "One signature is enough" if missing == 1 else f"{missing} signatures are needed"
