"""The daemon: one on a file, many on a server. It drains when told to stop; a failing duty stops nothing."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from domain.clock import SystemClock
from domain.states import Delivery
from domain.words import ChannelState
from rounds.wiring import House
from scheduler.daemon import Daemon, Routine
from scheduler.heartbeat import STALE_AFTER
from scheduler.sweeping import INTERRUPTED
from store.audit import BrokenLink
from store.database import StoreUnavailable
from store.models import Daemon as DaemonRow
from tests.support.clocks import SetClock
from tests.support.practice import Practice
from tests.support.scripted import LivelyNetwork, Plan
from tests.support.tampering import take_guards_down

PATIENCE = 20.0  # seconds until a test gives up


def daemons(house: House) -> list[DaemonRow]:
    with house.database.read() as work:
        return list(work.server.daemons())


@contextmanager
def running(house: House, *routines: Routine) -> Iterator[Daemon]:
    daemon = house.daemon()
    daemon.routines = (*daemon.routines, *routines)
    daemon.start()
    try:
        yield daemon
    finally:
        daemon.stop()


# ---------------------------------------------------------------- heartbeats


def test_a_daemon_says_that_it_lives_and_says_goodbye(practice: Practice, clock: SetClock) -> None:
    heartbeat = practice.house.daemon().heartbeat
    assert heartbeat.begin() == ()
    clock.advance(timedelta(seconds=5))
    heartbeat.beat()
    (row,) = daemons(practice.house)
    assert (row.id, row.beat_at) == (heartbeat.id, clock.now())
    heartbeat.end()
    assert daemons(practice.house) == []


def test_only_one_daemon_works_on_a_file(small_practice: Practice) -> None:
    first = small_practice.house.daemon().heartbeat
    first.begin()
    with pytest.raises(StoreUnavailable, match=r"already runs on .* \(process \d+\)"):
        small_practice.house.daemon().heartbeat.begin()
    first.end()
    second = small_practice.house.daemon().heartbeat
    second.begin()
    second.end()


def test_who_begins_on_a_file_knows_that_the_one_before_is_dead(
    small_practice: Practice, network: LivelyNetwork
) -> None:
    network.plans = [Plan.DIE_AFTER]
    first = small_practice.daemon
    publication = small_practice.published()
    first.heartbeat.release()  # as a process does that dies
    second = small_practice.house.daemon()
    dead = second.heartbeat.begin()
    assert dead == (first.heartbeat.id,)
    second.sweeper.sweep(dead)
    after = small_practice.publication(publication.id)
    assert (after.state, after.reason) == (Delivery.UNCERTAIN, INTERRUPTED)
    second.heartbeat.end()


def test_many_daemons_work_on_a_server_and_only_the_long_silent_count_as_dead(
    postgresql_practice: Practice, clock: SetClock
) -> None:
    first, second = (postgresql_practice.house.daemon().heartbeat for _ in range(2))
    first.begin()
    clock.advance(STALE_AFTER + timedelta(seconds=1))
    assert second.begin() == ()
    assert len(daemons(postgresql_practice.house)) == 2
    clock.advance(timedelta(hours=1))
    second.beat()
    third = postgresql_practice.house.daemon().heartbeat
    assert third.begin() == (first.id,)


# ---------------------------------------------------------------- running


@pytest.fixture
def hurried(practice: Practice, monkeypatch: pytest.MonkeyPatch) -> Practice:
    """A practice whose clock goes, since a running daemon sleeps by it."""
    clock = SystemClock()
    start, base = clock.now(), practice.clock.now()
    monkeypatch.setattr(SetClock, "now", lambda self: base + (clock.now() - start) + self.ahead)
    monkeypatch.setattr(SetClock, "ahead", timedelta(0), raising=False)
    return practice


def test_a_running_daemon_books_publishes_and_follows_up_by_itself(
    hurried: Practice, network: LivelyNetwork, monkeypatch: pytest.MonkeyPatch
) -> None:
    commented = threading.Event()
    comment = network.comment
    network.comment = lambda *args: (comment(*args), commented.set())[0]  # type: ignore[method-assign]
    with running(hurried.house) as daemon:
        post_id = hurried.draft("Flu shots are in.", first_comment="Bring your card.")
        hurried.submit(post_id)
        hurried.decide(hurried.approver, post_id)
        monkeypatch.setattr(SetClock, "ahead", timedelta(hours=1))
        daemon.engine.wake()
        assert commented.wait(PATIENCE)
    (row,) = hurried.publications(post_id)
    assert row.state is Delivery.PUBLISHED
    assert len(network.taken) == 1


def test_stopping_waits_for_the_call_under_way_and_writes_down_what_it_came_to(
    practice: Practice, network: LivelyNetwork
) -> None:
    called, go_on = threading.Event(), threading.Event()

    def wait(*_: object) -> None:
        called.set()
        go_on.wait(PATIENCE)

    network.when_called = wait
    publication = practice.scheduled()
    practice.clock.set(publication.due_at)
    daemon = practice.house.daemon()
    daemon.start()
    assert called.wait(PATIENCE)
    stopping = threading.Thread(target=daemon.stop)
    stopping.start()
    assert daemon.alive
    go_on.set()
    stopping.join(PATIENCE)
    assert not daemon.alive
    assert practice.publication(publication.id).state is Delivery.PUBLISHED
    assert daemons(practice.house) == []
    daemon.stop()  # once more changes nothing


def test_nothing_new_is_begun_once_it_is_told_to_stop(practice: Practice, network: LivelyNetwork) -> None:
    publication = practice.scheduled()
    practice.clock.set(publication.due_at)
    stop = threading.Event()
    stop.set()
    practice.daemon.engine.run(stop)
    assert network.taken == []
    assert practice.publication(publication.id).state is Delivery.SCHEDULED


def test_a_duty_that_fails_is_done_again_and_stops_no_other(practice: Practice) -> None:
    failed, done = threading.Semaphore(0), threading.Event()

    def fail() -> None:
        failed.release()
        raise ZeroDivisionError

    often = timedelta(milliseconds=50)
    with running(practice.house, Routine("fails", often, fail), Routine("works", often, done.set)) as daemon:
        assert failed.acquire(timeout=PATIENCE)
        assert failed.acquire(timeout=PATIENCE)
        assert done.wait(PATIENCE)
        assert daemon.alive


# ---------------------------------------------------------------- small duties


def test_a_channel_whose_wait_is_over_carries_again(practice: Practice, clock: SetClock) -> None:
    with practice.house.database.write() as work:
        row = work.practice(practice.id).channels.get(practice.channel_ids[0])
        row.state, row.resumes_at = ChannelState.WAITING, clock.now() + timedelta(minutes=3)
        work.commit()
    practice.routine("wake channels")
    assert practice.channel().state is ChannelState.WAITING
    clock.advance(timedelta(minutes=3))
    practice.routine("wake channels")
    assert practice.channel().state is ChannelState.CONNECTED


def test_a_broken_record_is_an_alarm(practice: Practice, capsys: pytest.CaptureFixture[str]) -> None:
    practice.routine("verify the audit chain")
    assert "audit chain broken" not in capsys.readouterr().out
    take_guards_down(practice.house.database)
    with practice.house.database.write() as work:
        (entry,) = work.practice(practice.id).audit.latest(1)
        entry.detail = {"name": "Somebody else"}
        work.commit()
    assert isinstance(practice.broken_audit(), BrokenLink)
    practice.routine("verify the audit chain")
    assert "audit chain broken" in capsys.readouterr().out


def test_a_daemon_is_known_by_an_id_of_its_own(small_practice: Practice) -> None:
    one, other = small_practice.house.daemon(), small_practice.house.daemon()
    assert one.heartbeat.id == one.engine.owner == one.sweeper.owner
    assert one.heartbeat.id != other.heartbeat.id
    assert replace(one.sweeper, owner="x") != one.sweeper
