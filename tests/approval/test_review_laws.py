"""Laws of review that hold for every workflow and every sequence of answers."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from approval.review import (
    Allowed,
    Decision,
    Member,
    Submission,
    Verdict,
    deciding_role,
    may_decide,
    outcome,
)
from domain.words import DecisionKind, Role
from domain.workflow import Stage, Workflow

PEOPLE = ("ann", "bob", "carol", "dora", "emil", "finn")
CLEAN = "f1"

roles = st.frozensets(st.sampled_from(Role), min_size=1, max_size=3)
members = st.lists(
    st.builds(Member, st.sampled_from(PEOPLE), roles, st.sampled_from([True, True, True, False])),
    unique_by=lambda member: member.id,
    min_size=1,
)
stages = st.lists(
    st.builds(
        Stage, name=st.sampled_from("abc"), roles=roles, count=st.integers(1, 3), separate=st.booleans()
    ),
    unique_by=lambda stage: stage.name,
    min_size=1,
    max_size=3,
)
workflows = st.builds(lambda made: Workflow(name="any", version=1, stages=tuple(made)), stages)
submissions = st.builds(
    Submission,
    st.just(1),
    st.just(CLEAN),
    st.frozensets(st.sampled_from(PEOPLE), min_size=1, max_size=2),
    st.sampled_from(PEOPLE),
)
kinds = st.sampled_from([DecisionKind.APPROVE] * 8 + [DecisionKind.REQUEST_CHANGES, DecisionKind.REJECT])
forged = st.builds(
    Decision,
    st.sampled_from(PEOPLE),
    st.sampled_from(Role),
    kinds,
    st.integers(0, 2),
    st.sampled_from([CLEAN, CLEAN, "f0"]),
)


def assert_lawful(workflow: Workflow, submission: Submission, decisions: list[Decision]) -> None:
    """An approval rests on exactly the required distinct people, stage by stage."""
    result = outcome(workflow, submission, decisions)
    people = [approval.member_id for approval in result.approvals]
    assert not set(people) & submission.own_words_of
    assert all(approval.fingerprint == submission.fingerprint for approval in result.approvals)
    assert max(Counter((one.stage, one.member_id) for one in result.approvals).values(), default=1) == 1
    for place, stage in enumerate(workflow.stages):
        here = {one.member_id for one in result.approvals if one.stage == place}
        earlier = {one.member_id for one in result.approvals if one.stage < place}
        assert not (stage.separate and here & earlier)
        assert all(one.role in stage.roles for one in result.approvals if one.stage == place)
        if result.verdict is Verdict.APPROVED:
            assert len(here) == stage.count


@given(workflows, submissions, st.lists(forged, max_size=12))
def test_no_sequence_of_rows_approves_without_the_required_people(
    workflow: Workflow, submission: Submission, decisions: list[Decision]
) -> None:
    assert_lawful(workflow, submission, decisions)


@given(workflows, submissions, members, st.lists(st.tuples(st.sampled_from(PEOPLE), kinds), max_size=20))
def test_whatever_people_try_only_allowed_answers_move_a_submission(
    workflow: Workflow,
    submission: Submission,
    people: list[Member],
    attempts: list[tuple[str, DecisionKind]],
) -> None:
    known = {member.id: member for member in people}
    decisions: list[Decision] = []
    for name, kind in attempts:
        member = known.get(name)
        before = outcome(workflow, submission, decisions)
        if member is None or before.stage is None:
            continue
        allowed = may_decide(member, kind, CLEAN, submission, workflow, decisions) == Allowed()
        role = deciding_role(member, workflow.stages[before.stage])
        assert not allowed or (member.active and role is not None and name not in submission.own_words_of)
        answer = Decision(name, role or Role.APPROVER, kind, before.stage, CLEAN)
        if allowed:
            decisions.append(answer)
            assert outcome(workflow, submission, decisions) != before
        elif member.active and role is not None:
            assert outcome(workflow, submission, [*decisions, answer]) == before
    assert_lawful(workflow, submission, decisions)


@given(workflows, submissions, st.lists(forged, max_size=12), forged)
def test_nothing_reopens_a_closed_submission(
    workflow: Workflow, submission: Submission, decisions: list[Decision], further: Decision
) -> None:
    result = outcome(workflow, submission, decisions)
    if result.verdict is not Verdict.PENDING:
        assert outcome(workflow, submission, [*decisions, further]) == result
