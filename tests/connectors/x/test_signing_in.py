"""Connecting an account, by either way to sign in, and keeping it connected."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from connectors.base import Account, Surroundings
from connectors.errors import Ambiguous, AuthExpired, Rejected, Transient
from connectors.providers.x.connector import XConnector
from connectors.testing import MemoryJournal, words
from tests.connectors.x.fake_keys import ALL_SCOPES, USER_ID
from tests.connectors.x.fake_x import FakeX
from tests.connectors.x.rig import CLIENT, CONSUMER, OAUTH1, XRig, at, problem, rigged
from tests.support.proxy import answer_after, drop_after, drop_before
from tests.support.servers import serve


def connect(rig: XRig, app: Mapping[str, str], answer: Mapping[str, str] | None = None) -> Account:
    """Go through consent, with another *answer* in place of X's where one is given."""
    request = rig.connector.begin(app, rig.redirect_uri, rig.channel.base_url)
    came_back = answer if answer is not None else rig.consent(request)
    [account] = rig.connector.complete(app, rig.redirect_uri, request.keep, came_back, rig.channel.base_url)
    return account


def oauth2_channel(rig: XRig, **credentials: str) -> Mapping[str, str]:
    tokens = rig.fake.oauth2.grant()
    kept = {name: tokens[name] for name in ("access_token", "refresh_token", "scope")}
    return {**CLIENT, **kept, **credentials}


# OAuth 2.0


def test_consent_gives_an_account_whose_token_publishes(rig: XRig) -> None:
    account = connect(rig, CLIENT)
    assert (account.remote_id, account.handle, account.scopes) == (USER_ID, "example_dental", ALL_SCOPES)
    channel = rig.channel_with(credentials=account.credentials)
    assert rig.connector.publish(channel, rig.post(words()), MemoryJournal())


def test_consent_says_when_the_token_ends(rig: XRig) -> None:
    account = connect(rig, CLIENT)
    assert account.expires_at is not None
    assert timedelta(minutes=119) < account.expires_at - datetime.now(UTC) <= timedelta(hours=2)


def test_the_consent_address_asks_for_what_publishing_needs(rig: XRig) -> None:
    request = rig.connector.begin(CLIENT, rig.redirect_uri, rig.channel.base_url)
    query = parse_qs(urlsplit(request.url).query)
    assert set(query["scope"][0].split()) == ALL_SCOPES
    assert query["code_challenge_method"] == ["S256"]
    assert request.keep["code_verifier"] not in request.url


def test_without_another_address_the_person_is_sent_to_x(rig: XRig) -> None:
    assert rig.connector.begin(CLIENT, rig.redirect_uri).url.startswith("https://x.com/i/oauth2/authorize?")


def test_the_whole_address_may_be_pasted(rig: XRig) -> None:
    request = rig.connector.begin(CLIENT, rig.redirect_uri, rig.channel.base_url)
    back = rig.consent(request)
    pasted = {"url": f" {rig.redirect_uri}?state={back['state']}&code={back['code']} "}
    [account] = rig.connector.complete(CLIENT, rig.redirect_uri, request.keep, pasted, rig.channel.base_url)
    assert account.remote_id == USER_ID


def test_an_app_without_a_secret_signs_in_by_its_id(rig: XRig) -> None:
    rig.fake.oauth2.confidential = False
    app = {"client_id": CLIENT["client_id"]}
    account = connect(rig, app)
    assert "client_secret" not in account.credentials
    grant = rig.connector.refresh(rig.channel_with(credentials=account.credentials))
    assert grant is not None
    assert grant.credentials["access_token"] != account.credentials["access_token"]


@pytest.mark.parametrize(
    "answer",
    [
        {"error": "access_denied", "state": "whatever"},
        {},
        {"url": "http://127.0.0.1:8484/channels/back?error=access_denied"},
        {"code": "code", "state": "of somebody else"},
        {"code": "code"},
    ],
)
def test_an_answer_that_is_no_consent_connects_nothing(rig: XRig, answer: Mapping[str, str]) -> None:
    with pytest.raises(Rejected):
        connect(rig, CLIENT, answer)
    assert not rig.fake.oauth2.bearers


def test_a_code_works_once(rig: XRig) -> None:
    request = rig.connector.begin(CLIENT, rig.redirect_uri, rig.channel.base_url)
    answer = rig.consent(request)
    rig.connector.complete(CLIENT, rig.redirect_uri, request.keep, answer, rig.channel.base_url)
    with pytest.raises(AuthExpired) as caught:
        rig.connector.complete(CLIENT, rig.redirect_uri, request.keep, answer, rig.channel.base_url)
    assert caught.value.code == "invalid_request"


@pytest.mark.parametrize("app", [{}, {"client_secret": "secret"}, {"consumer_key": "key"}])
def test_an_incomplete_app_is_named_as_such(rig: XRig, app: Mapping[str, str]) -> None:
    with pytest.raises(Rejected, match="app is incomplete"):
        rig.connector.begin(app, rig.redirect_uri, rig.channel.base_url)


# Renewing


def test_renewing_gives_a_new_pair_and_keeps_the_rest(rig: XRig) -> None:
    before = oauth2_channel(rig)
    grant = rig.connector.refresh(rig.channel_with(credentials=before))
    assert grant is not None
    assert grant.scopes == ALL_SCOPES
    assert grant.expires_at is not None
    assert {name for name in before if grant.credentials[name] != before[name]} == {
        "access_token",
        "refresh_token",
    }
    assert rig.connector.verify(rig.channel_with(credentials=grant.credentials)).ok


def test_a_spent_refresh_token_ends_the_whole_family(rig: XRig) -> None:
    """Why one process renews at a time, and keeps the new pair before it is used."""
    before = rig.channel_with(credentials=oauth2_channel(rig))
    grant = rig.connector.refresh(before)
    assert grant is not None
    with pytest.raises(AuthExpired):
        rig.connector.refresh(before)
    after = rig.channel_with(credentials=grant.credentials)
    with pytest.raises(AuthExpired):
        rig.connector.refresh(after)
    assert not rig.connector.verify(after).ok


@pytest.mark.parametrize(
    "trouble", [drop_before(), drop_after(), answer_after(503), answer_after(200, b"?")], ids=lambda _: ""
)
def test_an_unknown_end_of_a_renewal_is_told_as_unknown(rig: XRig, trouble: object) -> None:
    rig.proxy.arm(trouble, at("POST", "/2/oauth2/token"))  # type: ignore[arg-type]
    with pytest.raises(Ambiguous):
        rig.connector.refresh(rig.channel_with(credentials=oauth2_channel(rig)))


def test_a_sign_in_without_a_refresh_token_cannot_be_renewed(rig: XRig) -> None:
    with pytest.raises(AuthExpired, match="stay signed in"):
        rig.connector.refresh(rig.channel_with(credentials=oauth2_channel(rig, refresh_token="")))


def test_a_sign_in_that_does_not_know_its_app_cannot_be_renewed(rig: XRig) -> None:
    with pytest.raises(AuthExpired, match="client_id"):
        rig.connector.refresh(rig.channel_with(credentials=oauth2_channel(rig, client_id="")))


def test_oauth1_tokens_need_no_renewal(rig: XRig) -> None:
    assert rig.connector.refresh(rig.channel) is None


# OAuth 1.0a


def test_oauth1_by_redirect_gives_keys_that_publish(rig: XRig) -> None:
    account = connect(rig, CONSUMER)
    assert (account.remote_id, account.handle) == (USER_ID, "example_dental")
    channel = rig.channel_with(credentials=account.credentials, remote_id=account.remote_id)
    assert rig.connector.publish(channel, rig.post(words()), MemoryJournal())


@pytest.mark.parametrize("field", ["pin", "url", "oauth_verifier"])
def test_oauth1_without_a_redirect_takes_the_pin(rig: XRig, field: str) -> None:
    request = rig.connector.begin(CONSUMER, "", rig.channel.base_url)
    pin = rig.consent(request)["pin"]
    [account] = rig.connector.complete(CONSUMER, "", request.keep, {field: pin}, rig.channel.base_url)
    assert account.remote_id == USER_ID


def test_oauth1_takes_the_whole_address_pasted(rig: XRig) -> None:
    request = rig.connector.begin(CONSUMER, rig.redirect_uri, rig.channel.base_url)
    back = rig.consent(request)
    url = f"{rig.redirect_uri}?oauth_token={back['oauth_token']}&oauth_verifier={back['oauth_verifier']}"
    [account] = rig.connector.complete(
        CONSUMER, rig.redirect_uri, request.keep, {"url": url}, rig.channel.base_url
    )
    assert account.remote_id == USER_ID


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ({"denied": "request-token"}, Rejected),
        ({"oauth_token": "of somebody else", "oauth_verifier": "1234"}, Rejected),
        ({"pin": "wrong"}, AuthExpired),
    ],
)
def test_oauth1_answers_that_are_no_consent_connect_nothing(
    rig: XRig, answer: Mapping[str, str], error: type[Exception]
) -> None:
    with pytest.raises(error):
        connect(rig, CONSUMER, answer)


def test_oauth1_with_a_wrong_app_secret_is_refused(rig: XRig) -> None:
    with pytest.raises(AuthExpired):
        rig.connector.begin({**CONSUMER, "consumer_secret": "wrong"}, rig.redirect_uri, rig.channel.base_url)


def test_a_lost_request_token_may_simply_be_asked_for_again(rig: XRig) -> None:
    rig.proxy.arm(drop_after(), at("POST", "/oauth/request_token"))
    with pytest.raises(Transient):
        rig.connector.begin(CONSUMER, rig.redirect_uri, rig.channel.base_url)
    assert rig.connector.begin(CONSUMER, rig.redirect_uri, rig.channel.base_url).state


# Looking whether it works


def test_a_healthy_channel_names_its_account(rig: XRig) -> None:
    health = rig.connector.verify(rig.channel)
    assert (health.remote_id, health.handle, health.name) == (USER_ID, "example_dental", "Example Dental")
    assert health.granted >= {"tweet.write", "media.write"}


def test_another_account_behind_the_sign_in_is_told(rig: XRig) -> None:
    health = rig.connector.verify(rig.channel_with(remote_id="999"))
    assert not health.ok
    assert "@example_dental" in health.detail


def test_a_read_only_app_is_told(rig: XRig) -> None:
    rig.fake.level = "read"
    health = rig.connector.verify(rig.channel)
    assert not health.ok
    assert health.missing == {"tweet.write", "media.write"}
    with pytest.raises(AuthExpired, match="may only read"):
        rig.connector.publish(rig.channel, rig.post(words()), MemoryJournal())


def test_a_missing_permission_is_named(rig: XRig) -> None:
    tokens = rig.fake.oauth2.grant(frozenset({"tweet.read", "users.read", "tweet.write"}))
    credentials = {"access_token": tokens["access_token"], "scope": tokens["scope"]}
    health = rig.connector.verify(rig.channel_with(credentials=credentials))
    assert not health.ok
    assert health.missing == {"media.write"}


def test_pasted_tokens_work_although_their_permissions_are_not_known(rig: XRig) -> None:
    credentials = {"access_token": rig.fake.oauth2.grant()["access_token"]}
    health = rig.connector.verify(rig.channel_with(credentials=credentials))
    assert health.ok
    assert not health.granted


def test_pasted_tokens_of_unknown_age_are_renewed_soon_and_then_known(rig: XRig) -> None:
    tokens = rig.fake.oauth2.grant()
    pasted = {**CLIENT, **{name: tokens[name] for name in ("access_token", "refresh_token")}}
    health = rig.connector.verify(rig.channel_with(credentials=pasted))
    assert health.expires_at is not None
    assert health.expires_at - datetime.now(UTC) < timedelta(minutes=20)
    grant = rig.connector.refresh(rig.channel_with(credentials=pasted))
    assert grant is not None
    assert rig.connector.verify(rig.channel_with(credentials=grant.credentials)).expires_at is None


@pytest.mark.parametrize("odd", ["tok en", "tok\nen", "tök\u200ben"])
def test_a_badly_pasted_token_is_told_and_shown_nowhere(rig: XRig, odd: str) -> None:
    health = rig.connector.verify(rig.channel_with(credentials={"access_token": odd}))
    assert not health.ok
    assert "access_token" in health.detail
    assert odd not in health.detail
    assert not rig.fake.asked


def test_an_app_that_x_turns_away_is_told_and_not_thrown(rig: XRig) -> None:
    kind = "https://api.twitter.com/2/problems/client-forbidden"
    rig.proxy.arm(problem(403, "Client Forbidden", "Not enrolled.", kind), at("GET", "/2/users/me"))
    health = rig.connector.verify(rig.channel)
    assert not health.ok
    assert "developer console" in health.detail


# Another address


@contextmanager
def below_a_path(fake: FakeX) -> Iterator[str]:
    with serve(Starlette(routes=[Mount("/relay/x", app=fake.app())])) as url:
        yield f"{url}/relay/x"


@pytest.mark.parametrize("way", ["oauth1", "oauth2"])
def test_a_channel_can_be_pointed_at_any_other_address(tmp_path: Path, fake: FakeX, way: str) -> None:
    connector = XConnector(Surroundings(data_dir=tmp_path, public_url="https://rounds.example.org"))
    with rigged(tmp_path, fake, OAUTH1) as rig, below_a_path(fake) as url:
        credentials = OAUTH1 if way == "oauth1" else oauth2_channel(rig)
        channel = replace(rig.channel, base_url=url, credentials=credentials)
        assert connector.verify(channel).ok
        assert connector.publish(channel, rig.post(words(), pictures=1), MemoryJournal())
    assert not rig.proxy.seen
