"""One claimed publication: its journal on the row, and calls that begin in time or not at all."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from connectors.base import LeaseLost, Published
from domain.content import AssetRef, Content
from scheduler.work import Job, LeaseClock, StoreJournal, ask, media_file, send
from store.models import Publication
from store.repository import NotFound
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork

LEASE = timedelta(minutes=1)


@pytest.fixture
def job(practice: Practice) -> Job:
    """A claim on a thread of three, ready to go."""
    publication = practice.scheduled("One.", thread=("Two.", "Three."))
    practice.clock.set(publication.due_at)
    database, look = practice.house.database, practice.daemon.engine._last_look
    begun = LeaseClock.now()
    with database.write() as work:
        claims = work.server.queue.claim_due("scripted", 1, "d", work.now(), LEASE)
        work.commit()
    (made,) = look.prepare(claims, begun, LEASE)
    return made


def row(practice: Practice, job: Job) -> Publication:
    return practice.publication(job.publication.id)


def test_steps_are_durable_before_the_next_one_begins(practice: Practice, job: Job) -> None:
    journal = StoreJournal(practice.house.database, job)
    journal.intend("part.0")
    journal.done("part.0", "11")
    assert row(practice, job).steps == {}  # a crash here reads as: part.0 in doubt
    practice.clock.advance(timedelta(seconds=30))
    journal.intend("part.1")
    written = row(practice, job)
    assert (written.steps, written.in_doubt) == ({"part.0": "11"}, "part.1")
    assert written.lease_until == practice.clock.now() + LEASE
    assert journal.finished == {"part.0": "11"}


def test_a_publication_that_was_taken_over_takes_no_further_step(practice: Practice, job: Job) -> None:
    journal = StoreJournal(practice.house.database, job)
    journal.intend("part.0")
    journal.done("part.0", "11")
    with practice.house.database.write() as work:
        work.practice(practice.id).publications.get(job.publication.id).fence += 1
        work.commit()
    with pytest.raises(LeaseLost):
        journal.intend("part.1")
    assert row(practice, job).steps == {}


def test_no_step_begins_after_the_deadline(
    practice: Practice, job: Job, later: Callable[[float], None]
) -> None:
    journal = StoreJournal(practice.house.database, job)
    later(LEASE.total_seconds())
    with pytest.raises(LeaseLost):
        journal.intend("part.0")


def test_a_call_whose_turn_comes_too_late_does_not_begin(
    practice: Practice, job: Job, network: LivelyNetwork, later: Callable[[float], None]
) -> None:
    later(LEASE.total_seconds())
    assert send(job, practice.house.database, practice.house.blobs).answer is None
    assert ask(job).answer is None
    assert network.taken == []


def test_what_was_sent_comes_back_with_its_steps(practice: Practice, job: Job) -> None:
    done = send(job, practice.house.database, practice.house.blobs)
    assert isinstance(done.answer, Published)
    assert set(done.steps) == {"post", "part.1", "part.2"}
    assert done.in_doubt == ""


def test_a_step_that_fails_is_the_one_in_doubt(practice: Practice, job: Job, network: LivelyNetwork) -> None:
    network.when_called = lambda channel, post: 1 / 0  # type: ignore[arg-type,return-value]
    done = send(job, practice.house.database, practice.house.blobs)
    assert isinstance(done.answer, ZeroDivisionError)
    assert (done.steps, done.in_doubt) == ({}, "post")


def test_a_picture_is_read_when_it_is_needed_and_checked_for_damage(practice: Practice) -> None:
    blobs = practice.house.blobs
    digest = blobs.put(practice.id, b"pixels")
    file = media_file(blobs, practice.id, AssetRef(digest=digest, media_type="image/jpeg", alt_text="A ward"))
    assert (file.filename, file.alt_text, file.read()) == (f"{digest[:16]}.jpg", "A ward", b"pixels")
    blobs.path(practice.id, digest).write_bytes(b"other pixels")
    with pytest.raises(NotFound, match="undamaged picture"):
        file.read()


def test_a_jobs_repr_shows_no_secret(practice: Practice) -> None:
    practice.house.connecting.reconnect(practice.admin, practice.channel_ids[0], {"token": "s3cret"})
    publication = practice.scheduled()
    practice.clock.set(publication.due_at)
    with practice.house.database.write() as work:
        claims = work.server.queue.claim_due("scripted", 1, "d", work.now(), LEASE)
        work.commit()
    (made,) = practice.daemon.engine._last_look.prepare(claims, LeaseClock.now(), LEASE)
    assert made.channel.credentials == {"token": "s3cret"}
    assert isinstance(made.content, Content)
    assert "s3cret" not in repr(made)


@pytest.fixture
def later(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Lets seconds pass on the clock that leases go by."""

    def pass_by(seconds: float) -> None:
        now = LeaseClock.now() + seconds
        monkeypatch.setattr(LeaseClock, "now", staticmethod(lambda: now))

    return pass_by
