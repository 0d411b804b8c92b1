"""Who may decide what, and what decisions come to."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from approval.guard import key
from approval.review import (
    Allowed,
    At,
    Decision,
    Denied,
    Expire,
    Member,
    Outcome,
    Submission,
    Verdict,
    approval_window,
    deciding_role,
    late,
    may_decide,
    may_submit,
    outcome,
    still_stands,
)
from domain.states import Editorial
from domain.words import DecisionKind, Finding, LateRule, Role, Severity
from domain.workflow import Stage, Workflow

ONE = Stage(name="approval", roles=frozenset({Role.APPROVER}))
SIMPLE = Workflow(name="simple", version=1, stages=(ONE,))
CLINICAL = Stage(name="clinical", roles=frozenset({Role.REVIEWER}), count=2)
TWO_STAGES = Workflow(name="two", version=1, stages=(CLINICAL, ONE))

SUBMISSION = Submission(
    revision=2, fingerprint="f2", contributors=frozenset({"ann", "bob"}), submitted_by="sue"
)
CAROL = Member("carol", frozenset({Role.APPROVER, Role.REVIEWER}))
BLOCK = Finding(rule="PHI-05", pack="base@1", severity=Severity.BLOCK, message="a", remedy="b")
WARNING = Finding(rule="IMG-06", pack="base@1", severity=Severity.WARN, message="a", remedy="b")


def decision(
    member: str, kind: DecisionKind = DecisionKind.APPROVE, stage: int = 0, role: Role = Role.APPROVER
) -> Decision:
    return Decision(member, role, kind, stage, fingerprint="f2")


def asked(
    member: Member, workflow: Workflow = SIMPLE, *decisions: Decision, **facts: object
) -> Allowed | Denied:
    chosen = {"kind": DecisionKind.APPROVE, "seen_fingerprint": "f2", **facts}
    return may_decide(
        member,
        submission=SUBMISSION,
        workflow=workflow,
        decisions=decisions,
        **chosen,  # type: ignore[arg-type]
    )


def reason(answer: Allowed | Denied) -> str:
    assert isinstance(answer, Denied)
    return answer.reason


# ------------------------------------------------------------------ submitting


@pytest.mark.parametrize("role", [Role.AUTHOR, Role.REVIEWER, Role.APPROVER, Role.ADMIN])
def test_whoever_worked_on_a_draft_may_submit_it(role: Role) -> None:
    member = Member("ann", frozenset({role}))
    assert may_submit(member, Editorial.DRAFT, {"ann"}, [WARNING]) == Allowed()


@pytest.mark.parametrize("role", [Role.PUBLISHER, Role.ADMIN])
def test_a_publisher_or_admin_may_submit_in_their_stead(role: Role) -> None:
    assert may_submit(Member("sue", frozenset({role})), Editorial.DRAFT, {"ann"}, []) == Allowed()


@pytest.mark.parametrize(
    "member", [Member("zoe", frozenset({Role.AUTHOR})), Member("ann", frozenset({Role.AUDITOR}))]
)
def test_strangers_and_those_who_no_longer_write_may_not_submit(member: Member) -> None:
    assert "Only somebody who worked on this post" in reason(may_submit(member, Editorial.DRAFT, {"ann"}, []))


@pytest.mark.parametrize("state", [state for state in Editorial if state is not Editorial.DRAFT])
def test_only_a_draft_may_be_submitted(state: Editorial) -> None:
    answer = may_submit(Member("ann", frozenset({Role.AUTHOR})), state, {"ann"}, [])
    assert "cannot be submitted" in reason(answer)


def test_a_blocked_post_may_not_be_submitted() -> None:
    answer = may_submit(Member("ann", frozenset({Role.AUTHOR})), Editorial.DRAFT, {"ann"}, [BLOCK, BLOCK])
    assert "2 findings block" in reason(answer)


def test_an_inactive_member_may_not_submit() -> None:
    member = Member("ann", frozenset({Role.ADMIN}), active=False)
    assert "switched off" in reason(may_submit(member, Editorial.DRAFT, {"ann"}, []))


# ------------------------------------------------------------------ deciding


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_an_approver_who_did_not_write_it_may_decide(kind: DecisionKind) -> None:
    assert asked(CAROL, kind=kind) == Allowed()


@pytest.mark.parametrize("own", ["ann", "bob", "sue"])
@pytest.mark.parametrize("kind", list(DecisionKind))
def test_nobody_decides_on_their_own_words_or_what_they_put_forward(own: str, kind: DecisionKind) -> None:
    assert "You worked on this post" in reason(asked(Member(own, frozenset(Role)), kind=kind))


def test_an_inactive_member_may_not_decide() -> None:
    assert "switched off" in reason(asked(replace(CAROL, active=False)))


@pytest.mark.parametrize("roles", [frozenset(set(Role) - {Role.APPROVER}), frozenset()])
def test_a_member_without_the_role_may_not_decide(roles: frozenset[Role]) -> None:
    assert "role approver" in reason(asked(Member("zoe", roles)))


def test_a_post_that_changed_meanwhile_is_read_again_first() -> None:
    assert "changed since you opened it" in reason(asked(CAROL, seen_fingerprint="f1"))


@pytest.mark.parametrize("kind", [DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT])
def test_a_blocked_post_cannot_be_approved_and_can_be_sent_back(kind: DecisionKind) -> None:
    assert "1 finding blocks" in reason(asked(CAROL, findings=[BLOCK]))
    assert asked(CAROL, kind=kind, findings=[BLOCK, WARNING]) == Allowed()


def test_a_warning_needs_a_reason_or_a_look_before_approval() -> None:
    assert "1 warning has" in reason(asked(CAROL, findings=[WARNING]))
    assert asked(CAROL, findings=[WARNING], answered={key(WARNING)}) == Allowed()


@pytest.mark.parametrize("kind", list(DecisionKind))
def test_a_closed_submission_takes_no_more_answers(kind: DecisionKind) -> None:
    assert "closed" in reason(asked(CAROL, SIMPLE, decision("dora", kind)))


def test_one_person_cannot_count_twice_at_a_stage() -> None:
    first = decision("carol", role=Role.REVIEWER)
    assert "approved this post already" in reason(asked(CAROL, TWO_STAGES, first))


def test_one_person_cannot_fill_two_stages_where_they_are_separate() -> None:
    before = [decision("carol", role=Role.REVIEWER), decision("dora", role=Role.REVIEWER)]
    assert "approved this post already" in reason(asked(CAROL, TWO_STAGES, *before))
    joint = TWO_STAGES.model_copy(update={"stages": (CLINICAL, ONE.model_copy(update={"separate": False}))})
    assert asked(CAROL, joint, *before) == Allowed()


def test_the_role_a_person_decides_in_is_one_the_stage_asks_for() -> None:
    assert deciding_role(CAROL, CLINICAL) is Role.REVIEWER
    assert deciding_role(CAROL, ONE) is Role.APPROVER
    assert deciding_role(Member("zoe", frozenset({Role.AUDITOR})), ONE) is None


# ------------------------------------------------------------------ outcomes


def test_without_decisions_the_first_stage_waits() -> None:
    assert outcome(TWO_STAGES, SUBMISSION, []) == Outcome(Verdict.PENDING, stage=0, missing=2)


def test_stages_are_filled_in_order() -> None:
    steps = [
        decision("carol", role=Role.REVIEWER),
        decision("dora", role=Role.REVIEWER),
        decision("emil", stage=1),
    ]
    reached = [outcome(TWO_STAGES, SUBMISSION, steps[:count]) for count in range(4)]
    assert [(step.verdict, step.stage, step.missing) for step in reached] == [
        (Verdict.PENDING, 0, 2),
        (Verdict.PENDING, 0, 1),
        (Verdict.PENDING, 1, 1),
        (Verdict.APPROVED, None, 0),
    ]


@pytest.mark.parametrize(
    ("kind", "verdict"),
    [(DecisionKind.REQUEST_CHANGES, Verdict.CHANGES_REQUESTED), (DecisionKind.REJECT, Verdict.REJECTED)],
)
def test_the_first_answer_that_is_no_approval_ends_it(kind: DecisionKind, verdict: Verdict) -> None:
    steps = [
        decision("carol", role=Role.REVIEWER),
        decision("dora", kind, role=Role.REVIEWER),
        decision("emil"),
    ]
    assert outcome(TWO_STAGES, SUBMISSION, steps).verdict is verdict


@pytest.mark.parametrize(
    "stray",
    [
        replace(decision("carol"), fingerprint="f1"),
        decision("carol", stage=1),
        decision("carol", role=Role.REVIEWER),
        decision("ann"),
        decision("sue", DecisionKind.REJECT),
    ],
)
def test_what_does_not_count_is_passed_over(stray: Decision) -> None:
    assert outcome(SIMPLE, SUBMISSION, [stray]).verdict is Verdict.PENDING


# ------------------------------------------------------------------ standing at dispatch


def test_an_approval_stands_while_its_approvers_do() -> None:
    assert still_stands(SIMPLE, SUBMISSION, [decision("carol")], "f2", [CAROL]) == Allowed()


@pytest.mark.parametrize(
    "members", [[], [replace(CAROL, active=False)], [replace(CAROL, roles=frozenset({Role.REVIEWER}))]]
)
def test_an_approval_falls_with_its_approver(members: list[Member]) -> None:
    answer = still_stands(SIMPLE, SUBMISSION, [decision("carol")], "f2", members)
    assert "may no longer approve" in reason(answer)


def test_an_approval_holds_for_one_fingerprint_only() -> None:
    answer = still_stands(SIMPLE, SUBMISSION, [decision("carol")], "f3", [CAROL])
    assert "not what was approved" in reason(answer)


def test_what_was_never_approved_does_not_stand() -> None:
    assert "not approved" in reason(still_stands(SIMPLE, SUBMISSION, [], "f2", [CAROL]))


# ------------------------------------------------------------------ lateness

DUE = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NEXT = DUE + timedelta(days=1)


@pytest.mark.parametrize("rule", list(LateRule))
@pytest.mark.parametrize(
    ("now", "instant"),
    [(DUE - HOUR, DUE), (DUE, DUE), (DUE + HOUR / 2, DUE + HOUR / 2), (DUE + HOUR, DUE + HOUR)],
)
def test_in_time_it_waits_and_a_little_late_it_goes_at_once(
    rule: LateRule, now: datetime, instant: datetime
) -> None:
    assert late(rule, DUE, now, HOUR, NEXT) == At(instant)


@pytest.mark.parametrize(
    ("rule", "answer"),
    [
        (LateRule.EXPIRE, Expire()),
        (LateRule.NEXT_SLOT, At(NEXT)),
        (LateRule.PUBLISH_NOW, At(DUE + 2 * HOUR)),
    ],
)
def test_too_late_it_follows_the_practices_rule(rule: LateRule, answer: Expire | At) -> None:
    assert late(rule, DUE, DUE + 2 * HOUR, HOUR, NEXT) == answer


@pytest.mark.parametrize("next_slot", [None, DUE, DUE + 2 * HOUR])
def test_without_a_slot_to_come_it_expires(next_slot: datetime | None) -> None:
    assert late(LateRule.NEXT_SLOT, DUE, DUE + 2 * HOUR, HOUR, next_slot) == Expire()


def test_the_window_of_an_approval_ends_with_the_lateness_allowed() -> None:
    window = approval_window(DUE, HOUR)
    assert [window.contains(DUE + offset) for offset in (-HOUR / 60, 0 * HOUR, HOUR, HOUR * 1.01)] == [
        False, True, True, False,
    ]  # fmt: skip
