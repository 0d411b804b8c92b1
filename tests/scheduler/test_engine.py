"""The engine: the intent is written before the call leaves, and whatever comes back is written down once."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

import pytest

from channels.refreshing import RENEWAL
from connectors.base import Accepted, Channel, Journal, LookupStrength, Post, Published
from connectors.errors import AuthExpired, Transient
from domain.content import Content
from domain.profile import Profile
from domain.states import Delivery
from domain.words import AttemptKind, AttemptOutcome, ChannelState, Finding, SideWork
from scheduler.lastlook import LOCKED_WAIT, UNCHECKED
from scheduler.retry import FIRST_BACKOFF, MAX_TRIES
from scheduler.work import LeaseClock
from store.models import Attempt, Publication
from tests.support.clocks import SetClock
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan
from tests.support.tampering import change_stored_words

WORDS = "Flu shots are in."


def attempts(practice: Practice, publication: Publication) -> list[Attempt]:
    with practice.house.database.read() as work:
        return list(work.practice(practice.id).publications.attempts(publication.id))


def outcomes(practice: Practice, publication: Publication) -> list[AttemptOutcome | None]:
    return [attempt.outcome for attempt in attempts(practice, publication)]


def come_due(practice: Practice, publication: Publication) -> Publication:
    """Let the engine work at the publication's minute."""
    practice.clock.set(publication.due_at)
    practice.work()
    return practice.publication(publication.id)


def later(practice: Practice, publication: Publication, span: timedelta) -> Publication:
    practice.clock.advance(span)
    practice.work()
    return practice.publication(publication.id)


# ---------------------------------------------------------------- sending


def test_the_intent_is_durable_before_the_call_leaves(practice: Practice, network: LivelyNetwork) -> None:
    publication, seen = practice.scheduled(), []

    def look(_channel: Channel, _post: Post) -> None:
        (attempt,) = attempts(practice, publication)
        seen.append((attempt.kind, attempt.finished_at, practice.publication(publication.id).state))

    network.when_called = look
    come_due(practice, publication)
    assert seen == [(AttemptKind.PUBLISH, None, Delivery.DISPATCHING)]


def test_what_stands_gets_a_receipt_its_side_work_and_an_entry(practice: Practice) -> None:
    publication = practice.published(first_comment="Bring your card.")
    with practice.house.database.read() as work:
        publications = work.practice(practice.id).publications
        receipt, side = publications.receipt(publication.id), publications.side_work(publication.id)
    assert (publication.state, publication.tries, publication.owner) == (Delivery.PUBLISHED, 1, None)
    assert receipt is not None
    assert (receipt.remote_id, receipt.fingerprint, receipt.evidence) == (
        publication.remote_id,
        publication.fingerprint,
        "answer",
    )
    assert {row.kind for row in side} == {SideWork.FIRST_COMMENT, SideWork.MEASURE}
    assert practice.audited(f"publication:{publication.id}") == ["attempted"]
    assert outcomes(practice, publication) == [AttemptOutcome.PUBLISHED]


def test_nothing_leaves_before_its_minute(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.scheduled()
    practice.clock.set(publication.due_at - timedelta(seconds=1))
    practice.work()
    assert network.taken == []
    assert attempts(practice, publication) == []


def test_what_was_not_reached_is_tried_again_until_it_fails(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.NOT_REACHED] * MAX_TRIES
    publication = practice.published()
    assert (publication.state, publication.tries) == (Delivery.SCHEDULED, 1)
    assert FIRST_BACKOFF / 2 <= publication.run_at - practice.clock.now() <= FIRST_BACKOFF
    while publication.state is Delivery.SCHEDULED:
        practice.clock.set(publication.run_at)
        practice.work()
        publication = practice.publication(publication.id)
    assert (publication.state, publication.tries) == (Delivery.FAILED, MAX_TRIES)
    assert network.taken == []


def test_a_refused_post_fails_with_the_networks_sentence(practice: Practice, network: LivelyNetwork) -> None:
    network.plans = [Plan.REFUSE]
    publication = practice.published()
    assert (publication.state, publication.reason) == (Delivery.FAILED, "Scripted refuses this.")
    assert practice.publication(publication.id).published_at is None


@pytest.mark.parametrize(
    ("plan", "sends"), [(Plan.LOST_AFTER, 1), (Plan.LOST_BEFORE, 2), (Plan.SURPRISE, 1), (Plan.DIE_AFTER, 1)]
)
def test_an_unknown_outcome_is_looked_up_and_never_sent_blindly(
    practice: Practice, network: LivelyNetwork, plan: Plan, sends: int
) -> None:
    network.plans = [plan]
    publication = practice.published()
    if plan is Plan.DIE_AFTER:
        assert publication.state is Delivery.DISPATCHING
        practice.clock.advance(timedelta(minutes=5))
        practice.daemon.sweeper.sweep()
    publication = later(practice, publication, timedelta(seconds=2))
    practice.work()
    assert (practice.publication(publication.id).state, len(network.taken)) == (Delivery.PUBLISHED, 1)
    kinds = [attempt.kind for attempt in attempts(practice, publication)]
    assert kinds.count(AttemptKind.PUBLISH) == sends
    assert AttemptKind.LOOKUP in kinds


def test_what_is_found_by_looking_up_is_adopted_with_that_as_its_proof(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.LOST_AFTER]
    publication = practice.published()
    later(practice, publication, timedelta(seconds=2))
    with practice.house.database.read() as work:
        receipt = work.practice(practice.id).publications.receipt(publication.id)
    assert receipt is not None
    assert receipt.evidence == "lookup"


def test_what_a_network_works_on_is_asked_for_until_it_stands(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.working = 2
    publication = practice.published()
    assert (publication.state, publication.handle) == (Delivery.PROCESSING, f"job of {publication.id}")
    for _ in range(4):
        publication = later(practice, publication, timedelta(minutes=1))
    assert publication.state is Delivery.PUBLISHED
    assert len(network.taken) == 1


def test_one_remote_post_never_proves_two_publications(practice: Practice, network: LivelyNetwork) -> None:
    """A network that gives the same id twice, in one batch or later, leaves a doubt for a person."""

    def same(channel: Channel, post: Post, journal: Journal) -> Published:
        journal.intend("post")
        return Published("42")

    network.publish = same  # type: ignore[method-assign]
    network.lookup_strength = LookupStrength.NONE
    rows = [practice.scheduled(f"Words {number}.") for number in range(2)]
    practice.clock.set(rows[0].due_at)
    practice.work()
    third = practice.published("Words 3.")
    states = sorted(practice.publication(row.id).state for row in (*rows, third))
    assert states == [Delivery.PUBLISHED, Delivery.UNCERTAIN, Delivery.UNCERTAIN]


# ---------------------------------------------------------------- channels


def test_a_busy_network_lets_the_channel_wait_and_the_others_go_on(
    practice: Practice, network: LivelyNetwork
) -> None:
    first, second = practice.channel_ids
    busy = practice.scheduled("Busy.", channels=(first,))
    network.plans = [Plan.BUSY]
    busy = come_due(practice, busy)
    until = practice.clock.now() + timedelta(minutes=3)
    assert (busy.state, busy.run_at, busy.tries) == (Delivery.SCHEDULED, until, 0)
    same = practice.scheduled("Same channel.", channels=(first,), wall=practice.wall(timedelta(minutes=1)))
    other = practice.scheduled("Other channel.", channels=(second,), wall=practice.wall(timedelta(minutes=1)))
    other = come_due(practice, other)
    assert other.state is Delivery.PUBLISHED
    assert practice.publication(same.id).state is Delivery.SCHEDULED
    practice.clock.set(until)
    practice.routine("wake channels")
    practice.work()
    assert practice.channel().state is ChannelState.CONNECTED
    assert {practice.publication(row.id).state for row in (busy, same)} == {Delivery.PUBLISHED}


def test_a_channel_signed_out_holds_its_posts_and_reconnecting_resumes_all_of_them(
    practice: Practice, network: LivelyNetwork
) -> None:
    """Two calls are out when the sign-in ends, and the network words its refusal differently each time."""
    together = threading.Barrier(2)

    def refuse(channel: Channel, post: Post, journal: Journal) -> Published:
        journal.intend("post")
        together.wait(20)
        raise AuthExpired(f"Signed out ({post.content.text})")

    out = [practice.scheduled(f"Out {number}.") for number in range(2)]
    ahead = practice.scheduled("Ahead.", wall=practice.wall(timedelta(hours=2)))
    publish, network.publish = network.publish, refuse  # type: ignore[method-assign]
    come_due(practice, out[0])
    rows = [practice.publication(row.id) for row in (*out, ahead)]
    assert {row.state for row in rows} == {Delivery.HELD}
    assert len({row.reason for row in rows}) == 1
    network.publish = publish  # type: ignore[method-assign]
    practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "fresh"})
    practice.work()
    states = [practice.publication(row.id).state for row in (*out, ahead)]
    assert states == [Delivery.PUBLISHED, Delivery.PUBLISHED, Delivery.SCHEDULED]


def test_a_refusal_of_the_former_sign_in_does_not_break_a_channel_that_was_reconnected(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    publication, publish = practice.scheduled(), network.publish

    def reconnected_meanwhile(channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        clock.advance(timedelta(seconds=1))
        practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "fresh"})
        return publish(channel, post, journal)

    network.plans = [Plan.SIGNED_OUT]
    network.publish = reconnected_meanwhile  # type: ignore[method-assign]
    come_due(practice, publication)
    assert practice.channel().state is ChannelState.CONNECTED
    assert practice.publication(publication.id).state is Delivery.PUBLISHED


def test_a_token_is_renewed_once_before_its_channel_counts_as_broken(
    practice: Practice, network: LivelyNetwork, clock: SetClock
) -> None:
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[0])
        row.token_expires_at = clock.now() + timedelta(hours=9)
        work.commit()
    network.plans = [Plan.SIGNED_OUT, Plan.SIGNED_OUT]
    publication = practice.published()
    assert (publication.state, publication.tries) == (Delivery.SCHEDULED, 0)
    assert practice.channel().state is ChannelState.WAITING
    practice.routine("refresh tokens")
    assert network.renewals == 1
    publication = later(practice, publication, RENEWAL)
    assert publication.state is Delivery.HELD
    assert practice.channel().state is ChannelState.NEEDS_RECONNECT


# ---------------------------------------------------------------- the last look


def test_what_was_tampered_with_is_not_sent(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.scheduled()
    change_stored_words(practice.house.database, "Walk in", "Run in")
    publication = come_due(practice, publication)
    assert publication.state is Delivery.FAILED
    assert "not what was signed" in publication.reason
    assert network.taken == []


def test_credentials_sealed_with_another_key_wait_for_the_right_one_and_keep_no_other_back(
    practice: Practice, network: LivelyNetwork
) -> None:
    first, second = practice.channel_ids
    locked = practice.scheduled("Locked.", channels=(first,))
    free = practice.scheduled("Free.", channels=(second,))
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(first)
        sealed, row.credentials = row.credentials, "gAAAA"
        work.commit()
    locked = come_due(practice, locked)
    assert practice.publication(free.id).state is Delivery.PUBLISHED
    assert (locked.state, locked.tries, locked.sent_at) == (Delivery.SCHEDULED, 0, None)
    assert "another key" in locked.reason
    with practice.house.database.write() as work:
        work.practice(practice.id).channels.get(first).credentials = sealed
        work.commit()
    assert later(practice, locked, LOCKED_WAIT).state is Delivery.PUBLISHED


def test_what_cannot_be_checked_is_held_and_keeps_no_other_back(
    practice: Practice, network: LivelyNetwork
) -> None:
    odd, fine = practice.scheduled("Odd."), practice.scheduled("Fine.")
    practice.house.connecting.configure(practice.admin, practice.channel_ids[0], options={"tone": "warm"})

    def remark(content: Content) -> list[Finding]:
        if content.text == "Odd.":
            raise ZeroDivisionError
        return []

    network.remark = remark
    odd = come_due(practice, odd)
    assert (odd.state, odd.reason) == (Delivery.HELD, UNCHECKED)
    assert practice.publication(fine.id).state is Delivery.PUBLISHED
    assert practice.audited(f"publication:{odd.id}") == ["not_sent"]


def test_a_profile_that_changed_since_is_looked_at_again(practice: Practice, network: LivelyNetwork) -> None:
    own = Profile(name="Harbour Lane Family Practice", phones=("917-555-0123",))
    practice.house.describing.set_profile(practice.admin, own)
    publication = practice.scheduled("Call us at 917-555-0123.")
    practice.house.describing.set_profile(practice.admin, own.model_copy(update={"phones": ()}))
    publication = come_due(practice, publication)
    assert publication.state is Delivery.HELD
    assert publication.reason.startswith("A check found something:")
    assert network.taken == []


# ---------------------------------------------------------------- what cannot be kept


@pytest.mark.parametrize(
    "answer",
    [
        Published("x" * 301),
        Published("4\x002"),
        Published("42", published_at=datetime(2027, 3, 1)),  # noqa: DTZ001 - that is the fault
        Accepted("x" * 301),
        Transient("It said \x00."),
    ],
    ids=["too long", "with a NUL", "a time without a zone", "a handle too long", "a sentence with a NUL"],
)
def test_an_answer_that_no_column_holds_is_a_doubt_and_blocks_nobody(
    postgresql_practice: Practice, network: LivelyNetwork, answer: Any
) -> None:
    practice = postgresql_practice
    odd, fine = practice.scheduled("Odd."), practice.scheduled("Fine.")
    publish = network.publish

    def answering(channel: Channel, post: Post, journal: Journal) -> Published | Accepted:
        found = publish(channel, post, journal)
        if post.content.text != "Odd.":
            return found
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    network.publish = answering  # type: ignore[method-assign]
    odd = come_due(practice, odd)
    assert practice.publication(fine.id).state is Delivery.PUBLISHED
    assert odd.state is Delivery.UNCERTAIN
    assert "cannot be kept" in odd.reason
    assert later(practice, odd, timedelta(seconds=2)).state is Delivery.PUBLISHED


def test_what_a_connector_that_is_gone_left_in_doubt_waits_for_its_return(
    practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.LOST_AFTER, Plan.LOST_AFTER]
    gone, here = practice.scheduled("Gone."), practice.scheduled("Here.")
    come_due(practice, here)
    with practice.house.database.write() as work:
        work.practice(practice.id).publications.get(gone.id).provider = "removed"
        work.commit()
    here = later(practice, here, timedelta(minutes=1))
    assert here.state is Delivery.PUBLISHED
    assert practice.publication(gone.id).state is Delivery.UNCERTAIN


# ---------------------------------------------------------------- fences and leases


def test_an_attempt_that_was_overtaken_writes_its_end_and_nothing_else(
    practice: Practice, network: LivelyNetwork
) -> None:
    publication = practice.scheduled()

    def overtake(_channel: Channel, _post: Post) -> None:
        with practice.house.database.write() as work:
            row = work.practice(practice.id).publications.get(publication.id, lock=True)
            row.state, row.fence = Delivery.UNCERTAIN, row.fence + 1
            row.run_at = practice.clock.now() + timedelta(days=1)
            work.commit()

    network.when_called = overtake
    after = come_due(practice, publication)
    assert after.state is Delivery.UNCERTAIN
    assert outcomes(practice, publication) == [AttemptOutcome.PUBLISHED]
    with practice.house.database.read() as work:
        assert work.practice(practice.id).publications.receipt(publication.id) is None


def test_a_claim_whose_turn_comes_too_late_goes_back_unsent(
    practice: Practice, network: LivelyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    publication, start = practice.scheduled(), LeaseClock.now()
    seconds = iter([start])
    monkeypatch.setattr(LeaseClock, "now", staticmethod(lambda: next(seconds, start + 9999)))
    practice.clock.set(publication.due_at)
    engine = practice.daemon.engine
    engine.round()
    while any(engine.under_way.values()):
        time.sleep(0.001)
    monkeypatch.undo()
    practice.work()
    assert outcomes(practice, publication) == [AttemptOutcome.ABANDONED, AttemptOutcome.PUBLISHED]
    after = practice.publication(publication.id)
    assert (after.state, after.tries, len(network.taken)) == (Delivery.PUBLISHED, 1, 1)


def test_two_daemons_share_the_work_and_send_each_post_once(
    postgresql_practice: Practice, network: LivelyNetwork
) -> None:
    practice = postgresql_practice
    rows = [practice.scheduled(f"Words {number}.") for number in range(12)]
    one, other = practice.daemon, practice.new_daemon()
    practice.clock.set(rows[0].due_at)
    workers = [threading.Thread(target=practice.work, args=(daemon,)) for daemon in (one, other)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(network.taken) == len({post.key for post in network.taken}) == len(rows)
    assert {practice.publication(row.id).state for row in rows} == {Delivery.PUBLISHED}


# ---------------------------------------------------------------- money


def priced(practice: Practice, cap: str, posts: int) -> list[Publication]:
    """Posts of ten cents each on a channel with that cap."""
    channel = practice.connect("priced", {"monthly_cap_usd": cap})
    return [practice.scheduled(f"Priced {number}.", channels=(channel,)) for number in range(posts)]


def spent(practice: Practice) -> int:
    """Millionths booked on the priced channel since ever."""
    with practice.house.database.read() as work:
        scope = work.practice(practice.id)
        channel = next(row for row in scope.channels.all() if row.provider == "priced")
        return scope.channels.spent(channel.id, practice.clock.now() - timedelta(days=400)).get("USD", 0)


def test_a_monthly_cap_is_never_exceeded_and_a_new_month_begins_afresh(practice: Practice) -> None:
    rows = priced(practice, "0.25", 4)
    practice.clock.set(rows[0].due_at)
    practice.work()
    states = sorted(practice.publication(row.id).state for row in rows)
    assert states == [Delivery.HELD, Delivery.HELD, Delivery.PUBLISHED, Delivery.PUBLISHED]
    assert spent(practice) == 200_000
    held = next(row for row in rows if practice.publication(row.id).state is Delivery.HELD)
    assert "over its cap of 0.25" in practice.publication(held.id).reason
    practice.clock.advance(timedelta(days=31))
    next_month = practice.published("Next month.", channels=(held.channel_id,))
    assert next_month.state is Delivery.PUBLISHED


def test_several_daemons_together_stay_below_a_cap(postgresql_practice: Practice) -> None:
    practice = postgresql_practice
    rows = priced(practice, "0.35", 12)
    daemons = [practice.daemon, practice.new_daemon(), practice.new_daemon()]
    practice.clock.set(rows[0].due_at)
    workers = [threading.Thread(target=practice.work, args=(daemon,)) for daemon in daemons]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    states = [practice.publication(row.id).state for row in rows]
    assert states.count(Delivery.PUBLISHED) == 3
    assert spent(practice) == 300_000


@pytest.mark.parametrize(
    ("plan", "kept"),
    [(Plan.TAKE, 100_000), (Plan.REFUSE, 0), (Plan.NOT_REACHED, 0), (Plan.LOST_AFTER, 100_000)],
)
def test_what_certainly_did_not_leave_costs_nothing_and_a_doubt_keeps_its_price(
    practice: Practice, plan: Plan, kept: int
) -> None:
    (row,) = priced(practice, "5", 1)
    practice.house.registry["priced"].plans = [plan]  # type: ignore[attr-defined]
    come_due(practice, row)
    assert spent(practice) == kept


def test_raising_the_cap_lets_what_was_held_go(practice: Practice) -> None:
    (row,) = priced(practice, "0.05", 1)
    assert come_due(practice, row).state is Delivery.HELD
    practice.house.connecting.configure(practice.admin, row.channel_id, options={"monthly_cap_usd": "1"})
    practice.house.scheduling.publish_now(practice.approver, row.post_id)
    practice.work()
    assert practice.publication(row.id).state is Delivery.PUBLISHED
