"""From an approval to publications: which instant, whose hand, and never twice."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

import pytest

from domain.practice import PracticeSettings
from domain.refusal import Refusal
from domain.states import Delivery, IllegalMove
from domain.words import HoldScope, LateRule
from scheduler.booking import CannotSchedule
from store.models import Publication
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan
from tests.support.together import at_once, wait_until_somebody_waits

WORDS = "Flu shots are in. Walk in any weekday."
LATENESS = timedelta(hours=2)


def approved(practice: Practice, **values: object) -> str:
    """A post that is signed and not booked yet."""
    post_id = practice.draft(WORDS, **values)
    practice.submit(post_id)
    practice.decide(practice.approver, post_id)
    return post_id


def wall(practice: Practice, due: datetime) -> datetime:
    return practice.wall(due - practice.clock.now())


# ---------------------------------------------------------------- booking


def test_every_channel_of_a_signed_post_gets_its_place_in_the_calendar(practice: Practice) -> None:
    post_id = approved(practice, channels=tuple(practice.channel_ids))
    assert practice.house.scheduling.book_approved() == 1
    rows, due = practice.publications(post_id), practice.post(post_id).due_at
    assert {row.channel_id for row in rows} == set(practice.channel_ids)
    assert due is not None
    for row in rows:
        assert (row.state, row.due_at, row.run_at, row.expires_at) == (
            Delivery.SCHEDULED,
            due,
            due,
            due + LATENESS,
        )
    assert practice.audited(f"post:{post_id}")[-1] == "scheduled"


def test_a_signed_post_is_booked_once_however_often_and_by_however_many(practice: Practice) -> None:
    post_id = approved(practice)
    book = practice.house.scheduling.book_approved
    booked = at_once(book, book, book)
    assert sum(booked) == 1  # type: ignore[arg-type]
    assert book() == 0
    assert len(practice.publications(post_id)) == 1


def test_a_post_without_a_time_waits_for_one(practice: Practice) -> None:
    post_id = approved(practice, wall=None)
    assert practice.house.scheduling.book_approved() == 0
    due = practice.clock.now() + timedelta(days=3)
    (row,) = practice.house.scheduling.schedule(practice.approver, post_id, wall(practice, due))
    assert row.due_at == practice.post(post_id).due_at
    assert practice.house.scheduling.book_approved() == 0


@pytest.mark.parametrize(
    ("rule", "late", "state"),
    [
        (LateRule.EXPIRE, timedelta(minutes=90), Delivery.SCHEDULED),
        (LateRule.EXPIRE, timedelta(minutes=121), Delivery.EXPIRED),
        (LateRule.NEXT_SLOT, timedelta(minutes=121), Delivery.EXPIRED),
        (LateRule.PUBLISH_NOW, timedelta(minutes=121), Delivery.SCHEDULED),
    ],
)
def test_a_late_approval_follows_the_practices_rule(
    practice: Practice, network: LivelyNetwork, rule: LateRule, late: timedelta, state: Delivery
) -> None:
    practice.house.describing.set_settings(practice.admin, PracticeSettings(late_rule=rule))
    post_id = practice.draft(WORDS)
    practice.submit(post_id)
    due = practice.post(post_id).due_at
    assert due is not None
    practice.clock.set(due + late)
    practice.decide(practice.approver, post_id)
    practice.house.scheduling.book_approved()
    (row,) = practice.publications(post_id)
    assert row.state is state
    practice.work()
    sent = practice.publication(row.id).state is Delivery.PUBLISHED
    assert sent is (state is Delivery.SCHEDULED)


def test_an_edit_that_comes_first_leaves_nothing_to_book(practice: Practice) -> None:
    post_id = approved(practice)
    practice.edit(post_id, "Other words.")
    assert practice.house.scheduling.book_approved() == 0
    assert practice.publications(post_id) == []


def test_booking_passes_over_a_post_that_somebody_works_on(postgresql_practice: Practice) -> None:
    practice = postgresql_practice
    busy, free = approved(practice), approved(practice)
    with practice.house.database.write() as work:
        work.practice(practice.id).posts.get(busy, lock=True)
        assert practice.house.scheduling.book_approved() == 1
    assert practice.publications(busy) == []
    assert len(practice.publications(free)) == 1
    assert practice.house.scheduling.book_approved() == 1


# ---------------------------------------------------------------- moving


def test_a_post_moves_within_what_was_signed(practice: Practice) -> None:
    publication = practice.scheduled()
    later = publication.due_at + timedelta(minutes=90)
    practice.house.scheduling.schedule(practice.approver, publication.post_id, wall(practice, later))
    moved = practice.publication(publication.id)
    assert (moved.due_at, moved.run_at) == (later, later)
    assert moved.expires_at == publication.due_at + LATENESS  # never past what was signed
    assert practice.post(publication.post_id).due_at == later
    assert practice.audited(f"post:{publication.post_id}")[-1] == "moved"


@pytest.mark.parametrize("by", [timedelta(minutes=-10), LATENESS + timedelta(minutes=1)])
def test_outside_of_what_was_signed_it_needs_another_signature(practice: Practice, by: timedelta) -> None:
    publication = practice.scheduled()
    with pytest.raises(CannotSchedule, match="outside the time that was signed"):
        practice.house.scheduling.schedule(
            practice.approver, publication.post_id, wall(practice, publication.due_at + by)
        )
    with pytest.raises(CannotSchedule, match="outside the time that was signed"):
        practice.house.scheduling.publish_now(practice.approver, publication.post_id)
    assert practice.publication(publication.id).due_at == publication.due_at


def test_a_time_that_has_passed_is_refused(small_practice: Practice) -> None:
    post_id = approved(small_practice, wall=None)
    past = small_practice.wall(timedelta(minutes=-5))
    with pytest.raises(CannotSchedule, match="has passed"):
        small_practice.house.scheduling.schedule(small_practice.approver, post_id, past)


def test_what_is_not_signed_has_no_time_to_go_out(small_practice: Practice) -> None:
    scheduling, who = small_practice.house.scheduling, small_practice.approver
    draft, review = small_practice.draft(WORDS), small_practice.draft(WORDS)
    small_practice.submit(review)
    for post_id in (draft, review):
        with pytest.raises(CannotSchedule, match="not approved"):
            scheduling.publish_now(who, post_id)
        with pytest.raises(CannotSchedule, match="not approved"):
            scheduling.schedule(who, post_id, small_practice.wall())


def test_a_post_without_a_time_can_go_at_once(practice: Practice, network: LivelyNetwork) -> None:
    post_id = approved(practice, wall=None)
    practice.house.scheduling.publish_now(practice.approver, post_id)
    practice.work()
    assert [row.state for row in practice.publications(post_id)] == [Delivery.PUBLISHED]


def test_what_is_out_is_not_sent_again(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.published(WORDS)
    with pytest.raises(CannotSchedule, match="Nothing of this post is waiting"):
        practice.house.scheduling.publish_now(practice.approver, publication.post_id)
    practice.work()
    assert len(network.taken) == 1


def test_a_move_waits_for_a_claim_and_then_comes_too_late(
    postgresql_practice: Practice, network: LivelyNetwork
) -> None:
    """The daemon claims, somebody moves the post, and the call goes out: the move must not be believed."""
    practice = postgresql_practice
    publication = practice.scheduled()
    practice.clock.set(publication.due_at)
    database, refused = practice.house.database, []

    def move() -> None:
        try:
            practice.house.scheduling.publish_now(practice.approver, publication.post_id)
        except CannotSchedule as error:
            refused.append(error)

    moving = threading.Thread(target=move)
    with database.write() as work:
        claims = work.server.queue.claim_due("scripted", 9, "daemon", work.now(), timedelta(minutes=1))
        moving.start()
        wait_until_somebody_waits(database)
        work.commit()
    moving.join()
    assert (len(claims), len(refused)) == (1, 1)
    assert practice.publication(publication.id).state is Delivery.DISPATCHING


def test_what_a_stop_holds_keeps_to_the_stop_when_it_is_moved(practice: Practice) -> None:
    publication = practice.scheduled()
    practice.house.stopping.stop(practice.author, HoldScope.PRACTICE, None, "storm")
    later = publication.due_at + timedelta(minutes=30)
    practice.house.scheduling.schedule(practice.approver, publication.post_id, wall(practice, later))
    moved = practice.publication(publication.id)
    assert (moved.state, moved.due_at) == (Delivery.HELD, later)


def test_what_was_held_for_another_reason_goes_once_the_reason_is_gone(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = practice.scheduled()
    hold_for_a_reason(practice, publication)
    practice.clock.set(publication.due_at)
    practice.house.scheduling.publish_now(practice.approver, publication.post_id)
    practice.work()
    assert practice.publication(publication.id).state is Delivery.PUBLISHED


def hold_for_a_reason(practice: Practice, publication: Publication) -> None:
    with practice.house.database.write() as work:
        row = work.practice(practice.id).publications.get(publication.id)
        row.state, row.reason = Delivery.HELD, "It would bring the channel over its cap."
        work.commit()


# ---------------------------------------------------------------- cancelling and trying again


def test_one_channel_is_cancelled_and_the_other_goes(practice: Practice, network: LivelyNetwork) -> None:
    first = practice.scheduled(channels=tuple(practice.channel_ids))
    practice.house.scheduling.cancel(practice.approver, first.id, "  ")
    practice.clock.set(first.due_at)
    practice.work()
    states = sorted(row.state for row in practice.publications(first.post_id))
    assert states == [Delivery.CANCELLED, Delivery.PUBLISHED]
    assert practice.publication(first.id).reason == "Cancelled by Amara Osei."
    assert practice.audited(f"publication:{first.id}") == ["cancelled"]


def test_what_is_out_or_on_its_way_cannot_be_cancelled(practice: Practice) -> None:
    publication = practice.published(WORDS)
    with pytest.raises(IllegalMove, match="published cannot become cancelled"):
        practice.house.scheduling.cancel(practice.approver, publication.id, "")


def test_cancelling_and_claiming_at_once_never_sends_what_was_cancelled(
    practice: Practice, network: LivelyNetwork
) -> None:
    cancel = practice.house.scheduling.cancel
    for number in range(3):
        publication = practice.scheduled(f"{WORDS} Number {number}.")
        practice.clock.set(publication.due_at)
        before = len(network.taken)
        ends = at_once(practice.work, partial(cancel, practice.approver, publication.id, ""))
        practice.work()
        after = practice.publication(publication.id).state
        sent = len(network.taken) - before
        if isinstance(ends[1], Refusal):
            assert (after, sent) == (Delivery.PUBLISHED, 1)
        else:
            assert (after, sent) == (Delivery.CANCELLED, 0)


def test_what_failed_is_sent_again_while_its_signature_covers_it(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.REFUSE]
    failed = practice.published(WORDS)
    assert failed.state is Delivery.FAILED
    practice.house.scheduling.try_again(practice.approver, failed.id)
    practice.work()
    assert practice.publication(failed.id).state is Delivery.PUBLISHED
    assert practice.audited(f"publication:{failed.id}").count("tried_again") == 1


def test_what_failed_is_not_sent_again_without_a_signature_for_now(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.REFUSE, Plan.REFUSE]
    late, edited = practice.published(WORDS), practice.published("Other words.")
    practice.clock.set(late.due_at + LATENESS + timedelta(minutes=1))
    with pytest.raises(CannotSchedule, match="outside the time"):
        practice.house.scheduling.try_again(practice.approver, late.id)
    practice.edit(edited.post_id, "Better words.")
    with pytest.raises(CannotSchedule, match="taken back"):
        practice.house.scheduling.try_again(practice.approver, edited.id)
    with pytest.raises(CannotSchedule, match="nothing to send again"):
        practice.house.scheduling.try_again(practice.approver, practice.published("Fine words.").id)


def test_a_publication_of_another_practice_is_not_found(small_practice: Practice) -> None:
    publication = small_practice.scheduled()
    stranger = replace(small_practice.approver, practice_id="another")
    scheduling = small_practice.house.scheduling
    with pytest.raises(NotFound):
        scheduling.cancel(stranger, publication.id, "")
    with pytest.raises(NotFound):
        scheduling.try_again(stranger, publication.id)
    with pytest.raises(NotFound):
        scheduling.publish_now(stranger, publication.post_id)
