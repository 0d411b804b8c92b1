"""Sign-off over the real store: what is submitted, who decides, and what an approval is for."""

import threading
from dataclasses import replace
from datetime import timedelta

import pytest

from approval import guard
from approval.service import STATEMENT, WITHOUT_TIME, CannotDecide, CannotSubmit, SignOff
from approval.waiting import waiting_for
from domain.actor import Actor
from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.states import Editorial
from domain.words import DecisionKind, LateRule, Role, Severity
from domain.workflow import Stage, Workflow
from drafting.posts import PostInput
from store.models import Approval, ApprovedVariant, Decision, Submission
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.tampering import change_stored_words
from tests.support.together import at_once, wait_until_somebody_waits

WORDS = "Flu shots are in. Walk in any weekday."
BLOCKED = "Call Anna at 917-555-0123."
TWO_STAGES = Workflow(
    name="two",
    version=1,
    stages=(
        Stage(name="medical", roles=frozenset({Role.REVIEWER, Role.APPROVER})),
        Stage(name="final", roles=frozenset({Role.APPROVER}), count=2),
    ),
)


def person(practice: Practice, name: str, *roles: Role) -> Actor:
    row = practice.house.members.add(
        practice.admin, name=name, email=f"{name.lower()}@x.example", roles=frozenset(roles)
    )
    return Actor(row.id, practice.id, row.name, frozenset(roles))


def submission_of(practice: Practice, post_id: str) -> Submission:
    with practice.house.database.read() as work:
        found = work.practice(practice.id).signoffs.last_submission(post_id)
    assert found is not None
    return found


def decisions_on(practice: Practice, post_id: str) -> list[Decision]:
    with practice.house.database.read() as work:
        return list(work.practice(practice.id).signoffs.decisions_on_post(post_id))


def approval_of(practice: Practice, post_id: str) -> tuple[Approval, list[ApprovedVariant]]:
    with practice.house.database.read() as work:
        signoffs = work.practice(practice.id).signoffs
        approval = signoffs.standing_approval(post_id)
        assert approval is not None
        return approval, list(signoffs.approved_variants(approval.id))


def settle(practice: Practice, **settings: object) -> None:
    practice.house.describing.set_settings(practice.admin, PracticeSettings.model_validate(settings))


# ---------------------------------------------------------------- submitting


def test_submitting_puts_this_very_revision_before_the_reviewers(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    submission = submission_of(practice, post_id)
    with practice.house.database.read() as work:
        revision = work.practice(practice.id).posts.revision(post_id, 1)
    assert practice.post(post_id).state is Editorial.IN_REVIEW
    assert (submission.revision_id, submission.fingerprint) == (revision.id, revision.fingerprint)
    assert practice.audited(f"post:{post_id}") == ["revision_saved", "submitted"]


@pytest.mark.parametrize(
    ("values", "said"),
    [({"channels": ()}, "no channel"), ({"text": "", "title": "Flu"}, "is empty")],
    ids=["no channel", "no words"],
)
def test_a_post_without_words_or_channels_is_not_ready(
    small_practice: Practice, values: dict[str, object], said: str
) -> None:
    post_id = small_practice.draft(**values)  # type: ignore[arg-type]
    with pytest.raises(CannotSubmit, match=said):
        small_practice.submit(post_id)
    assert small_practice.post(post_id).state is Editorial.DRAFT


@pytest.mark.parametrize("state", ["in review", "approved", "changes requested", "rejected", "withdrawn"])
def test_only_a_draft_can_be_submitted(small_practice: Practice, state: str) -> None:
    post_id = small_practice.draft(WORDS)
    kinds = {
        "approved": DecisionKind.APPROVE,
        "changes requested": DecisionKind.REQUEST_CHANGES,
        "rejected": DecisionKind.REJECT,
    }
    if state == "withdrawn":
        small_practice.house.drafts.withdraw(small_practice.author, post_id, "")
    else:
        small_practice.submit(post_id)
    if state in kinds:
        small_practice.decide(small_practice.approver, post_id, kinds[state])
    with pytest.raises(CannotSubmit, match=f"this post is {state}"):
        small_practice.submit(post_id)


def test_a_finding_that_blocks_stops_the_submission_and_is_handed_over(practice: Practice) -> None:
    post_id = practice.draft(BLOCKED, title="Call us")
    with pytest.raises(CannotSubmit) as refused:
        practice.submit(post_id)
    assert [finding.rule for finding in refused.value.findings] == ["PHI-02"]
    assert refused.value.findings[0].remedy in str(refused.value)
    assert practice.post(post_id).state is Editorial.DRAFT
    with practice.house.database.read() as work:
        assert work.practice(practice.id).signoffs.last_submission(post_id) is None


def test_a_warning_is_kept_with_a_reason_or_mended(practice: Practice) -> None:
    practice.scheduled(WORDS)
    post_id = practice.draft(WORDS)
    (warning,) = practice.house.signoff.check(practice.author, post_id)
    assert warning.severity is Severity.WARN
    for kept in ({}, {guard.key(warning): "  "}, {"RPT-01": "a key of nothing"}):
        with pytest.raises(CannotSubmit, match="Or say why it stays"):
            practice.house.signoff.submit(practice.author, post_id, kept)
    practice.house.signoff.submit(practice.author, post_id, {guard.key(warning): " It is that time again. "})
    with practice.house.database.read() as work:
        (kept_row,) = work.practice(practice.id).signoffs.findings(submission_of(practice, post_id).id)
    assert kept_row.kept_reason == "It is that time again."
    assert kept_row.kept_by == practice.author.member_id
    practice.decide(practice.approver, post_id)
    assert practice.post(post_id).state is Editorial.APPROVED


def test_who_worked_on_it_submits_and_so_may_a_publisher_or_admin(small_practice: Practice) -> None:
    stranger = person(small_practice, "Nia", Role.AUTHOR)
    publisher = person(small_practice, "Pia", Role.PUBLISHER)
    post_id = small_practice.draft(WORDS)
    with pytest.raises(CannotSubmit, match="worked on this post"):
        small_practice.house.signoff.submit(stranger, post_id)
    small_practice.house.signoff.submit(publisher, post_id)


def test_two_submissions_at_once_open_one_review(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    ends = at_once(*[lambda: practice.submit(post_id)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["CannotSubmit", "str"]


# ---------------------------------------------------------------- deciding


def test_an_approval_names_every_channels_fingerprint_and_what_was_agreed_to(practice: Practice) -> None:
    post_id = practice.draft(WORDS, channels=tuple(practice.channel_ids))
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    approval, variants = approval_of(practice, post_id)
    (decision,) = decisions_on(practice, post_id)
    assert practice.post(post_id).state is Editorial.APPROVED
    assert {row.channel_id for row in variants} == set(practice.channel_ids)
    assert (decision.statement, decision.role) == (STATEMENT, Role.APPROVER)
    assert decision.fingerprint == approval.fingerprint
    assert practice.audited(f"post:{post_id}")[-2:] == ["approve", "approved"]


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (DecisionKind.REQUEST_CHANGES, Editorial.CHANGES_REQUESTED),
        (DecisionKind.REJECT, Editorial.REJECTED),
    ],
)
def test_whoever_does_not_approve_says_why(practice: Practice, kind: DecisionKind, state: Editorial) -> None:
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    submission = submission_of(practice, post_id)
    decide = practice.house.signoff.decide
    with pytest.raises(CannotDecide, match="Say what should change"):
        decide(practice.approver, submission.id, kind, submission.fingerprint, "  ")
    assert decide(practice.approver, submission.id, kind, submission.fingerprint, "The date.") is state
    assert practice.audited(f"post:{post_id}")[-1] == str(kind)
    with practice.house.database.read() as work:
        assert work.practice(practice.id).signoffs.standing_approval(post_id) is None


def test_what_changed_since_it_was_opened_is_not_decided(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    submission = submission_of(practice, post_id)
    with pytest.raises(CannotDecide, match="changed since you opened it"):
        practice.house.signoff.decide(practice.approver, submission.id, DecisionKind.APPROVE, "0" * 64)
    assert decisions_on(practice, post_id) == []


def test_nobody_decides_on_words_of_their_own(practice: Practice) -> None:
    """Neither who wrote any revision, nor who submitted it, nor whom it is assigned to."""
    drafts, roles = practice.house.drafts, (Role.APPROVER, Role.AUTHOR, Role.PUBLISHER)
    first, second, putter, assigned, other = (
        person(practice, name, *roles) for name in ("Ada", "Bea", "Cy", "Dee", "Eve")
    )
    channels = tuple(practice.channel_ids[:1])
    post = PostInput(text=WORDS, channels=channels, author_id=assigned.member_id)
    post_id = drafts.create(first, post)
    drafts.edit(second, post_id, post.model_copy(update={"text": WORDS + " Bring your card."}))
    practice.house.signoff.submit(putter, post_id)
    for own in (first, second, putter, assigned):
        with practice.house.database.read() as work:
            assert waiting_for(work.practice(practice.id), own) == []
        with pytest.raises(CannotDecide, match="You worked on this post"):
            practice.decide(own, post_id)
    with practice.house.database.read() as work:
        assert len(waiting_for(work.practice(practice.id), other)) == 1
    practice.decide(other, post_id)
    assert practice.post(post_id).state is Editorial.APPROVED


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.APPROVER])
def test_only_the_role_of_the_stage_decides(small_practice: Practice, role: Role) -> None:
    post_id = small_practice.draft(WORDS)
    small_practice.submit(post_id)
    with pytest.raises(CannotDecide, match="role approver"):
        small_practice.decide(person(small_practice, "Nia", role), post_id)


def test_of_two_deciders_at_once_one_decides_and_the_other_is_told(practice: Practice) -> None:
    other = person(practice, "Nia", Role.APPROVER)
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    ends = at_once(
        lambda: practice.decide(practice.approver, post_id, DecisionKind.APPROVE),
        lambda: practice.decide(other, post_id, DecisionKind.REJECT),
    )
    assert sorted(type(end).__name__ for end in ends) == ["CannotDecide", "NoneType"]
    assert len(decisions_on(practice, post_id)) == 1
    assert practice.post(post_id).state in (Editorial.APPROVED, Editorial.REJECTED)


def test_an_edit_and_an_approval_at_once_never_leave_an_approval_for_other_words(practice: Practice) -> None:
    for number in range(3):
        post_id = practice.draft(f"{WORDS} Number {number}.")
        practice.submit(post_id)
        ends = at_once(
            lambda post_id=post_id: practice.decide(practice.approver, post_id),  # type: ignore[misc]
            lambda post_id=post_id: practice.edit(post_id, "Other words."),  # type: ignore[misc]
        )
        assert all(end is None or isinstance(end, Refusal) for end in ends), ends
        assert practice.post(post_id).state is Editorial.DRAFT
        with practice.house.database.read() as work:
            assert work.practice(practice.id).signoffs.standing_approval(post_id) is None
    assert practice.broken_audit() is None


def test_who_decides_waits_for_who_edits_without_holding_anything_they_need(
    postgresql_practice: Practice,
) -> None:
    practice = postgresql_practice
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    with practice.house.database.write() as work:
        scope = work.practice(practice.id)
        scope.posts.get(post_id, lock=True)
        deciding = threading.Thread(target=lambda: practice.decide(practice.approver, post_id))
        deciding.start()
        wait_until_somebody_waits(practice.house.database)
        assert scope.signoffs.open_submission(post_id, lock=True) is not None
        work.commit()
    deciding.join()
    assert practice.post(post_id).state is Editorial.APPROVED


def test_a_warning_that_came_up_since_must_be_ticked_by_who_approves(practice: Practice) -> None:
    first, second = practice.draft(WORDS), practice.draft(WORDS)
    for post_id in (first, second):
        practice.submit(post_id)
    practice.decide(practice.approver, first)
    practice.house.scheduling.book_approved()
    with pytest.raises(CannotDecide, match="1 warning has no reason"):
        practice.decide(practice.approver, second)
    submission = submission_of(practice, second)
    (warning,) = practice.house.signoff.check(practice.approver, second)
    practice.house.signoff.decide(
        practice.approver,
        submission.id,
        DecisionKind.APPROVE,
        submission.fingerprint,
        seen=[guard.key(warning)],
    )
    assert practice.post(second).state is Editorial.APPROVED


def test_stages_are_filled_in_order_by_different_people(practice: Practice) -> None:
    signoff: SignOff = replace(practice.house.signoff, workflow=TWO_STAGES)
    practice.house.__dict__["signoff"] = signoff
    medic = person(practice, "Ada", Role.REVIEWER)
    one, other, third = (person(practice, name, Role.APPROVER) for name in ("Bea", "Cy", "Dee"))
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    practice.decide(one, post_id)
    assert [row.stage for row in decisions_on(practice, post_id)] == [0]
    with pytest.raises(CannotDecide, match="approved this post already"):
        practice.decide(one, post_id)
    with pytest.raises(CannotDecide, match="at the stage final"):
        practice.decide(medic, post_id)
    practice.decide(other, post_id)
    assert practice.post(post_id).state is Editorial.IN_REVIEW
    practice.decide(third, post_id)
    assert practice.post(post_id).state is Editorial.APPROVED


def test_a_submission_keeps_the_workflow_that_it_began_with(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    practice.house.__dict__["signoff"] = replace(practice.house.signoff, workflow=TWO_STAGES)
    practice.decide(practice.approver, post_id)
    assert practice.post(post_id).state is Editorial.APPROVED


def test_stored_words_that_were_tampered_with_are_never_approved(practice: Practice) -> None:
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    change_stored_words(practice.house.database, "Walk in", "Run in")
    with pytest.raises(CannotDecide, match="not those that were submitted"):
        practice.decide(practice.approver, post_id)
    assert practice.post(post_id).state is Editorial.IN_REVIEW


def test_a_submission_of_another_practice_is_not_found(small_practice: Practice) -> None:
    post_id = small_practice.draft(WORDS)
    small_practice.submit(post_id)
    submission = submission_of(small_practice, post_id)
    stranger = replace(small_practice.approver, practice_id="another")
    with pytest.raises(NotFound):
        small_practice.house.signoff.decide(
            stranger, submission.id, DecisionKind.APPROVE, submission.fingerprint
        )
    with pytest.raises(NotFound):
        small_practice.house.signoff.submit(stranger, post_id)
    with pytest.raises(NotFound):
        small_practice.house.signoff.check(stranger, post_id)


# ---------------------------------------------------------------- for when


def window(practice: Practice, post_id: str) -> tuple[timedelta, timedelta]:
    """How long from its time (or from now) an approval opens and closes."""
    approval, _ = approval_of(practice, post_id)
    start = practice.post(post_id).due_at or practice.clock.now()
    assert approval.not_before is not None
    assert approval.not_after is not None
    return approval.not_before - start, approval.not_after - start


def approved(practice: Practice, late: timedelta = timedelta(0), **values: object) -> str:
    post_id = practice.draft(WORDS, **values)
    practice.submit(post_id)
    due = practice.post(post_id).due_at
    if due is not None and late:
        practice.clock.set(due + late)
    practice.decide(practice.approver, post_id)
    return post_id


def test_an_approval_is_for_the_posts_time_and_as_late_as_the_practice_allows(
    small_practice: Practice,
) -> None:
    settle(small_practice, max_lateness_minutes=45)
    assert window(small_practice, approved(small_practice)) == (timedelta(0), timedelta(minutes=45))


def test_an_approval_without_a_time_is_for_a_month(small_practice: Practice) -> None:
    assert window(small_practice, approved(small_practice, wall=None)) == (timedelta(0), WITHOUT_TIME)


@pytest.mark.parametrize("rule", LateRule)
def test_only_publish_now_widens_the_window_of_a_late_approval(
    small_practice: Practice, rule: LateRule
) -> None:
    settle(small_practice, late_rule=rule, max_lateness_minutes=60)
    opens, closes = window(small_practice, approved(small_practice, late=timedelta(hours=3)))
    assert opens == timedelta(0)
    assert closes == timedelta(hours=4 if rule is LateRule.PUBLISH_NOW else 1)
