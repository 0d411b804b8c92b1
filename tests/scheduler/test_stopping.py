"""Stop: what it covers is held at once and from then on; resuming asks for a fresh look."""

import threading
from datetime import timedelta

import pytest

from domain.states import Delivery
from domain.words import HoldScope
from scheduler.stopping import NeedsReason, NeedsTarget
from store.models import Publication
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork
from tests.support.together import wait_until_somebody_waits


def stop(
    practice: Practice, scope: HoldScope = HoldScope.PRACTICE, target: str | None = None
) -> tuple[str, int]:
    hold, held = practice.house.stopping.stop(practice.author, scope, target, " storm ")
    return hold.id, held


def states(practice: Practice, *publications: Publication) -> list[Delivery]:
    return [practice.publication(row.id).state for row in publications]


def test_stop_holds_everything_that_has_not_left_and_says_why(practice: Practice) -> None:
    out, ahead = practice.published("Out already."), practice.scheduled("Still ahead.")
    hold_id, held = stop(practice)
    assert held == 1
    assert states(practice, out, ahead) == [Delivery.PUBLISHED, Delivery.HELD]
    assert practice.publication(ahead.id).reason == "Stopped: storm"
    assert practice.audited(f"hold:{hold_id}") == ["stopped"]


def test_nothing_leaves_during_a_stop_not_even_what_is_booked_later(
    practice: Practice, network: LivelyNetwork
) -> None:
    stop(practice)
    publication = practice.scheduled()
    assert publication.state is Delivery.SCHEDULED
    practice.clock.set(publication.due_at)
    practice.work()
    assert network.taken == []
    practice.daemon.sweeper.sweep()
    assert states(practice, publication) == [Delivery.HELD]


@pytest.mark.parametrize("scope", [HoldScope.CHANNEL, HoldScope.CAMPAIGN, HoldScope.LABEL])
def test_a_narrower_stop_covers_its_own_and_leaves_the_rest(
    practice: Practice, network: LivelyNetwork, scope: HoldScope
) -> None:
    first, second = practice.channel_ids
    covered = practice.scheduled("Covered.", channels=(first,), campaign="Flu", labels=("shots",))
    free = practice.scheduled("Free.", channels=(second,), campaign="Diet", labels=("food",))
    campaign = practice.post(covered.post_id).campaign_id
    targets = {HoldScope.CHANNEL: first, HoldScope.CAMPAIGN: campaign, HoldScope.LABEL: "shots"}
    assert stop(practice, scope, targets[scope])[1] == 1
    later = practice.scheduled("Covered later.", channels=(first,), campaign="Flu", labels=("shots",))
    practice.clock.set(free.due_at)
    practice.work()
    assert [post.text for post in network.taken] == ["Free."]
    practice.daemon.sweeper.sweep()
    assert states(practice, covered, later) == [Delivery.HELD, Delivery.HELD]


def test_a_stop_needs_a_reason_and_something_that_it_covers(small_practice: Practice) -> None:
    stopping, who = small_practice.house.stopping, small_practice.author
    with pytest.raises(NeedsReason):
        stopping.stop(who, HoldScope.PRACTICE, None, "  ")
    for scope in (HoldScope.CHANNEL, HoldScope.CAMPAIGN):
        with pytest.raises(NotFound):
            stopping.stop(who, scope, "nothing", "storm")
    for target in (None, " ", "x" * 61):
        with pytest.raises(NeedsTarget):
            stopping.stop(who, HoldScope.LABEL, target, "storm")
    assert small_practice.open_holds() == []


def test_what_is_still_ahead_goes_on_by_itself(practice: Practice) -> None:
    publication = practice.scheduled()
    hold_id, _ = stop(practice)
    assert practice.house.stopping.resume(practice.approver, hold_id) == (1, 0)
    after = practice.publication(publication.id)
    assert (after.state, after.reason, after.hold_id) == (Delivery.SCHEDULED, "", None)
    assert (after.due_at, after.expires_at) == (publication.due_at, publication.expires_at)
    assert practice.audited(f"hold:{hold_id}") == ["stopped", "resumed"]


def test_of_what_was_missed_only_what_is_kept_is_sent_late(
    practice: Practice, network: LivelyNetwork
) -> None:
    kept, dropped = practice.scheduled("Kept."), practice.scheduled("Dropped.")
    hold_id, _ = stop(practice)
    practice.clock.set(kept.due_at + timedelta(hours=1))
    missed = practice.house.stopping.missed(practice.approver, hold_id)
    assert {row.id for row in missed} == {kept.id, dropped.id}
    assert practice.house.stopping.resume(practice.approver, hold_id, [kept.id]) == (1, 1)
    practice.work()
    assert states(practice, kept, dropped) == [Delivery.PUBLISHED, Delivery.CANCELLED]
    assert practice.publication(dropped.id).reason == "Missed during a Stop (storm)."


def test_what_is_kept_after_its_last_acceptable_minute_is_held_until_it_is_signed_again(
    practice: Practice, network: LivelyNetwork
) -> None:
    """A person may be patient, but a signature for a time is not one for another day."""
    publication = practice.scheduled()
    hold_id, _ = stop(practice)
    practice.clock.set(publication.expires_at + timedelta(hours=5))
    practice.house.stopping.resume(practice.approver, hold_id, [publication.id])
    practice.daemon.sweeper.sweep()
    practice.work()
    after = practice.publication(publication.id)
    assert network.taken == []
    assert (after.state, "signature has ended" in after.reason) == (Delivery.HELD, True)


def test_a_stop_is_resumed_once(practice: Practice) -> None:
    practice.scheduled()
    hold_id, _ = stop(practice)
    practice.house.stopping.resume(practice.approver, hold_id)
    assert practice.house.stopping.resume(practice.approver, hold_id) == (0, 0)
    assert practice.audited(f"hold:{hold_id}") == ["stopped", "resumed"]


def test_what_another_stop_still_covers_stays_held(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.scheduled()
    everything, _ = stop(practice)
    stop(practice, HoldScope.CHANNEL, practice.channel_ids[0])
    practice.house.stopping.resume(practice.approver, everything)
    practice.clock.set(publication.due_at)
    practice.work()
    practice.daemon.sweeper.sweep()
    assert network.taken == []
    assert states(practice, publication) == [Delivery.HELD]


def test_a_post_that_somebody_cancels_while_a_stop_is_resumed_stays_cancelled(
    postgresql_practice: Practice,
) -> None:
    practice = postgresql_practice
    publication = practice.scheduled()
    hold_id, _ = stop(practice)
    resuming = threading.Thread(target=lambda: practice.house.stopping.resume(practice.approver, hold_id))
    with practice.house.database.write() as work:
        row = work.practice(practice.id).publications.get(publication.id, lock=True)
        row.state = Delivery.CANCELLED
        work.session.flush()
        resuming.start()
        wait_until_somebody_waits(practice.house.database)
        work.commit()
    resuming.join()
    assert states(practice, publication) == [Delivery.CANCELLED]


def test_a_stop_of_another_practice_is_not_found(small_practice: Practice) -> None:
    hold_id, _ = stop(small_practice)
    stranger = type(small_practice.approver)("x", "another", "Nobody", small_practice.approver.roles)
    with pytest.raises(NotFound):
        small_practice.house.stopping.resume(stranger, hold_id)
    with pytest.raises(NotFound):
        small_practice.house.stopping.missed(stranger, hold_id)
