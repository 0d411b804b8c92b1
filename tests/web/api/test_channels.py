"""Channels: credentials go in and never come out."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from connectors.base import CredentialField, Spec
from domain.actor import Actor
from domain.words import Role
from tests.support.clocks import SetClock
from tests.support.scripted import ScriptedNetwork
from tests.web.api.world import Caller, World, world

pytestmark = pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
SECRET = "the-secret-token-1234"


class Keyed(ScriptedNetwork):
    """A network that knows a token."""

    @property
    def spec(self) -> Spec:
        return replace(super().spec, credentials=(CredentialField("token", "Token", required=False),))


@pytest.fixture
def api(tmp_path: Path, database_url: str, clock: SetClock) -> Iterator[World]:
    with world(tmp_path, database_url, clock, Keyed(clock)) as made:
        yield made


def test_a_channel_is_connected_checked_renamed_and_disconnected(api: World, admin: Caller) -> None:
    given = {"provider": "scripted", "name": "Our page", "credentials": {"token": SECRET}}
    answers = [admin.call("POST", "/channels", json=given)]
    channel_id = answers[0].json()["channel"]["id"]
    path = f"/channels/{channel_id}"
    answers += [
        admin.call("GET", "/channels"),
        admin.call("GET", path),
        admin.call("POST", f"{path}/verify"),
        admin.call("POST", f"{path}/reconnect", json={"credentials": {"token": SECRET}}),
        admin.call("PATCH", path, json={"name": "Front page"}),
        admin.call("POST", f"{path}/disconnect"),
    ]
    assert [answer.status_code for answer in answers] == [201, 200, 200, 200, 200, 200, 200]
    assert not [answer for answer in answers if SECRET in answer.text or "credentials" in answer.text]
    shown = admin.get(path)
    assert (shown["name"], shown["state"]) == ("Front page", "disconnected")


def test_what_cannot_be_connected_is_refused_without_repeating_the_secret(admin: Caller) -> None:
    for given, words in (
        ({"provider": "nowhere"}, "Known: scripted"),
        ({"provider": "scripted", "credentials": {"pin": SECRET}}, "knows no field"),
        ({"provider": "scripted", "credentials": {"token": 5}}, "not text"),
        ({"provider": "scripted", "credentials": SECRET}, "not an object"),
        ({"provider": "scripted", "base_url": "ftp://x"}, "not an address"),
        ({"provider": "scripted", "options": {"colour": "red"}}, "no option"),
    ):
        error = admin.refused(422, "POST", "/channels", json=given)["error"]
        assert words in error
        assert SECRET not in error


def test_only_admins_connect_and_everybody_sees_the_matrix(api: World, author: Caller) -> None:
    author.refused(403, "POST", "/channels", json={"provider": "scripted"})
    [connector] = author.get("/connectors")["items"]
    assert (connector["key"], connector["text_limit"], connector["lookup"]) == ("scripted", 500, "by_key")
    assert connector["features"]["metrics"] is False
    assert connector["credentials"][0]["name"] == "token"


def test_a_publisher_may_check_a_channel(api: World) -> None:
    publisher = api.practice.approver
    caller = api.as_(Actor(publisher.member_id, publisher.practice_id, "", frozenset({Role.PUBLISHER})))
    assert caller.post(f"/channels/{api.channel_id}/verify")["health"]["detail"] == "It answers."
