"""Rows that nobody works on get a named state."""

from datetime import timedelta

import pytest

from domain.states import Delivery
from domain.words import AttemptOutcome
from scheduler.sweeping import INTERRUPTED, TOO_LATE
from store.models import Publication
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan

LEASE = timedelta(minutes=1)


def claimed(practice: Practice, owner: str = "dead") -> Publication:
    """A due publication that a daemon has claimed."""
    publication = practice.scheduled()
    practice.clock.set(publication.due_at)
    with practice.house.database.write() as work:
        assert work.server.queue.claim_due("scripted", 9, owner, work.now(), LEASE)
        work.commit()
    return publication


def test_a_claim_within_its_lease_is_left_alone(practice: Practice) -> None:
    publication = claimed(practice)
    practice.clock.advance(LEASE)
    assert practice.daemon.sweeper.sweep() == 0
    assert practice.publication(publication.id).state is Delivery.DISPATCHING


@pytest.mark.parametrize("known_dead", [True, False])
def test_a_claim_of_the_dead_is_a_doubt_that_is_looked_up_at_once(
    practice: Practice, known_dead: bool
) -> None:
    publication = claimed(practice)
    if not known_dead:
        practice.clock.advance(LEASE + timedelta(seconds=1))
    assert practice.daemon.sweeper.sweep(("dead",) if known_dead else ()) == 1
    after = practice.publication(publication.id)
    assert (after.state, after.reason, after.run_at) == (
        Delivery.UNCERTAIN,
        INTERRUPTED,
        practice.clock.now(),
    )
    assert (after.owner, after.lease_until) == (None, None)
    with practice.house.database.read() as work:
        (attempt,) = work.practice(practice.id).publications.attempts(publication.id)
    assert attempt.outcome is AttemptOutcome.ABANDONED
    assert practice.audited(f"publication:{publication.id}") == ["interrupted"]
    practice.work()
    practice.work()
    assert practice.publication(publication.id).state is Delivery.PUBLISHED


def test_a_post_past_its_last_acceptable_minute_expires(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.scheduled()
    practice.clock.set(publication.expires_at - timedelta(seconds=1))
    assert practice.daemon.sweeper.sweep() == 0
    practice.clock.set(publication.expires_at)
    practice.work()
    assert practice.daemon.sweeper.sweep() == 1
    after = practice.publication(publication.id)
    assert (after.state, after.reason) == (Delivery.EXPIRED, TOO_LATE)
    assert network.taken == []
    assert practice.audited(f"publication:{publication.id}") == ["expired"]


def test_a_retry_that_would_come_too_late_expires_instead(practice: Practice, network: LivelyNetwork) -> None:
    network.plans = [Plan.NOT_REACHED]
    publication = practice.published()
    practice.clock.set(publication.expires_at)
    practice.work()
    practice.daemon.sweeper.sweep()
    assert practice.publication(publication.id).state is Delivery.EXPIRED


def test_what_is_finished_or_waits_for_a_person_is_never_swept(
    practice: Practice, network: LivelyNetwork
) -> None:
    out = practice.published("Out.")
    held = practice.scheduled("Held.")
    practice.house.connecting.disconnect(practice.admin, practice.channel_ids[0])
    practice.clock.advance(timedelta(days=30))
    assert practice.daemon.sweeper.sweep(("dead",)) == 0
    states = [practice.publication(row.id).state for row in (out, held)]
    assert states == [Delivery.PUBLISHED, Delivery.HELD]
