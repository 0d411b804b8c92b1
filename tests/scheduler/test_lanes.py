"""Bounded slots a network: a slow one fills its own lane and nobody else's."""

import threading
from collections.abc import Iterator

import pytest

from scheduler.lanes import MOST_QUEUED, Lane

PATIENCE = 20.0  # seconds until a test gives up


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Work waits here until the test opens it, at the latest when it ends."""
    opened = threading.Event()
    yield opened
    opened.set()


def test_a_fresh_lane_takes_its_slots_and_half_as_many_more() -> None:
    assert Lane("n", 8).room() == 12


def test_work_under_way_takes_room_and_finished_work_gives_it_back(gate: threading.Event) -> None:
    lane = Lane("n", 2)
    free = lane.room()
    for _ in range(free):
        lane.submit(lambda: gate.wait(PATIENCE) and None)
    assert (lane.open, lane.room()) == (free, 0)
    gate.set()
    lane.close()
    assert lane.open == 0
    assert lane.room() >= lane.slots


def test_a_full_lane_leaves_the_others_alone(gate: threading.Event) -> None:
    slow, quick = Lane("slow", 1), Lane("quick", 1)
    done = threading.Event()
    for _ in range(20):
        slow.submit(lambda: gate.wait(PATIENCE) and None)
    quick.submit(done.set)
    assert done.wait(PATIENCE)
    gate.set()
    slow.close()
    quick.close()


def test_no_more_than_the_slots_run_at_once(gate: threading.Event) -> None:
    lane, running, most = Lane("n", 3), threading.Semaphore(0), []
    lock = threading.Lock()
    now = 0

    def work() -> None:
        nonlocal now
        with lock:
            now += 1
            most.append(now)
        running.release()
        gate.wait(PATIENCE)
        with lock:
            now -= 1

    for _ in range(9):
        lane.submit(work)
    for _ in range(3):
        assert running.acquire(timeout=PATIENCE)
    gate.set()
    lane.close()
    assert max(most) == 3


def test_closing_waits_for_what_is_under_way() -> None:
    lane, done = Lane("n", 1), []
    for number in range(5):
        lane.submit(lambda number=number: done.append(number))  # type: ignore[misc]
    lane.close()
    assert done == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("failure", [ZeroDivisionError, SystemExit])
def test_work_that_fails_leaves_no_slot_behind(failure: type[BaseException]) -> None:
    lane, done = Lane("n", 2), threading.Event()

    def fail() -> None:
        raise failure

    for _ in range(5):
        lane.submit(fail)
    lane.submit(done.set)
    assert done.wait(PATIENCE)
    lane.close()
    assert lane.open == 0


def test_a_lane_of_quick_calls_queues_more_but_never_without_end() -> None:
    lane = Lane("n", 8)
    for _ in range(300):
        lane.submit(lambda: None)
    lane.close()
    assert lane.slots < lane.room() <= MOST_QUEUED
