"""The fake is strict: one that took anything would prove nothing."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.connectors.x.fake_account import CreateBody
from tests.connectors.x.fake_keys import USER_ID
from tests.connectors.x.fake_x import FakeX
from tests.support.servers import serve


class Caller:
    def __init__(self, url: str, fake: FakeX) -> None:
        self._url = url
        self.bearer = fake.oauth2.grant()["access_token"]

    def call(self, method: str, path: str, **how: Any) -> requests.Response:
        headers = {"Authorization": f"Bearer {self.bearer}"}
        return requests.request(method, self._url + path, timeout=10, **{"headers": headers, **how})

    def post(self, path: str, body: Any) -> requests.Response:
        return self.call("POST", path, json=body)


@pytest.fixture
def caller(fake: FakeX) -> Iterator[Caller]:
    with serve(fake.app()) as url:
        yield Caller(url, fake)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "Flu shots"}, 201),
        ({"text": "a" * 281}, 403),
        ({"text": "日" * 141}, 403),
        ({"text": "Flu", "unknown": 1}, 400),
        ({"text": 5}, 400),
        ({}, 400),
        ({"text": "Flu", "reply_settings": "nobody"}, 400),
        ({"text": "Flu", "media": {"media_ids": []}}, 400),
        ({"text": "Flu", "media": {"media_ids": ["1", "2", "3", "4", "5"]}}, 400),
        ({"text": "Flu", "media": {"media_ids": ["123"]}}, 400),
        ({"text": "Flu", "reply": {"in_reply_to_tweet_id": "123"}}, 403),
        ({"text": "$ABC $XYZ"}, 403),
    ],
)
def test_a_create_is_looked_at_closely(caller: Caller, body: Any, status: int) -> None:
    assert caller.post("/2/tweets", body).status_code == status


def test_the_same_words_are_refused(caller: Caller) -> None:
    assert caller.post("/2/tweets", {"text": "Flu"}).status_code == 201
    refused = caller.post("/2/tweets", {"text": "Flu"})
    assert refused.status_code == 403
    assert "duplicate content" in refused.json()["detail"]


def test_an_unknown_parameter_is_refused(caller: Caller, fake: FakeX) -> None:
    assert caller.call("GET", "/2/users/me?surprise=1").status_code == 400
    assert fake.violations


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/2/media/upload/123/append", {"media": "YQ==", "segment_index": 0}),
        ("/2/media/upload/123/finalize", None),
        ("/2/media/metadata", {"id": "123", "metadata": {"alt_text": {"text": "A tooth"}}}),
    ],
)
def test_steps_of_an_upload_that_nobody_began_are_refused(caller: Caller, path: str, body: Any) -> None:
    assert caller.call("POST", path, json=body).status_code == 400


def test_an_upload_must_go_in_order_and_be_whole(caller: Caller) -> None:
    begun = {"media_type": "image/png", "media_category": "tweet_image", "total_bytes": 2}
    media_id = caller.post("/2/media/upload/initialize", begun).json()["data"]["id"]
    append = f"/2/media/upload/{media_id}/append"
    assert caller.post(append, {"media": "YQ==", "segment_index": 1}).status_code == 400
    assert caller.post(append, {"media": "YQ==", "segment_index": 0}).status_code == 200
    assert caller.call("POST", f"/2/media/upload/{media_id}/finalize").status_code == 400
    assert caller.post("/2/tweets", {"media": {"media_ids": [media_id]}}).status_code == 400
    assert caller.post(append, {"media": "YQ==", "segment_index": 1}).status_code == 200
    assert caller.call("POST", f"/2/media/upload/{media_id}/finalize").status_code == 200
    assert caller.post("/2/tweets", {"media": {"media_ids": [media_id]}}).status_code == 201


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer wrong", 'OAuth oauth_consumer_key="a", oauth_token="b", oauth_signature="c"'],
)
def test_wrong_keys_are_refused(caller: Caller, authorization: str) -> None:
    headers = {"Authorization": authorization}
    assert caller.call("GET", "/2/users/me", headers=headers).status_code == 401


def test_a_token_may_do_no_more_than_was_granted(caller: Caller, fake: FakeX) -> None:
    caller.bearer = fake.oauth2.grant(frozenset({"tweet.read", "users.read"}))["access_token"]
    assert caller.call("GET", "/2/users/me").status_code == 200
    assert caller.post("/2/tweets", {"text": "Flu"}).status_code == 403


def test_every_answer_says_how_much_is_left(caller: Caller, fake: FakeX) -> None:
    fake.create_limit = 1
    assert caller.post("/2/tweets", {"text": "One"}).headers["x-rate-limit-remaining"] == "0"
    assert caller.post("/2/tweets", {"text": "Two"}).status_code == 429


def test_posts_are_shown_as_x_shows_them(caller: Caller, fake: FakeX) -> None:
    fake.account.create(CreateBody(text="5 < 6 at example.com"))
    path = f"/2/users/{USER_ID}/tweets?tweet.fields=entities"
    [post] = caller.call("GET", path).json()["data"]
    [link] = post["entities"]["urls"]
    assert post["text"] == f"5 &lt; 6 at {link['url']}"
    assert link["expanded_url"] == "http://example.com"
