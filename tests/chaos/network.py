"""The network on trial: the rehearsal network over real HTTP, slow, forgetful when told, and truthful to us.

What it truly accepted is known here, whatever its senders were told.
"""

import asyncio
import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.providers.rehearsal.behaviour import Behaviour
from connectors.providers.rehearsal.network import Network
from connectors.providers.rehearsal.state import Entry, State
from domain.clock import SystemClock
from tests.support.servers import serve


@dataclass(frozen=True)
class Accepted:
    """One post that the network took."""

    remote_id: str
    account_id: str
    text: str
    at: datetime  # by the true clock


class ForgetfulState(State):
    """Knows posts by their key, and takes a repeated key as another post: nothing hides a second send."""

    def add_post(self, entry: Entry) -> Entry:
        kept = super().add_post(entry)
        return kept if kept.id == entry.id else super().add_post(_once_more(entry))


class CountingState(State):
    """Honours keys as the rehearsal network does, and counts how often one was sent again."""

    repeats = 0

    def add_post(self, entry: Entry) -> Entry:
        kept = super().add_post(entry)
        self.repeats += kept.id != entry.id
        return kept


@dataclass(frozen=True)
class NetworkOnTrial:
    """The running network."""

    url: str
    state: State

    def behave(self, behaviour: Behaviour, accounts: Sequence[str]) -> None:
        for account_id in accounts:
            self.state.behave(account_id, behaviour)

    def accepted(self, accounts: Sequence[str]) -> list[Accepted]:
        """Everything these accounts ever got accepted, in no order."""
        return [
            Accepted(entry.id, account_id, entry.text, entry.published_at)
            for account_id in accounts
            for entry in self.state.posts(account_id)
        ]

    def comments(self, account_id: str, text: str) -> list[str]:
        """What stands below this account's posts of these words."""
        posts = [entry for entry in self.state.posts(account_id) if entry.text == text]
        return [comment.text for post in posts for comment in self.state.comments(post.id)]

    @property
    def repeats(self) -> int:
        """How often a key was sent again although its post stood."""
        return self.state.repeats if isinstance(self.state, CountingState) else 0


@contextmanager
def network(seed: int, *, forgetful: bool = True, seconds: float = 0.15) -> Iterator[NetworkOnTrial]:
    """A network whose writes take up to *seconds* before they are accepted and as long again to answer."""
    state = ForgetfulState() if forgetful else CountingState()
    app = Unhurried(Network(state, SystemClock(), open_door=True).app(), random.Random(seed), seconds)
    with serve(app) as url:
        yield NetworkOnTrial(url, state)
    state.close()


class Unhurried:
    """Accepts a write some time after it arrived, whether or not its sender still lives."""

    def __init__(self, app: ASGIApp, rng: random.Random, seconds: float) -> None:
        self._app, self._rng, self._seconds = app, rng, seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self._app(scope, receive, send)
            return
        before, after = self._rng.uniform(0, self._seconds), self._rng.uniform(0, self._seconds)
        arrived = [await _whole(receive)]
        await asyncio.sleep(before)

        async def receive_again() -> Message:
            return arrived.pop() if arrived else await receive()

        async def send_later(message: Message) -> None:
            if message["type"] == "http.response.start":
                await asyncio.sleep(after)
            await send(message)

        await self._app(scope, receive_again, send_later)


async def _whole(receive: Receive) -> Message:
    """The whole body of a request as one message."""
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return {"type": "http.request", "body": body, "more_body": False}


def _once_more(entry: Entry) -> Entry:
    return replace(entry, key=f"{entry.key} again {entry.id}")
