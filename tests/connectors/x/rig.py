"""The fake X as the conformance suite wants it: one connected channel behind a proxy that misbehaves."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import requests

from connectors.base import AuthorizationRequest, Channel, Surroundings
from connectors.providers.x.connector import XConnector
from connectors.testing import AuthorizedRig, Fault, MeasuredRig, Standing
from tests.connectors.x.fake_keys import (
    ACCESS_SECRET,
    ACCESS_TOKEN,
    CLIENT_ID,
    CLIENT_SECRET,
    CONSUMER_KEY,
    CONSUMER_SECRET,
    USER_ID,
)
from tests.connectors.x.fake_x import FakeX
from tests.support.proxy import FaultProxy, Plan, answer_after, answer_before, plan_for
from tests.support.servers import serve

READ_TIMEOUT = 1.5  # seconds
CONSUMER = {"consumer_key": CONSUMER_KEY, "consumer_secret": CONSUMER_SECRET}
CLIENT = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
OAUTH1 = {**CONSUMER, "access_token": ACCESS_TOKEN, "access_token_secret": ACCESS_SECRET}


def problem(
    status: int,
    title: str,
    detail: str = "",
    kind: str = "about:blank",
    headers: Mapping[str, str] | None = None,
) -> Plan:
    """X refuses in its own words, and nothing is accepted."""
    body = {"title": title, "detail": detail or title, "type": kind, "status": status}
    return refusing(status, body, headers)


def refusing(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Plan:
    """Any JSON in place of an answer; nothing is accepted."""
    return answer_before(
        status, json.dumps(body).encode(), {"Content-Type": "application/json", **(headers or {})}
    )


def failing(status: int, body: Any) -> Plan:
    """Accepted, and answered by something else."""
    return answer_after(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def creating(line: str) -> bool:
    """Whether this is the write that makes a post stand."""
    return line.startswith("POST /2/tweets ")


def at(method: str, path: str) -> Any:
    """A predicate for requests by *method* whose path begins with *path*."""
    return lambda line: line.startswith(f"{method} {path}")


def plan(fault: Fault, elsewhere: str) -> Plan:
    """The fault as X words it, where X has words for it."""
    reset = int((datetime.now(UTC) + timedelta(minutes=7)).timestamp())
    own = {
        Fault.RATE_LIMIT: problem(429, "Too Many Requests", headers={"x-rate-limit-reset": str(reset)}),
        Fault.UNAUTHORIZED: problem(401, "Unauthorized"),
        Fault.REJECT: problem(403, "Forbidden", "You are not permitted to perform this action."),
        Fault.OUT_OF_CREDIT: problem(
            402, "CreditsDepleted", "No credits left.", "https://api.twitter.com/2/problems/credits"
        ),
        Fault.SERVER_ERROR_AFTER: failing(503, [{"message": "Over capacity"}]),
        Fault.REDIRECT: answer_before(307, headers={"Location": f"{elsewhere}/2/tweets"}),
    }
    return own.get(fault) or plan_for(fault, seconds=2 * READ_TIMEOUT)


class XRig(AuthorizedRig, MeasuredRig):
    """`fake` and `proxy` are open to tests that look behind the seam."""

    redirect_uri = "http://127.0.0.1:8484/channels/back"
    app: Mapping[str, str] = CLIENT

    def __init__(
        self, fake: FakeX, proxy: FaultProxy, data_dir: Path, credentials: Mapping[str, str]
    ) -> None:
        self.fake, self.proxy = fake, proxy
        self._refused = False
        surroundings = Surroundings(data_dir=data_dir, public_url="https://rounds.example.org")
        self._connector = XConnector(surroundings, read_timeout=READ_TIMEOUT)
        self._channel = Channel(
            id="01channel",
            provider="x",
            name="Our account",
            handle=fake.account.username,
            remote_id=USER_ID,
            base_url=proxy.url,
            credentials=credentials,
        )

    @property
    def connector(self) -> XConnector:
        return self._connector

    @property
    def channel(self) -> Channel:
        return self._channel

    def channel_with(self, **changes: Any) -> Channel:
        return replace(self._channel, **changes)

    def standing(self) -> Sequence[Standing]:
        posts = self.fake.account.posts.values()
        return [Standing(post.id, post.body.text, post.alt_texts) for post in posts]

    def arm(self, fault: Fault) -> None:
        if fault is Fault.REFUSE_CONNECTION:
            self._refused = True
            self.proxy.refuse()
        else:
            self.proxy.arm(plan(fault, self.proxy.url), creating)

    def disarm(self) -> None:
        self.proxy.disarm()
        if self._refused:
            self._refused = False
            self.proxy.accept()

    def remove(self, remote_id: str) -> None:
        del self.fake.account.posts[remote_id]

    def wait(self, span: timedelta) -> None:
        """The fake is ready after so many looks, however long they take."""

    def numbers(self, remote_id: str) -> Mapping[str, int]:
        return {"likes": 12, "reposts": 3, "replies": 0, "quotes": 1, "impressions": 480}

    def consent(self, request: AuthorizationRequest) -> Mapping[str, str]:
        answer = requests.get(request.url, allow_redirects=False, timeout=10)
        if answer.status_code == 200:
            return {"pin": answer.text}
        return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


@contextmanager
def rigged(tmp_path: Path, fake: FakeX, credentials: Mapping[str, str]) -> Iterator[XRig]:
    """The rig on loopback. Leaving fails when something was asked that X does not document."""
    with serve(fake.app()) as url, FaultProxy(url) as proxy:
        yield XRig(fake, proxy, tmp_path, credentials)
    assert not fake.violations, fake.violations
