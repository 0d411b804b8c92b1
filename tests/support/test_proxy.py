"""The rigs themselves: a proxy that lies about its faults would make every fault test worthless."""

from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
import requests
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from connectors.http import HardenedSession
from tests.support.proxy import (
    FaultProxy,
    answer_after,
    answer_before,
    drop_after,
    drop_before,
    slow,
)
from tests.support.servers import closed_port, serve


@dataclass
class Echo:
    """A server that remembers what it received."""

    received: list[bytes] = field(default_factory=list)

    async def take(self, request: Request) -> Response:
        self.received.append(await request.body())
        return PlainTextResponse(f"taken {len(self.received)}", status_code=201)

    async def tell(self, _request: Request) -> Response:
        return PlainTextResponse("x" * 300_000)

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/", self.take, methods=["POST"]), Route("/", self.tell)])


@pytest.fixture
def echo() -> Echo:
    return Echo()


@pytest.fixture
def proxy(echo: Echo) -> Iterator[FaultProxy]:
    with serve(echo.app()) as url, FaultProxy(url) as proxy:
        yield proxy


@pytest.fixture
def session() -> Iterator[requests.Session]:
    with HardenedSession() as session:
        yield session


def test_without_a_plan_everything_passes_through(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    assert session.post(proxy.url, data=b"a" * 500_000).text == "taken 1"
    assert len(session.get(proxy.url).content) == 300_000
    assert session.post(proxy.url, data=b"b").text == "taken 2"
    assert [len(body) for body in echo.received] == [500_000, 1]
    assert [line.split()[0] for line in proxy.seen] == ["POST", "GET", "POST"]


def test_a_line_dropped_before_leaves_nothing_behind(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    proxy.arm(drop_before())
    with pytest.raises(requests.exceptions.ConnectionError):
        session.post(proxy.url, data=b"lost")
    assert echo.received == []
    assert session.post(proxy.url, data=b"next").status_code == 201


def test_a_line_dropped_after_was_received_all_the_same(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    proxy.arm(drop_after())
    with pytest.raises(requests.exceptions.ConnectionError):
        session.post(proxy.url, data=b"kept")
    assert echo.received == [b"kept"]


def test_a_slow_answer_was_received_in_time(proxy: FaultProxy, echo: Echo, session: requests.Session) -> None:
    proxy.arm(slow(seconds=30))
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.post(proxy.url, data=b"kept", timeout=1)
    assert echo.received == [b"kept"]


def test_an_answer_before_keeps_the_request_from_the_server(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    proxy.arm(answer_before(429, b"busy", {"Retry-After": "7"}))
    answer = session.post(proxy.url, data=b"a" * 500_000)
    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (429, "busy", "7")
    assert echo.received == []


def test_an_answer_after_hides_what_the_server_said(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    proxy.arm(answer_after(500))
    assert session.post(proxy.url, data=b"kept").status_code == 500
    assert echo.received == [b"kept"]


def test_a_plan_waits_for_the_request_it_is_meant_for(
    proxy: FaultProxy, echo: Echo, session: requests.Session
) -> None:
    proxy.arm(drop_before())
    assert session.get(proxy.url).status_code == 200
    with pytest.raises(requests.exceptions.ConnectionError):
        session.post(proxy.url, data=b"lost")
    assert echo.received == []


def test_a_refusing_proxy_refuses_even_a_client_that_was_connected(
    proxy: FaultProxy, session: requests.Session
) -> None:
    assert session.get(proxy.url).status_code == 200
    proxy.refuse()
    with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        session.post(proxy.url, data=b"nobody")
    proxy.accept()
    assert session.post(proxy.url, data=b"somebody").status_code == 201


def test_nobody_listens_on_a_closed_port(session: requests.Session) -> None:
    with pytest.raises(requests.exceptions.ConnectionError, match="refused"):
        session.get(f"http://127.0.0.1:{closed_port()}")
