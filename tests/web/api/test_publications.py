"""What a person does about publications: move, send now, cancel, resolve, take down."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from scheduler.daemon import Daemon
from tests.support.clocks import SetClock
from tests.support.scripted import Plan
from tests.web.api.world import Caller, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


@pytest.fixture
def daemon(api: World) -> Iterator[Daemon]:
    running = api.practice.house.daemon()
    running.heartbeat.begin()
    yield running
    running.engine.drain()
    running.heartbeat.end()


def test_an_approved_post_moves_within_what_was_signed_and_no_further(api: World, approver: Caller) -> None:
    publication = api.practice.scheduled()
    path = f"/posts/{publication.post_id}/schedule"
    [moved] = approver.post(path, wall="2027-03-01T05:30")["items"]
    assert (moved["id"], moved["due_at"]) == (publication.id, "2027-03-01T10:30:00Z")
    late = approver.refused(409, "POST", path, json={"wall": "2027-03-05T09:00"})
    assert "signed" in late["error"]
    early = approver.refused(409, "POST", f"/posts/{publication.post_id}/publish-now")
    assert "signed" in early["error"]


def test_a_post_that_is_not_approved_is_not_published_now(
    api: World, author: Caller, approver: Caller
) -> None:
    post_id = api.practice.draft()
    assert "not approved" in approver.refused(409, "POST", f"/posts/{post_id}/publish-now")["error"]
    author.refused(403, "POST", f"/posts/{post_id}/publish-now")


def test_a_cancelled_publication_says_why(api: World, approver: Caller) -> None:
    publication = api.practice.scheduled()
    path = f"/publications/{publication.id}/cancel"
    cancelled = approver.post(path, reason="The clinic day was moved.")
    assert (cancelled["state"], cancelled["reason"]) == ("cancelled", "The clinic day was moved.")
    approver.refused(409, "POST", path, json={})


def test_a_person_resolves_what_nobody_knows(
    api: World, approver: Caller, daemon: Daemon, clock: SetClock
) -> None:
    api.network.plans[:] = [Plan.LOST_AFTER]
    publication = api.practice.scheduled()
    approver.refused(409, "POST", f"/publications/{publication.id}/resolve", json={"there": True})
    clock.advance(timedelta(hours=1))
    assert daemon.engine.round() >= 0
    daemon.engine.drain()
    [uncertain] = approver.get("/publications", state="uncertain")["items"]
    there = {"there": True, "remote_id": "on-the-page", "url": "https://scripted.example/x"}
    resolved = approver.post(f"/publications/{uncertain['id']}/resolve", **there)
    assert (resolved["state"], resolved["receipt"]["evidence"]) == ("published", "person")
    assert resolved["url"] == "https://scripted.example/x"


def test_a_network_that_takes_nothing_down_says_so(
    api: World, approver: Caller, daemon: Daemon, clock: SetClock
) -> None:
    publication = api.practice.scheduled()
    path = f"/publications/{publication.id}/retract"
    approver.refused(409, "POST", path, json={})
    clock.advance(timedelta(hours=1))
    api.practice.work(daemon)
    assert "by hand" in approver.refused(409, "POST", path, json={"reason": "A wrong price."})["error"]


def test_publications_are_found_by_time_and_channel(api: World, author: Caller) -> None:
    publication = api.practice.scheduled()
    due = author.get(f"/publications/{publication.id}")["due_at"]
    assert (
        author.get("/publications", since=due, channel_id=api.channel_id)["items"][0]["id"] == publication.id
    )
    assert author.get("/publications", until=due)["items"] == []
