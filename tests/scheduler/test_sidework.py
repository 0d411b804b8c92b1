"""What follows a receipt: once each, safe to repeat, written under its claim, never a way back to send."""

from datetime import timedelta

import pytest

from channels.refreshing import RENEWAL
from connectors.base import Channel
from connectors.errors import Ambiguous, AuthExpired, OutOfCredit, RateLimited, Rejected, Transient
from domain.states import Delivery
from domain.words import ChannelState, HoldScope, SideWork, SideWorkState
from engagement.readings import AGES
from scheduler.sidework import LEASE, MAX_TRIES, PATIENCE, SideWorker
from scheduler.work import LeaseClock
from store.models import MetricSnapshot, Publication, SideWorkRow
from tests.support.clocks import SetClock
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork

COMMENT = "Bring your card."
LOST = Ambiguous("It did not answer in time.")


def published(practice: Practice, text: str = "Flu shots are in.") -> Publication:
    return practice.published(text, first_comment=COMMENT)


def work_of(practice: Practice, publication: Publication, kind: SideWork) -> SideWorkRow:
    with practice.house.database.read() as work:
        rows = work.practice(practice.id).publications.side_work(publication.id)
    return next(row for row in rows if row.kind is kind)


def comment_of(practice: Practice, publication: Publication) -> SideWorkRow:
    return work_of(practice, publication, SideWork.FIRST_COMMENT)


def snapshots(practice: Practice, publication: Publication) -> list[MetricSnapshot]:
    with practice.house.database.read() as work:
        return list(work.practice(practice.id).metrics.of_publication(publication.id))


def run(practice: Practice) -> None:
    practice.routine("side work")


def another(practice: Practice, owner: str = "another") -> SideWorker:
    house = practice.house
    return SideWorker(house.database, house.clock, house.registry, house.seal, owner)


# ---------------------------------------------------------------- the first comment


def test_the_first_comment_is_made_once_under_the_post(practice: Practice, network: LivelyNetwork) -> None:
    publication = published(practice)
    run(practice)
    run(practice)
    row = comment_of(practice, publication)
    assert network.comments == [(publication.remote_id, COMMENT)]
    assert (row.state, row.detail) == (SideWorkState.DONE, {"comment_id": "comment 1"})
    assert practice.audited(f"publication:{publication.id}")[-1] == "first_comment_done"


def test_a_post_without_a_first_comment_gets_none(practice: Practice, network: LivelyNetwork) -> None:
    practice.published()
    run(practice)
    assert network.comments == []


@pytest.mark.parametrize("made", [True, False])
def test_a_comment_of_unknown_outcome_is_looked_for_before_it_is_made_again(
    practice: Practice, network: LivelyNetwork, clock: SetClock, made: bool
) -> None:
    publication = published(practice)
    network.troubles = [LOST]
    if made:
        network.meanwhile = [lambda: network.comments.append((publication.remote_id, COMMENT))]
    run(practice)
    assert comment_of(practice, publication).state is SideWorkState.DUE
    clock.advance(timedelta(minutes=5))
    run(practice)
    assert network.comments == [(publication.remote_id, COMMENT)]
    assert comment_of(practice, publication).state is SideWorkState.DONE


def test_a_refused_comment_fails_with_the_networks_sentence_and_leaves_the_post_alone(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = published(practice)
    network.troubles = [Rejected("Comments are switched off.")]
    run(practice)
    row = comment_of(practice, publication)
    assert (row.state, row.message) == (SideWorkState.FAILED, "Comments are switched off.")
    assert practice.publication(publication.id).state is Delivery.PUBLISHED


def test_work_that_never_gets_through_fails_after_its_last_try(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = published(practice)
    for number in range(MAX_TRIES):
        assert comment_of(practice, publication).tries == number
        network.troubles = [Transient("It could not be reached.")] * 2
        run(practice)
        clock.advance(timedelta(minutes=31))
    row = comment_of(practice, publication)
    assert (row.state, row.tries) == (SideWorkState.FAILED, MAX_TRIES)


@pytest.mark.parametrize("trouble", ["busy", "credit", "not connected"])
def test_waiting_for_a_channel_burns_no_try_however_long(
    practice: Practice, network: LivelyNetwork, clock: SetClock, trouble: str
) -> None:
    publication = published(practice)
    if trouble == "not connected":
        practice.house.connecting.disconnect(practice.admin, practice.channel_ids[0])
    for _ in range(MAX_TRIES + 2):
        if trouble == "busy":
            network.troubles = [RateLimited("It is busy.", until=clock.now() + PATIENCE)] * 2
        elif trouble == "credit":
            network.troubles = [OutOfCredit("It wants to be paid.")] * 2
        run(practice)
        assert comment_of(practice, publication).run_at == clock.now() + PATIENCE
        clock.advance(PATIENCE)
    network.troubles = []
    if trouble == "not connected":
        practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {})
    run(practice)
    assert comment_of(practice, publication).state is SideWorkState.DONE


# ---------------------------------------------------------------- sign-ins


def test_a_sign_in_that_ended_breaks_the_channel_and_the_work_waits(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication, ahead = published(practice), practice.scheduled("Ahead.")
    network.troubles = [AuthExpired("Sign in again.")]
    run(practice)
    assert practice.channel().state is ChannelState.NEEDS_RECONNECT
    assert practice.publication(ahead.id).state is Delivery.HELD
    practice.house.connecting.verify(practice.admin, practice.channel_ids[0])
    assert practice.publication(ahead.id).state is Delivery.SCHEDULED
    clock.advance(PATIENCE)
    run(practice)
    assert comment_of(practice, publication).state is SideWorkState.DONE


def test_a_token_that_can_be_renewed_is_renewed_before_the_channel_breaks(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = published(practice)
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[0])
        row.token_expires_at = clock.now() + timedelta(hours=1)
        work.commit()
    network.troubles = [AuthExpired("The token is stale.")]
    run(practice)
    assert practice.channel().state is ChannelState.CONNECTED
    practice.routine("refresh tokens")
    assert network.renewals == 1
    clock.advance(RENEWAL)
    run(practice)
    assert comment_of(practice, publication).state is SideWorkState.DONE


# ---------------------------------------------------------------- claims


def test_a_worker_that_was_overtaken_writes_nothing(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = published(practice)

    def overtake() -> None:
        clock.advance(LEASE + timedelta(seconds=1))
        assert another(practice).run_due() >= 1

    network.meanwhile = [overtake]
    run(practice)
    row = comment_of(practice, publication)
    assert (row.state, row.owner) == (SideWorkState.DONE, "another")
    assert practice.audited(f"publication:{publication.id}").count("first_comment_done") == 1


def test_no_call_begins_when_its_lease_would_end_before_it(
    practice: Practice, network: LivelyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = (practice.scheduled(words, first_comment=COMMENT) for words in ("One.", "Two."))
    practice.clock.set(first.due_at)
    practice.work()  # both at once, so that no reading is due yet
    start = LeaseClock.now()
    seconds = iter([start, start, start + LEASE.total_seconds()])
    monkeypatch.setattr(LeaseClock, "now", staticmethod(lambda: next(seconds, start + 9999)))
    run(practice)
    assert len(network.comments) == 1
    states = sorted(comment_of(practice, row).state for row in (first, second))
    assert states == [SideWorkState.DONE, SideWorkState.RUNNING]


def test_what_a_dead_daemon_left_is_taken_up_when_its_lease_ends(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = published(practice)
    with practice.house.database.write() as work:
        assert work.server.queue.claim_side_work(9, "dead", work.now(), LEASE)
        work.commit()
    run(practice)
    assert network.comments == []
    clock.advance(LEASE)
    run(practice)
    assert comment_of(practice, publication).state is SideWorkState.DONE


@pytest.mark.parametrize("trouble", ["surprise", "sealed with another key", "an answer no column holds"])
def test_what_goes_wrong_on_one_channel_keeps_no_other_waiting(
    postgresql_practice: Practice, network: LivelyNetwork, clock: SetClock, trouble: str
) -> None:
    practice = postgresql_practice
    bad = practice.scheduled("Bad.", first_comment=COMMENT, channels=(practice.channel_ids[0],))
    good = practice.scheduled("Good.", first_comment=COMMENT, channels=(practice.channel_ids[1],))
    clock.set(bad.due_at)
    practice.work()
    if trouble == "sealed with another key":
        with practice.house.database.write() as work:
            work.practice(practice.id).channels.get(practice.channel_ids[0]).credentials = "gAAAA"
            work.commit()
    comment = network.comment

    def odd(channel: Channel, remote_id: str, text: str) -> str:
        if channel.id == practice.channel_ids[0]:
            if trouble == "surprise":
                raise ZeroDivisionError
            return "a\x00b"
        return comment(channel, remote_id, text)

    network.comment = odd  # type: ignore[method-assign]
    run(practice)
    assert comment_of(practice, good).state is SideWorkState.DONE
    assert comment_of(practice, bad).state is SideWorkState.DUE


# ---------------------------------------------------------------- stops


def test_a_stop_keeps_comments_back_but_neither_readings_nor_taking_down(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = published(practice)
    hold, _ = practice.house.stopping.stop(
        practice.author, HoldScope.CHANNEL, practice.channel_ids[0], "storm"
    )
    clock.advance(timedelta(hours=1))
    run(practice)
    assert network.comments == []
    assert len(snapshots(practice, publication)) == 1
    practice.house.stopping.resume(practice.approver, hold.id)
    run(practice)
    assert len(network.comments) == 1
    practice.house.stopping.stop(practice.author, HoldScope.PRACTICE, None, "storm")
    practice.house.deciding.retract(practice.approver, publication.id, "")
    run(practice)
    assert practice.publication(publication.id).state is Delivery.RETRACTED


# ---------------------------------------------------------------- readings


def test_a_post_is_read_at_its_planned_ages_for_a_week_and_never_again(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = practice.published()
    begun = clock.now()
    for hours in range(1, 200):
        clock.set(begun + timedelta(hours=hours))
        run(practice)
    read = snapshots(practice, publication)
    assert [row.age_hours for row in read] == list(AGES)
    assert len(network.measured) == len(AGES)
    assert {row.simulated for row in read} == {False}
    assert work_of(practice, publication, SideWork.MEASURE).state is SideWorkState.DONE


def test_posts_of_one_channel_are_read_together_in_the_networks_own_batches(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    both = tuple(practice.channel_ids)
    rows = [practice.scheduled(f"Words {number}.", channels=both) for number in range(3)]
    clock.set(rows[0].due_at)
    practice.work()
    clock.advance(timedelta(hours=1))
    run(practice)
    assert sorted(len(ids) for ids in network.measured) == [1, 1, 2, 2]


def test_a_reading_that_cannot_be_had_is_left_out_and_the_next_one_taken(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = practice.published()
    clock.advance(timedelta(hours=1))
    for _ in range(MAX_TRIES):
        network.troubles = [Transient("It could not be reached.")]
        run(practice)
        clock.advance(timedelta(minutes=31))
    assert work_of(practice, publication, SideWork.MEASURE).state is SideWorkState.DUE
    clock.advance(timedelta(hours=3))
    run(practice)
    assert len(snapshots(practice, publication)) == 1


def test_a_post_that_the_network_leaves_out_is_not_given_zeros(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication = practice.published()
    network.measure = lambda channel, remote_ids: {}  # type: ignore[method-assign]
    clock.advance(timedelta(hours=1))
    run(practice)
    assert snapshots(practice, publication) == []
    assert work_of(practice, publication, SideWork.MEASURE).state is SideWorkState.DUE
