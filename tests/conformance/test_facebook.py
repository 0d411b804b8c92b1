"""Facebook Pages, by the sentences of the seam, against a strict fake Graph over real HTTP."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests

from connectors.base import (
    AuthorizationRequest,
    Authorizes,
    Channel,
    Checks,
    Comments,
    Measures,
    Reposts,
    Retracts,
    Surroundings,
)
from connectors.providers.facebook.connector import Facebook
from connectors.testing import AuthorizedRig, Conformance, Fault, MeasuredRig, Rig, Standing
from tests.connectors.facebook.fake_graph import (
    APP_ID,
    APP_SECRET,
    PAGE_TOKEN,
    SECRETS,
    FakeGraph,
    at,
    refusing,
)
from tests.support.proxy import FaultProxy, Plan, answer_before, plan_for
from tests.support.servers import serve

READ_TIMEOUT = 1.5  # seconds


def plan(fault: Fault, elsewhere: str) -> Plan:
    """The fault as the Graph words it, where it has words for it."""
    usage = '{"1": [{"type": "pages", "call_count": 100, "estimated_time_to_regain_access": 7}]}'
    own = {
        Fault.RATE_LIMIT: refusing(80001, headers={"X-Business-Use-Case-Usage": usage}),
        Fault.UNAUTHORIZED: refusing(190, subcode=463, message=f"Malformed access token {PAGE_TOKEN}"),
        Fault.REJECT: refusing(100, message="(#100) Invalid parameter"),
        Fault.REDIRECT: answer_before(302, headers={"Location": f"{elsewhere}/v26.0/me/feed"}),
    }
    return own.get(fault) or plan_for(fault, seconds=2 * READ_TIMEOUT)


class FacebookRig(AuthorizedRig, MeasuredRig):
    app: Mapping[str, str] = {"client_id": APP_ID, "client_secret": APP_SECRET}
    redirect_uri = FakeGraph.redirect_uri

    def __init__(self, graph: FakeGraph, proxy: FaultProxy, data_dir: Path) -> None:
        self._graph, self._proxy = graph, proxy
        self._refused = False
        surroundings = Surroundings(data_dir=data_dir, public_url="https://practice.example")
        self._connector = Facebook(surroundings, read_timeout=READ_TIMEOUT)
        self._channel = Channel(
            id="01channel",
            provider="facebook",
            name="Our Page",
            remote_id=graph.page.id,
            base_url=proxy.url,
            credentials={"access_token": PAGE_TOKEN, **self.app},
        )

    @property
    def connector(self) -> Facebook:
        return self._connector

    @property
    def channel(self) -> Channel:
        return self._channel

    def wait(self, span: timedelta) -> None:
        """The fake shows at once what was posted."""

    def standing(self) -> Sequence[Standing]:
        return [
            Standing(post.id, post.message, tuple(photo.alt_text for photo in post.photos))
            for post in self._graph.page.posts
        ]

    def arm(self, fault: Fault) -> None:
        if fault is Fault.REFUSE_CONNECTION:
            self._refused = True
            self._proxy.refuse()
        else:
            self._proxy.arm(plan(fault, self._proxy.url), at("POST", "/feed"))

    def disarm(self) -> None:
        self._proxy.disarm()
        if self._refused:
            self._refused = False
            self._proxy.accept()

    def remove(self, remote_id: str) -> None:
        self._graph.page.delete(remote_id)

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        """Shares are withheld, as the Graph does while nobody has shared."""
        return {"likes": 12, "replies": 0, "views": 412, "reach": 305, "clicks": 17}

    def consent(self, request: AuthorizationRequest) -> Mapping[str, str]:
        answer = requests.get(request.url, allow_redirects=False, timeout=10)
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


class TestFacebook(Conformance):
    spec = Facebook.spec
    supports = frozenset(Fault) - {Fault.OUT_OF_CREDIT}
    facets = frozenset({Authorizes, Checks, Comments, Measures, Reposts, Retracts})

    @pytest.fixture
    def rig(self, tmp_path: Path) -> Iterator[FacebookRig]:
        graph = FakeGraph()
        with serve(graph.app()) as url, FaultProxy(url) as proxy:
            yield FacebookRig(graph, proxy, tmp_path)
            assert not [line for line in proxy.seen if any(secret in line for secret in SECRETS)]
        assert not graph.violations

    def test_a_call_may_take_a_minute_at_most(self, rig: Rig) -> None:
        """Two here: publishing calls to Meta have succeeded minutes after they were made."""
        assert rig.connector.spec.call_timeout == timedelta(minutes=2)
