"""A network for measurements: one POST a publication, through the seam's own hardened session."""

import threading
from datetime import timedelta

import requests

from connectors.base import (
    Absent,
    AuthKind,
    CannotTell,
    Channel,
    Grade,
    Health,
    Journal,
    LookupStrength,
    Post,
    Published,
    Spec,
    Trace,
)
from connectors.http import HardenedSession, raise_for_status, transport_errors
from domain.clock import SystemClock


class SinkClient:
    """The HTTP client of the measurement; `bare` loops over this very class."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._local = threading.local()

    def session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = HardenedSession()
        return session

    def send(self, number: int, due: int, text: str) -> requests.Response:
        return self.session().post(f"{self._address}/p/{number}/{due}", json={"text": text})

    def seen(self, number: int) -> bool:
        return self.session().get(f"{self._address}/seen/{number}").text != "0"


class SinkConnector:
    """Publishes to the sink: its id is a number, its title the due instant in microseconds."""

    def __init__(self, key: str, address: str, slots: int) -> None:
        self._client = SinkClient(address)
        self._clock = SystemClock()
        self.spec = Spec(
            key=key,
            label="Sink",
            auth=AuthKind.NONE,
            text_limit=None,
            idempotent=False,
            lookup=LookupStrength.BY_KEY,
            call_timeout=timedelta(seconds=30),
            slots=slots,
            grade=Grade.FAKE,
        )

    def verify(self, channel: Channel) -> Health:
        return Health(ok=True, detail="")

    def publish(self, channel: Channel, post: Post, journal: Journal) -> Published:
        journal.intend("post")
        with transport_errors("Sink", write=True):
            response = self._client.send(int(post.key), int(post.title), post.content.text)
        raise_for_status(response, "Sink", write=True, now=self._clock.now())
        return Published(post.key)

    def lookup(self, channel: Channel, trace: Trace) -> Published | Absent | CannotTell:
        with transport_errors("Sink", write=False):
            return Published(trace.key) if self._client.seen(int(trace.key)) else Absent()
