"""Who may decide what about a Submission, and what the decisions come to. Pure.

Laws: nobody approves their own words; a decision holds for exactly one fingerprint; the first request for
changes or rejection ends the Submission; where a stage is separate, nobody fills it and an earlier one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from approval.guard import blocking, unanswered
from domain.states import EDITORIAL_MOVES, Editorial
from domain.words import DecisionKind, Finding, LateRule, Role
from domain.workflow import Stage, Workflow


@dataclass(frozen=True)
class Allowed:
    """Yes."""


@dataclass(frozen=True)
class Denied:
    """No, and why, in one sentence for the person who asked."""

    reason: str


@dataclass(frozen=True)
class Member:
    """Who wants to act. The shell reads the standing at the moment of acting."""

    id: str
    roles: frozenset[Role]
    active: bool = True


@dataclass(frozen=True)
class Submission:
    """One Revision put before the reviewers."""

    revision: int
    fingerprint: str
    contributors: frozenset[str]  # member ids: the author of every Revision of this Post
    submitted_by: str  # member id

    @property
    def own_words_of(self) -> frozenset[str]:
        """Everybody who wrote a part of it or put it forward."""
        return self.contributors | {self.submitted_by}


@dataclass(frozen=True)
class Decision:
    """What one person answered, over which fingerprint, in which role and at which stage."""

    member_id: str
    role: Role
    kind: DecisionKind
    stage: int  # its place in the workflow, from 0
    fingerprint: str


class Verdict(StrEnum):
    """What the decisions so far come to."""

    PENDING = "pending"
    APPROVED = "approved"
    CHANGES_REQUESTED = "changes_requested"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Outcome:
    """Where a Submission stands. While pending, `stage` is the one that must decide next."""

    verdict: Verdict
    stage: int | None = None
    missing: int = 0  # approvals that this stage still needs
    approvals: tuple[Decision, ...] = ()  # those that count, in order


def may_submit(
    member: Member, state: Editorial, contributors: Collection[str], findings: Iterable[Finding]
) -> Allowed | Denied:
    """Whether *member* may put a Post in *state* with these *findings* before the reviewers.

    Whoever worked on it may, and so may a publisher or an admin in their stead.
    """
    if not member.active:
        return Denied("Your account is switched off; ask an admin.")
    if Editorial.IN_REVIEW not in EDITORIAL_MOVES[state]:
        return Denied(f"A post that is {_spoken(state)} cannot be submitted; edit it first.")
    own = member.id in contributors and not member.roles.isdisjoint(_WRITERS)
    if not own and member.roles.isdisjoint({Role.PUBLISHER, Role.ADMIN}):
        return Denied("Only somebody who worked on this post, a publisher or an admin may submit it.")
    if stops := blocking(findings):
        return Denied(
            f"{_count(len(stops), 'finding blocks', 'findings block')} this post; see the remedies."
        )
    return Allowed()


def may_decide(
    member: Member,
    kind: DecisionKind,
    seen_fingerprint: str,
    submission: Submission,
    workflow: Workflow,
    decisions: Sequence[Decision],
    findings: Sequence[Finding] = (),
    answered: Collection[str] = (),
) -> Allowed | Denied:
    """Whether *member* may give this answer now.

    *seen_fingerprint* names what was on the member's screen. *answered* holds the keys (`approval.guard.key`)
    of warnings that the author kept with a reason or that this member has ticked as seen.
    """
    standing = outcome(workflow, submission, decisions)
    return (
        _may_answer(member, seen_fingerprint, submission, workflow, standing)
        or (_may_approve(findings, answered) if kind is DecisionKind.APPROVE else None)
        or Allowed()
    )


def deciding_role(member: Member, stage: Stage) -> Role | None:
    """The role in which *member* decides at *stage*, or None."""
    return min(member.roles & stage.roles, default=None)


def outcome(workflow: Workflow, submission: Submission, decisions: Iterable[Decision]) -> Outcome:
    """What *decisions*, oldest first, come to. Whatever does not count is passed over, never trusted."""
    approvals: list[Decision] = []
    place = 0
    for decision in decisions:
        if place == len(workflow.stages) or not _counts(decision, place, workflow, submission, approvals):
            continue
        if decision.kind is not DecisionKind.APPROVE:
            return Outcome(_ENDINGS[decision.kind], approvals=tuple(approvals))
        approvals.append(decision)
        if not _missing(workflow, place, approvals):
            place += 1
    if place == len(workflow.stages):
        return Outcome(Verdict.APPROVED, approvals=tuple(approvals))
    return Outcome(Verdict.PENDING, place, _missing(workflow, place, approvals), tuple(approvals))


def still_stands(
    workflow: Workflow,
    submission: Submission,
    decisions: Iterable[Decision],
    fingerprint: str,
    members: Iterable[Member],
) -> Allowed | Denied:
    """Whether an approval still holds at dispatch: same fingerprint, and every approver still in standing."""
    if fingerprint != submission.fingerprint:
        return Denied("The post is not what was approved, so it needs a new approval.")
    result = outcome(workflow, submission, decisions)
    if result.verdict is not Verdict.APPROVED:
        return Denied("This post is not approved.")
    standing = {member.id: member for member in members if member.active}
    for approval in result.approvals:
        member = standing.get(approval.member_id)
        if member is None or approval.role not in member.roles:
            return Denied(
                "Somebody who approved this post may no longer approve, so it needs a new approval."
            )
    return Allowed()


@dataclass(frozen=True)
class Expire:
    """The post does not go out."""


@dataclass(frozen=True)
class At:
    """The post goes out at this instant."""

    instant: datetime


@dataclass(frozen=True)
class Window:
    """When an approved post may go out, both ends included."""

    opens: datetime
    closes: datetime

    def contains(self, instant: datetime) -> bool:
        return self.opens <= instant <= self.closes


def approval_window(due: datetime, max_lateness: timedelta) -> Window:
    """From the due instant until as late as the practice still wants the post."""
    return Window(due, due + max_lateness)


def late(
    rule: LateRule, due: datetime, now: datetime, max_lateness: timedelta, next_slot: datetime | None
) -> Expire | At:
    """When a post that is free to go at *now* goes out; aware instants.

    In time it waits for *due*; late within *max_lateness* it goes at once; later still, *rule* decides.
    Without a next slot to come, NEXT_SLOT lets the post expire.
    """
    if now <= due:
        return At(due)
    if approval_window(due, max_lateness).contains(now) or rule is LateRule.PUBLISH_NOW:
        return At(now)
    if rule is LateRule.NEXT_SLOT and next_slot is not None and next_slot > now:
        return At(next_slot)
    return Expire()


_WRITERS = frozenset({Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.ADMIN})
_ENDINGS = {
    DecisionKind.REQUEST_CHANGES: Verdict.CHANGES_REQUESTED,
    DecisionKind.REJECT: Verdict.REJECTED,
}


def _may_answer(
    member: Member, seen_fingerprint: str, submission: Submission, workflow: Workflow, standing: Outcome
) -> Denied | None:
    """Why *member* may not answer at all, if so."""
    if not member.active:
        return Denied("Your account is switched off; ask an admin.")
    if standing.stage is None:
        return Denied(f"This submission is closed: it is {_spoken(standing.verdict)}.")
    if seen_fingerprint != submission.fingerprint:
        return Denied("The post changed since you opened it; read it again before you decide.")
    if member.id in submission.own_words_of:
        return Denied("You worked on this post, so somebody else must decide.")
    stage = workflow.stages[standing.stage]
    if deciding_role(member, stage) is None:
        roles = " or ".join(sorted(stage.roles))
        return Denied(f"Only somebody with the role {roles} may decide at the stage {stage.name}.")
    if _has_approved(member.id, standing.stage, stage, standing.approvals):
        return Denied("You have approved this post already; somebody else must decide next.")
    return None


def _may_approve(findings: Sequence[Finding], answered: Collection[str]) -> Denied | None:
    """Why nobody may approve with these findings, if so."""
    if stops := blocking(findings):
        return Denied(f"{_count(len(stops), 'finding blocks', 'findings block')} this post; request changes.")
    if open_warnings := unanswered(findings, answered):
        count = _count(len(open_warnings), "warning has", "warnings have")
        return Denied(f"{count} no reason beside it yet; look at each and tick it, or request changes.")
    return None


def _counts(
    decision: Decision,
    place: int,
    workflow: Workflow,
    submission: Submission,
    approvals: Sequence[Decision],
) -> bool:
    stage = workflow.stages[place]
    return (
        decision.fingerprint == submission.fingerprint
        and decision.stage == place
        and decision.role in stage.roles
        and decision.member_id not in submission.own_words_of
        and not _has_approved(decision.member_id, place, stage, approvals)
    )


def _has_approved(member_id: str, place: int, stage: Stage, approvals: Iterable[Decision]) -> bool:
    """Whether this person's approval is used up: at this stage, or at any where this one is separate."""
    return any(
        approval.member_id == member_id and (stage.separate or approval.stage == place)
        for approval in approvals
    )


def _missing(workflow: Workflow, place: int, approvals: Iterable[Decision]) -> int:
    return workflow.stages[place].count - sum(approval.stage == place for approval in approvals)


def _count(number: int, one: str, several: str) -> str:
    return f"{number} {one if number == 1 else several}"


def _spoken(word: StrEnum) -> str:
    return word.value.replace("_", " ")
