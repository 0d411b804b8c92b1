"""Mishaps on real lines: what the client's socket sees, and what was accepted all the same."""

import socket
from urllib.parse import urljoin, urlsplit

import pytest
import requests
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware, RequestResponseEndpoint
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount

from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import State
from domain.clock import SystemClock
from tests.connectors.rehearsal.api import Api
from tests.support.servers import serve

BODY = b'{"text": "Hello"}'


def conversation(api: Api, patience: float = 10.0) -> bytes:
    """Post once over a bare socket that would be kept alive; every byte until the server hangs up."""
    where = urlsplit(api.url)
    head = (
        f"POST /api/posts HTTP/1.1\r\nHost: {where.netloc}\r\nAuthorization: Bearer {api.token}\r\n"
        f"Content-Length: {len(BODY)}\r\nConnection: keep-alive\r\n\r\n"
    )
    received = b""
    with socket.create_connection((where.hostname or "", where.port or 0), patience) as line:
        line.sendall(head.encode() + BODY)
        while chunk := line.recv(65536):
            received += chunk
    return received


@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_cut_line_is_really_closed_in_the_middle_of_the_answer(api: Api, kind: str, accepted: int) -> None:
    api.plan(kind)
    head, _, body = conversation(api).partition(b"\r\n\r\n")
    assert b"content-length: 512" in head.lower()
    assert body == b"{"
    assert len(api.accepted()) == accepted


@pytest.mark.parametrize(("kind", "accepted"), [("drop_before", 0), ("drop_after", 1)])
def test_a_client_cannot_take_a_cut_answer_for_a_whole_one(api: Api, kind: str, accepted: int) -> None:
    api.plan(kind)
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        api.post()
    assert len(api.accepted()) == accepted


@pytest.mark.parametrize(
    ("kind", "status", "accepted"),
    [
        ("rate_limit", 429, 0),
        ("refuse", 403, 0),
        ("error_before", 503, 0),
        ("error_after", 500, 1),
        ("redirect", 307, 0),
        ("garbage", 200, 1),
    ],
)
def test_each_mishap_shows_its_status_and_accepts_or_not(
    api: Api, kind: str, status: int, accepted: int
) -> None:
    api.plan(kind)
    assert api.post().status_code == status
    assert len(api.accepted()) == accepted
    assert api.post("The next one is fine").status_code == 201


def test_a_rate_limit_names_the_wait(api: Api) -> None:
    api.plan("rate_limit", seconds=90)
    assert api.post().headers["Retry-After"] == "90"


def test_a_redirect_leads_to_where_it_would_be_accepted(api: Api) -> None:
    api.plan("redirect")
    there = urljoin(f"{api.url}/api/posts", api.post().headers["Location"])
    assert there == f"{api.url}/api/posts"


def test_garbage_is_no_json(api: Api) -> None:
    api.plan("garbage")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        api.post().json()


@pytest.mark.parametrize("kind", ["answer_late", "never_answer"])
def test_a_late_answer_is_late_although_the_post_stands_at_once(api: Api, kind: str) -> None:
    api.plan(kind, seconds=60)
    with pytest.raises(requests.exceptions.ReadTimeout):
        api.call("POST", "api/posts", json={"text": "Hello"}, timeout=1)
    assert len(api.accepted()) == 1


def test_a_late_answer_comes_in_the_end(api: Api) -> None:
    api.plan("answer_late", seconds=0.05)
    assert api.post().status_code == 201


@pytest.mark.parametrize("act", ["comment", "repost", "retract"])
def test_other_writes_meet_mishaps_too(api: Api, act: str) -> None:
    post_id = api.post().json()["id"]
    calls = {
        "comment": ("POST", f"api/posts/{post_id}/comments", {"text": "Book online"}),
        "repost": ("PUT", f"api/posts/{post_id}/repost", None),
        "retract": ("DELETE", f"api/posts/{post_id}", None),
    }
    method, path, body = calls[act]
    api.plan("error_before")
    assert api.call(method, path, json=body).status_code == 503
    assert api.call(method, path, json=body).status_code < 300


def test_reading_and_uploading_meet_none(api: Api) -> None:
    api.plan("error_before")
    assert api.call("GET", "api/account").status_code == 200
    assert api.post().status_code == 503, "the plan was still there"


def test_chances_repeat_with_their_seed(api: Api) -> None:
    def series(account: Api) -> list[int]:
        account.behave(chances={"seed": 7, "odds": {"error_before": 0.4, "refuse": 0.2}})
        return [account.post().status_code for _ in range(30)]

    other = Api(api.url, api.state)
    with other.session:
        first = series(api)
        assert first == series(other)
    assert set(first) == {201, 403, 503}


async def untouched(request: Request, call_next: RequestResponseEndpoint) -> Response:
    return await call_next(request)


def test_a_line_is_cut_even_below_the_layers_of_a_larger_application() -> None:
    state = State()
    network = Network(state, SystemClock(), open_door=True).app()
    layers = [Middleware(BaseHTTPMiddleware, dispatch=untouched), Middleware(GZipMiddleware)]
    house = Starlette(routes=[Mount("/public/rehearsal", network)], middleware=layers)
    with serve(house) as url:
        api = Api(f"{url}/public/rehearsal", state)
        with api.session:
            api.plan("drop_after")
            with pytest.raises(requests.exceptions.RequestException):
                api.post()
            assert len(api.accepted()) == 1
    state.close()
