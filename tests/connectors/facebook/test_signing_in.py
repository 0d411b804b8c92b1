"""Facebook Login, pasted tokens, and what Facebook says of them."""

import json
import traceback
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from connectors.base import Account, Channel
from connectors.errors import Rejected, Transient
from connectors.providers.facebook.connector import SCOPES, Facebook
from tests.connectors.facebook.fake_graph import (
    APP_ID,
    APP_SECRET,
    LONG_TOKEN,
    PAGE_TOKEN,
    SECRETS,
    FakeGraph,
    at,
    refusing,
)
from tests.support.proxy import FaultProxy, answer_before, drop_after

APP = {"client_id": APP_ID, "client_secret": APP_SECRET}
EXPIRES = 1_900_000_000  # seconds since 1970


def sign_in(facebook: Facebook, graph: FakeGraph, base_url: str, **changed: str) -> list[Account]:
    """From the consent page to the Pages; *changed* parameters come back instead of the right ones."""
    request = facebook.begin(APP, graph.redirect_uri, base_url)
    back = requests.get(request.url, allow_redirects=False, timeout=10).headers["Location"]
    answer = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
    return list(facebook.complete(APP, graph.redirect_uri, request.keep, {**answer, **changed}, base_url))


def query_of(url: str) -> Mapping[str, list[str]]:
    return parse_qs(urlsplit(url).query)


# Facebook Login


def test_the_consent_page_is_facebooks_own_and_asks_for_all_that_is_used(facebook: Facebook) -> None:
    request = facebook.begin(APP, "https://practice.example/connect")
    assert request.url.startswith("https://www.facebook.com/v26.0/dialog/oauth?")
    asked = query_of(request.url)
    assert asked["response_type"] == ["code"]
    assert asked["redirect_uri"] == ["https://practice.example/connect"]
    assert set(asked["scope"][0].split(",")) == {scope for scopes in SCOPES.values() for scope in scopes}


def test_consent_opens_the_page_with_its_own_token_that_never_ends(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy
) -> None:
    [account] = sign_in(facebook, graph, proxy.url)
    assert (account.remote_id, account.name) == (graph.page.id, graph.page.name)
    assert account.credentials == {"access_token": PAGE_TOKEN, **APP}
    assert account.scopes == frozenset(graph.scopes)
    assert account.expires_at is None


def test_the_long_lived_token_of_the_person_asks_for_the_pages_and_is_not_kept(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy
) -> None:
    [account] = sign_in(facebook, graph, proxy.url)
    [listing] = graph.sent("GET", "me/accounts")
    assert listing.headers["authorization"] == f"Bearer {LONG_TOKEN}"
    assert LONG_TOKEN not in account.credentials.values()


def test_no_secret_ever_stands_in_an_address(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy, channel: Channel
) -> None:
    sign_in(facebook, graph, proxy.url)
    facebook.verify(channel)
    facebook.refresh(channel)
    assert len(proxy.seen) > 5
    assert not [line for line in proxy.seen for secret in SECRETS if secret in line]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"state": "another"}, "another sign-in"),
        ({"state": ""}, "another sign-in"),
        ({"code": ""}, "no code"),
        ({"code": "used-before"}, "does not take this"),
        ({"error": "access_denied"}, "agree to everything"),
    ],
    ids=["other state", "no state", "no code", "used code", "declined"],
)
def test_a_wrong_answer_is_refused_with_a_sentence(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy, changed: dict[str, str], sentence: str
) -> None:
    with pytest.raises(Rejected, match=sentence):
        sign_in(facebook, graph, proxy.url, **changed)


@pytest.mark.parametrize("app", [{}, {"client_id": APP_ID}, {"client_id": "", "client_secret": "x"}])
def test_without_an_app_nothing_begins(facebook: Facebook, app: dict[str, str]) -> None:
    with pytest.raises(Rejected, match="app"):
        facebook.begin(app, "https://practice.example/connect")


def test_a_page_on_which_the_person_may_not_post_is_not_offered(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy
) -> None:
    graph.tasks = ("ANALYZE", "ADVERTISE")
    with pytest.raises(Rejected, match="no Page"):
        sign_in(facebook, graph, proxy.url)


@pytest.mark.parametrize("tasks", [(), ("PROFILE_PLUS_CREATE_CONTENT",)], ids=["none listed", "new Pages"])
def test_the_tasks_of_older_and_newer_pages_both_count(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy, tasks: tuple[str, ...]
) -> None:
    graph.tasks = tasks
    assert len(sign_in(facebook, graph, proxy.url)) == 1


def test_an_exchange_that_breaks_off_can_be_tried_again(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy
) -> None:
    proxy.arm(drop_after(), at("POST", "/access_token"))
    with pytest.raises(Transient):
        sign_in(facebook, graph, proxy.url)


def test_an_answer_that_cannot_be_read_is_told_without_the_tokens_in_it(
    facebook: Facebook, graph: FakeGraph, proxy: FaultProxy
) -> None:
    body = json.dumps({"data": [{"access_token": PAGE_TOKEN}]}).encode()  # a Page without an id
    proxy.arm(answer_before(200, body, {"Content-Type": "application/json"}), at("GET", "/accounts"))
    with pytest.raises(Transient) as caught:
        sign_in(facebook, graph, proxy.url)
    assert PAGE_TOKEN[-20:] not in "".join(traceback.format_exception(caught.value))


# What Facebook says of a token


def test_a_healthy_page_says_its_name_and_what_was_granted(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    health = facebook.verify(channel)
    assert (health.ok, health.name, health.remote_id) == (True, graph.page.name, graph.page.id)
    assert health.granted == frozenset(graph.scopes)
    assert health.expires_at is None


def test_the_token_is_examined_inside_a_batch_by_the_app_itself(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    facebook.verify(channel)
    [call] = [call for call in graph.calls if call.path == ""]
    assert call.method == "POST"
    assert call.headers["authorization"] == f"Bearer {APP_ID}|{APP_SECRET}"
    assert PAGE_TOKEN in call.form["batch"]


def test_a_pasted_token_without_an_app_is_examined_by_itself(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.demands_proof = False
    pasted = replace(channel, credentials={"access_token": PAGE_TOKEN}, remote_id="")
    health = facebook.verify(pasted)
    assert (health.ok, health.remote_id) == (True, graph.page.id)
    assert graph.calls[-1].headers["authorization"] == f"Bearer {PAGE_TOKEN}"


def test_a_missing_permission_is_named(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    graph.scopes = ("pages_show_list", "pages_read_engagement")
    health = facebook.verify(channel)
    assert not health.ok
    assert health.missing == {"pages_manage_posts"}
    assert "pages_manage_posts" in health.detail


def test_a_token_that_runs_out_says_when(facebook: Facebook, channel: Channel, graph: FakeGraph) -> None:
    graph.token_expires_at = EXPIRES
    assert facebook.verify(channel).expires_at == datetime.fromtimestamp(EXPIRES, UTC)


def test_where_facebook_does_not_say_what_was_granted_the_page_still_counts_as_alive(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.knows_the_app = False
    health = facebook.verify(channel)
    assert (health.ok, health.granted) == (True, frozenset())
    assert "does not say" in health.detail


def test_a_wrong_app_id_does_not_make_a_good_page_look_broken(facebook: Facebook, channel: Channel) -> None:
    wrong = replace(channel, credentials={**channel.credentials, "client_id": "4711"})
    assert facebook.verify(wrong).ok


def test_a_wrong_app_secret_is_told(facebook: Facebook, channel: Channel) -> None:
    wrong = replace(channel, credentials={**channel.credentials, "client_secret": "another"})
    health = facebook.verify(wrong)
    assert not health.ok
    assert "appsecret_proof" in health.detail


def test_a_persons_token_is_not_taken_for_a_pages(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.token_type = "USER"
    health = facebook.verify(replace(channel, remote_id=""))
    assert not health.ok
    assert "person's token" in health.detail


def test_the_token_of_another_page_is_not_accepted(facebook: Facebook, channel: Channel) -> None:
    health = facebook.verify(replace(channel, remote_id="4711"))
    assert not health.ok
    assert "Our Page" in health.detail


def test_a_dead_token_is_told_in_words_that_help(
    facebook: Facebook, channel: Channel, proxy: FaultProxy
) -> None:
    proxy.arm(refusing(190, subcode=460), at("GET", "/me"))
    health = facebook.verify(channel)
    assert not health.ok
    assert "password" in health.detail


# Renewing


def test_a_token_that_never_ends_is_not_renewed(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    assert facebook.refresh(channel) is None
    assert graph.sent("POST", "oauth/access_token") == []


def test_a_token_that_ends_is_exchanged_for_a_longer_one(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.token_expires_at = EXPIRES
    grant = facebook.refresh(channel)
    assert grant is not None
    assert grant.credentials == {**channel.credentials, "access_token": graph.page_token}
    assert grant.credentials["access_token"] != PAGE_TOKEN
    assert grant.expires_at is None


def test_without_the_apps_secret_a_token_cannot_be_renewed(
    facebook: Facebook, channel: Channel, graph: FakeGraph
) -> None:
    graph.demands_proof, graph.token_expires_at = False, EXPIRES
    assert facebook.refresh(replace(channel, credentials={"access_token": PAGE_TOKEN})) is None
