"""One rehearsal network for all tests of this folder; each test opens an account of its own."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import State
from domain.clock import SystemClock
from tests.connectors.rehearsal.api import Api
from tests.support.servers import serve


@dataclass(frozen=True)
class Served:
    url: str
    state: State


@pytest.fixture(scope="module")
def network() -> Iterator[Served]:
    state = State()
    with serve(Network(state, SystemClock(), open_door=True).app()) as url:
        yield Served(url, state)
    state.close()


@pytest.fixture
def api(network: Served) -> Iterator[Api]:
    api = Api(network.url, network.state)
    with api.session:
        yield api
