"""X, by the sentences of the seam, against a strict fake over real HTTP: once for each way to sign in."""

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from connectors.base import Authorizes, Checks, Estimates, Measures, Reposts, Retracts
from connectors.providers.x.connector import XConnector
from connectors.testing import Conformance, Fault
from tests.connectors.x.fake_x import FakeX
from tests.connectors.x.rig import CLIENT, CONSUMER, OAUTH1, XRig, rigged

FACETS: frozenset[type] = frozenset({Authorizes, Checks, Estimates, Measures, Reposts, Retracts})


class TestXByOAuth1(Conformance):
    spec = XConnector.spec
    supports = frozenset(Fault)
    facets = FACETS

    @pytest.fixture
    def rig(self, tmp_path: Path) -> Iterator[XRig]:
        with rigged(tmp_path, FakeX(), OAUTH1) as rig:
            rig.app = CONSUMER
            yield rig


class TestXByOAuth2(Conformance):
    spec = XConnector.spec
    supports = frozenset(Fault)
    facets = FACETS

    @pytest.fixture
    def rig(self, tmp_path: Path) -> Iterator[XRig]:
        fake = FakeX()
        with rigged(tmp_path, fake, oauth2(fake)) as rig:
            yield rig


def oauth2(fake: FakeX) -> Mapping[str, str]:
    """The credentials of a channel that signed in by OAuth 2.0."""
    tokens = fake.oauth2.grant()
    kept = {name: tokens[name] for name in ("access_token", "refresh_token", "scope")}
    return {**CLIENT, **kept}
