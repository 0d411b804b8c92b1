"""The rehearsal connector against its own network: real HTTP, and a proxy where a line must fail."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from connectors.base import (
    Channel,
    Comments,
    LookupStrength,
    Measures,
    Reposts,
    Retracts,
    Serves,
    Surroundings,
)
from connectors.providers.rehearsal.behaviour import Behaviour, Mishap, Planned
from connectors.providers.rehearsal.connector import SPEC, Rehearsal
from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import State
from connectors.testing import Conformance, Fault, MeasuredRig, Rig, Standing
from domain.clock import SystemClock
from domain.ids import new_id
from tests.support.proxy import FaultProxy
from tests.support.servers import serve

MISHAPS = {
    Fault.SLOW: Mishap.ANSWER_LATE,
    Fault.DROP_BEFORE: Mishap.DROP_BEFORE,
    Fault.DROP_AFTER: Mishap.DROP_AFTER,
    Fault.SERVER_ERROR_BEFORE: Mishap.ERROR_BEFORE,
    Fault.SERVER_ERROR_AFTER: Mishap.ERROR_AFTER,
    Fault.RATE_LIMIT: Mishap.RATE_LIMIT,
    Fault.REJECT: Mishap.REFUSE,
    Fault.GARBLED: Mishap.GARBAGE,
    Fault.REDIRECT: Mishap.REDIRECT,
}
FACETS = frozenset({Comments, Measures, Reposts, Retracts, Serves})


class RehearsalRig(MeasuredRig):
    """One account of its own on a network that the proxy stands before."""

    def __init__(self, state: State, proxy: FaultProxy, data_dir: Path, lookup: LookupStrength) -> None:
        self._state = state
        self._proxy = proxy
        self._token = f"a-token-that-nobody-may-see-{new_id()}"
        self._account = state.welcome(self._token, name="Riverside Clinic").id
        surroundings = Surroundings(data_dir, "http://127.0.0.1:1")
        self._patient = Rehearsal(surroundings, lookup=lookup)
        self._impatient = Rehearsal(surroundings, lookup=lookup, read_timeout=0.4)
        self._waits = True

    @property
    def connector(self) -> Rehearsal:
        """Impatient only while the network is slow on purpose, so that a busy machine is no fault."""
        return self._patient if self._waits else self._impatient

    @property
    def channel(self) -> Channel:
        token = {"token": self._token}
        return Channel("channel-1", "rehearsal", "Riverside", base_url=self._proxy.url, credentials=token)

    def standing(self) -> Sequence[Standing]:
        return [
            Standing(entry.id, entry.text, tuple(self._state.alt_texts(entry.media_ids).values()))
            for entry in self._state.posts(self._account)
            if entry.stands(self.clock.now())
        ]

    def arm(self, fault: Fault) -> None:
        match fault:
            case Fault.REFUSE_CONNECTION:
                self._proxy.refuse()
            case Fault.UNAUTHORIZED:
                self._behave(Behaviour(token_expired=True))
            case Fault.OUT_OF_CREDIT:
                self._behave(Behaviour(out_of_credit=True))
            case _:
                self._waits = fault is not Fault.SLOW
                self._behave(Behaviour(planned=(Planned(kind=MISHAPS[fault], seconds=5),)))

    def disarm(self) -> None:
        self._waits = True
        self._behave(Behaviour())
        self._proxy.accept()

    def remove(self, remote_id: str) -> None:
        self._state.remove(remote_id, self.clock.now())

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        account, entry = self._state.account(self._account), self._state.post(remote_id)
        assert account and entry
        return self._state.numbers(account, entry, self.clock.now())

    def _behave(self, behaviour: Behaviour) -> None:
        self._state.behave(self._account, behaviour)


@dataclass(frozen=True)
class Served:
    """A network and where it answers."""

    state: State
    url: str


@pytest.fixture(scope="module")
def network() -> Iterator[Served]:
    state = State()
    with serve(Network(state, SystemClock()).app()) as url:
        yield Served(state, url)
    state.close()


class TestANetworkThatCanBeAskedByKey(Conformance):
    spec = SPEC
    supports = frozenset(Fault)
    facets = FACETS

    @pytest.fixture
    def rig(self, network: Served, tmp_path: Path) -> Iterator[Rig]:
        with FaultProxy(network.url) as proxy:
            yield RehearsalRig(network.state, proxy, tmp_path, self.spec.lookup)


class TestANetworkThatCanBeAskedByContent(TestANetworkThatCanBeAskedByKey):
    spec = replace(SPEC, lookup=LookupStrength.BY_CONTENT, idempotent=False)


class TestANetworkThatCannotBeAsked(TestANetworkThatCanBeAskedByKey):
    spec = replace(SPEC, lookup=LookupStrength.NONE, idempotent=False)
