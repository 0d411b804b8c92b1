"""Promotions: the proposal with its verdict, and a person's answer."""

import pytest

from tests.web.api.test_every_route import propose
from tests.web.api.world import Caller, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_a_proposal_shows_its_verdict_and_takes_one_answer(
    api: World, author: Caller, approver: Caller
) -> None:
    promotion_id = propose(api, api.practice.scheduled())
    [listed] = author.get("/promotions", state="proposed")["items"]
    assert (listed["id"], listed["channel"]["id"]) == (promotion_id, api.channel_id)
    verdict = author.get(f"/promotions/{promotion_id}")["verdict"]
    assert verdict["ruling"]["verdict"] == "no" or verdict["ruling"]["verdict"] == "wait"
    assert verdict["evidence"]["rule"]["mode"] == "normal"
    author.refused(403, "POST", f"/promotions/{promotion_id}/decline", json={})
    unpublished = approver.refused(409, "POST", f"/promotions/{promotion_id}/approve")
    assert "nothing to lift" in unpublished["error"]
    declined = approver.post(f"/promotions/{promotion_id}/decline", reason="The offer has ended.")
    assert (declined["state"], declined["decided_by"]["name"]) == ("declined", "Amara Osei")
    approver.refused(409, "POST", f"/promotions/{promotion_id}/decline", json={})
