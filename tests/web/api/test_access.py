"""Who gets in, and for how long."""

from datetime import timedelta

import pytest

from tests.support.clocks import SetClock
from tests.support.practice import PASSWORD
from tests.web.api.world import Caller, World

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)


def test_an_email_and_password_make_a_token_that_acts_as_the_member(api: World, admin: Caller) -> None:
    author = api.practice.author
    admin.put(f"/members/{author.member_id}/password", password=PASSWORD)
    made = api.stranger.post("/tokens", email="maya@harbourlane.example", password=PASSWORD, name="Office")
    me = Caller(api.client, made["token"]).get("/me")
    assert (me["id"], me["roles"], me["practice"]["id"]) == (author.member_id, ["author"], api.practice.id)
    with api.practice.house.database.read() as work:
        assert not work.practice(api.practice.id).people.sessions(author.member_id)


def test_a_wrong_password_is_401_and_guessing_becomes_429(api: World) -> None:
    wrong = {"email": "maya@harbourlane.example", "password": "not the right one", "name": "Office"}
    for _ in range(5):
        assert "do not go together" in api.stranger.refused(401, "POST", "/tokens", json=wrong)["error"]
    answer = api.stranger.call("POST", "/tokens", json=wrong)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert "not the right one" not in answer.text


def test_a_token_ends_by_time_and_by_its_owner(api: World, author: Caller, clock: SetClock) -> None:
    [token] = author.get("/tokens")["items"]
    assert "token_hash" not in token
    assert author.call("DELETE", f"/tokens/{token['id']}").status_code == 204
    assert "not known" in author.refused(401, "GET", "/me")["error"]
    fresh = api.as_(api.practice.author)
    clock.advance(timedelta(days=91))
    assert "ended" in fresh.refused(401, "GET", "/me")["error"]


def test_only_an_admin_revokes_somebody_elses_token(author: Caller, approver: Caller, admin: Caller) -> None:
    [token] = author.get("/tokens")["items"]
    approver.refused(403, "DELETE", f"/tokens/{token['id']}")
    author.get("/me")
    assert admin.call("DELETE", f"/tokens/{token['id']}").status_code == 204
    author.refused(401, "GET", "/me")


def test_a_signed_in_browser_alone_does_not_open_the_api(api: World, admin: Caller) -> None:
    admin.put(f"/members/{api.practice.author.member_id}/password", password=PASSWORD)
    _, session = api.practice.house.access.sign_in("maya@harbourlane.example", PASSWORD)
    answer = api.stranger.call("GET", "/me", headers={"Cookie": f"rounds_session={session}"})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_closed_account_opens_nothing(api: World, author: Caller, admin: Caller) -> None:
    admin.put(f"/members/{api.practice.author.member_id}/active", active=False)
    assert "closed" in author.refused(401, "GET", "/me")["error"]
