"""Stop and go on over the API."""

import pytest

from tests.web.api.world import Caller, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_anybody_stops_everything_and_a_publisher_resumes_after_a_look(
    api: World, author: Caller, approver: Caller
) -> None:
    publication = api.practice.scheduled()
    stopped = author.post("/holds", scope="practice", reason="The storm closed the clinic.")
    assert (stopped["held"], stopped["placed_by"]["name"]) == (1, "Maya Lindqvist")
    assert [hold["id"] for hold in author.get("/holds")["items"]] == [stopped["id"]]
    [held] = approver.get(f"/holds/{stopped['id']}")["holds"]
    assert (held["id"], held["state"]) == (publication.id, "held")
    author.refused(403, "POST", f"/holds/{stopped['id']}/resume", json={})
    assert approver.post(f"/holds/{stopped['id']}/resume") == {"scheduled": 1, "cancelled": 0}
    assert author.get("/holds")["items"] == []


def test_a_stop_names_something_that_is_here(api: World, author: Caller) -> None:
    for scope in ("channel", "campaign", "label"):
        nameless = {"scope": scope, "reason": "A storm."}
        assert f"Name the {scope}" in author.refused(422, "POST", "/holds", json=nameless)["error"]
    for scope in ("channel", "campaign"):
        strange = {"scope": scope, "target": "nowhere", "reason": "A storm."}
        author.refused(404, "POST", "/holds", json=strange)
    silent = {"scope": "practice", "reason": " "}
    assert "why" in author.refused(422, "POST", "/holds", json=silent)["error"]
    assert author.post("/holds", scope="channel", target=api.channel_id, reason="A storm.")["held"] == 0
