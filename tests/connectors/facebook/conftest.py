"""A strict fake Graph on loopback, a proxy before it that can misbehave, and the Channel that meets them."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from connectors.base import Channel, Surroundings
from connectors.providers.facebook.connector import Facebook
from tests.connectors.facebook.fake_graph import APP_ID, APP_SECRET, PAGE_TOKEN, FakeGraph
from tests.support.proxy import FaultProxy
from tests.support.servers import serve


@pytest.fixture
def graph() -> Iterator[FakeGraph]:
    """Fails the test that put a secret into an address."""
    fake = FakeGraph()
    yield fake
    assert not fake.violations


@pytest.fixture
def proxy(graph: FakeGraph) -> Iterator[FaultProxy]:
    with serve(graph.app()) as url, FaultProxy(url) as proxy:
        yield proxy


@pytest.fixture
def facebook(tmp_path: Path) -> Facebook:
    return Facebook(Surroundings(data_dir=tmp_path, public_url="https://practice.example"), read_timeout=2.0)


@pytest.fixture
def channel(proxy: FaultProxy, graph: FakeGraph) -> Channel:
    return Channel(
        id="01channel",
        provider="facebook",
        name="Our Page",
        remote_id=graph.page.id,
        base_url=proxy.url,
        credentials={"access_token": PAGE_TOKEN, "client_id": APP_ID, "client_secret": APP_SECRET},
    )
