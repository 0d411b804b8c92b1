"""From a draft to its receipt, and everything that a reviewer is shown and refused."""

from datetime import timedelta
from typing import Any

from domain.actor import Actor
from domain.words import Role
from tests.support.clocks import SetClock
from tests.web.api.world import Caller, World

WORDS = "Flu shots are in. Walk in any weekday."


def waiting(api: World, author: Caller, **more: Any) -> dict[str, Any]:
    """A submission of a new post."""
    values = {"text": WORDS, "channels": [api.channel_id], "wall": "2027-03-01T05:00"} | more
    post = author.post("/posts", **values)
    submission: dict[str, Any] = author.post(f"/posts/{post['id']}/submissions")
    return submission


def answer(submission: dict[str, Any], kind: str = "approve", **more: Any) -> dict[str, Any]:
    return {"kind": kind, "fingerprint": submission["fingerprint"], **more}


def test_a_post_goes_from_draft_to_its_receipt(
    api: World, author: Caller, approver: Caller, clock: SetClock
) -> None:
    submission = waiting(api, author)
    [listed] = approver.get("/submissions")["items"]
    assert (listed["id"], listed["title"]) == (submission["id"], WORDS)
    assert [each["id"] for each in approver.get("/submissions", mine=True)["items"]] == [listed["id"]]
    assert author.get("/submissions", mine=True)["items"] == []
    seen = approver.get(f"/submissions/{submission['id']}")
    assert seen["variants"][0]["content"]["text"] == WORDS
    assert seen["compared_with"] is None
    decided = approver.post(f"/submissions/{seen['id']}/decisions", **answer(seen))
    assert decided == {"post_id": seen["post_id"], "state": "approved"}
    [publication] = author.get("/publications", state="scheduled")["items"]
    assert publication["due_at"] == "2027-03-01T10:00:00Z"

    clock.advance(timedelta(hours=2))
    daemon = api.practice.house.daemon()
    daemon.heartbeat.begin()
    api.practice.work(daemon)
    daemon.engine.drain()
    daemon.heartbeat.end()

    shown = author.get(f"/publications/{publication['id']}")
    assert shown["state"] == "published"
    assert [attempt["outcome"] for attempt in shown["attempts"]] == ["published"]
    assert shown["receipt"]["fingerprint"] == seen["variants"][0]["fingerprint"]
    assert [post.text for post in api.network.taken] == [WORDS]
    [measured] = author.get(f"/posts/{seen['post_id']}/metrics")["items"]
    assert measured["publication"]["id"] == publication["id"]


def test_nobody_answers_about_their_own_words(api: World, admin: Caller) -> None:
    author = api.practice.author
    admin.put(f"/members/{author.member_id}/roles", roles=["author", "approver"])
    both = api.as_(Actor(author.member_id, author.practice_id, author.name, frozenset(Role)))
    submission = waiting(api, both)
    path = f"/submissions/{submission['id']}/decisions"
    assert "somebody else" in both.refused(409, "POST", path, json=answer(submission))["error"]


def test_what_changed_since_it_was_read_is_not_approved(api: World, author: Caller, approver: Caller) -> None:
    seen = waiting(api, author)
    author.put(f"/posts/{seen['post_id']}", text="Now with other words.", channels=[api.channel_id])
    fresh = author.post(f"/posts/{seen['post_id']}/submissions")
    old = approver.refused(409, "POST", f"/submissions/{seen['id']}/decisions", json=answer(seen))
    assert "taken back" in old["error"]
    path = f"/submissions/{fresh['id']}/decisions"
    assert "changed since" in approver.refused(409, "POST", path, json=answer(seen))["error"]


def test_a_change_is_shown_against_what_this_person_answered_about(
    api: World, author: Caller, approver: Caller
) -> None:
    first = waiting(api, author)
    path = f"/submissions/{first['id']}/decisions"
    assert (
        "Say what should change" in approver.refused(409, "POST", path, json=answer(first, "reject"))["error"]
    )
    asked = approver.post(path, **answer(first, "request_changes", reason="Name the days."))
    assert asked["state"] == "changes_requested"
    author.put(f"/posts/{first['post_id']}", text=f"{WORDS} Bring your card.", channels=[api.channel_id])
    second = author.post(f"/posts/{first['post_id']}/submissions")
    compared = approver.get(f"/submissions/{second['id']}")["compared_with"]
    assert (compared["revision"], compared["content"]["text"]) == (1, WORDS)
    [given] = approver.get(f"/submissions/{first['id']}")["decisions"]
    assert (given["by"]["name"], given["reason"]) == ("Amara Osei", "Name the days.")


def test_a_blocking_finding_comes_back_with_the_refusal(api: World, author: Caller) -> None:
    post = author.post("/posts", text="Born 04/12/1961, she is well.", channels=[api.channel_id])
    refused = author.refused(422, "POST", f"/posts/{post['id']}/submissions", json={})
    assert "PHI-04" in {finding["rule"] for finding in refused["findings"]}
    assert author.get("/submissions")["items"] == []


def test_a_kept_warning_needs_its_reason_and_shows_it(api: World, author: Caller) -> None:
    api.practice.scheduled(WORDS)
    post = author.post("/posts", text=WORDS, channels=[api.channel_id], wall="2027-03-09T09:30")
    warnings = [
        finding["key"]
        for finding in author.get(f"/posts/{post['id']}/check")["findings"]
        if finding["severity"] == "warn"
    ]
    assert warnings
    author.refused(422, "POST", f"/posts/{post['id']}/submissions", json={})
    kept = dict.fromkeys(warnings, "It reminds people once more.")
    submission = author.post(f"/posts/{post['id']}/submissions", kept=kept)
    reasons = {each["key"]: each["kept_reason"] for each in submission["findings"] if each["kept_by"]}
    assert reasons == kept
