"""Where the example's month is played: a house of its own, a clock that is turned, a network that stumbles.

The month plays in a database of its own, so that no daemon of the real one takes part and no real post is
touched. Only the finished practice is carried over. The connectors are the real ones: what they keep lies
where it always lies, and their pages answer on a loopback port for the while.
"""

import os
import socket
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from connectors.base import Connector, Serves
from rounds.demo.script import Mishap
from rounds.wiring import House, prepare
from scheduler.dispatch import Engine
from scheduler.sidework import SideWorker

MEMORY = Path("/dev/shm")  # noqa: S108 - a disk in memory; what is made there has a name of its own
REFUSAL = "The words name an event that this network does not list."


class TurnedClock:
    """Stands still until it is turned on; never back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def turn_to(self, instant: datetime) -> None:
        self._now = max(self._now, instant)


class Stumbling:
    """The network's pages, which stumble over requests that name certain posts by their key."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.mishaps: dict[str, Mishap] = {}  # by publication id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = self._named(scope)
        match self.mishaps.get(key):
            case None:
                await self._app(scope, receive, send)
            case Mishap.REFUSED:
                await _refusal()(scope, receive, send)
            case Mishap.LOST:
                await self._app(scope, receive, _nowhere)
                await _failure()(scope, receive, send)
            case Mishap.HICCUP:
                del self.mishaps[key]
                await _failure()(scope, receive, send)

    def _named(self, scope: Scope) -> str:
        """The post that a request is about, by its key in the headers or in the query."""
        if not self.mishaps or scope["type"] != "http":
            return ""
        keys = [value for name, value in scope["headers"] if name == b"idempotency-key"]
        said = b" ".join([*keys, scope["query_string"]]).decode("latin-1")
        return next((key for key in self.mishaps if key in said), "")


async def _nowhere(_message: Message) -> None:
    """Where an answer goes that gets lost."""


def _refusal() -> Response:
    return JSONResponse({"detail": REFUSAL}, 422, media_type="application/problem+json")


def _failure() -> Response:
    return PlainTextResponse("", 502)


@dataclass
class Stage:
    """A practice's month under way."""

    house: House
    clock: TurnedClock
    network: Stumbling
    engine: Engine = field(init=False)
    side: SideWorker = field(init=False)

    def __post_init__(self) -> None:
        self.engine = self.house.daemon().engine
        own = self.house
        self.side = SideWorker(own.database, own.clock, own.registry, own.seal, self.engine.owner)

    def work(self) -> None:
        """What a daemon would do at this moment: send what is due, then what follows a receipt."""
        while self.engine.round() or not self.engine.idle:
            time.sleep(0.02)
        self.side.run_due()


@contextmanager
def set_stage(house: House, start: datetime) -> Iterator[Stage]:
    """A stage beside `house`, at an instant in the past."""
    clock = TurnedClock(start)
    listener = _listener()
    inner_url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with tempfile.TemporaryDirectory(dir=_scratch()) as folder:
        settings = house.settings.model_copy(update={"database_url": f"sqlite:///{Path(folder) / 'demo.db'}"})
        own = replace(house, settings=settings, clock=clock, inner_url=inner_url)
        network = Stumbling(_public_pages(own.registry.all()))
        with _served(network, listener):
            prepare(own)
            playing = Stage(own, clock, network)
            try:
                yield playing
            finally:
                playing.engine.drain()
                own.database.close()


def _scratch() -> Path | None:
    """A place for what is gone in a moment; None leaves the choice to the system."""
    return MEMORY if os.access(MEMORY, os.W_OK) else None


def _public_pages(connectors: Sequence[Connector]) -> ASGIApp:
    """The connectors' own pages, at the paths where the web room hangs them."""
    return Starlette(
        routes=[
            Mount(f"/public/{connector.spec.key}", connector.pages())
            for connector in connectors
            if isinstance(connector, Serves)
        ]
    )


def _listener() -> socket.socket:
    # asyncio turns Nagle's algorithm off (40 ms an answer) only where the protocol is named
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(64)
    return listener


@contextmanager
def _served(app: ASGIApp, listener: socket.socket) -> Iterator[None]:
    """Answer on the listener, in a thread, until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="demo-network", daemon=True
    )
    thread.start()
    try:
        yield
    finally:
        server.should_exit = server.force_exit = True
        thread.join()
        listener.close()
