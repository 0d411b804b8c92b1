"""The pages of one practice over real HTTP, and people who sit at them already signed in."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
from sqlalchemy import event
from starlette.requests import Request

from domain.actor import Actor
from people.secrets import new_token, token_hash
from store.models import Daemon, Session
from tests.support.clocks import SetClock
from tests.support.practice import Practice, found
from tests.support.scripted import ScriptedNetwork
from tests.support.servers import serve
from web.access import COOKIE, csrf_token
from web.app import create_app


@dataclass
class Visit:
    """A browser without a screen, signed in as one member (or as nobody)."""

    http: httpx.Client
    token: str = ""

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.http.get(path, **options)

    def part(self, path: str) -> httpx.Response:
        """As htmx asks for a dialog or a part of a page."""
        return self.http.get(path, headers={"HX-Request": "true"})

    def post(self, path: str, values: dict[str, Any] | None = None, **options: Any) -> httpx.Response:
        """Send a form of our own pages; the answer is not followed."""
        return self.http.post(path, data={"csrf_token": self.csrf} | (values or {}), **options)

    @property
    def csrf(self) -> str:
        # the same token that the page's form would carry
        return csrf_token(
            Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={self.token}".encode())]})
        )


@dataclass
class Desk:
    """A practice whose pages are served."""

    practice: Practice
    network: ScriptedNetwork
    clock: SetClock
    address: str
    clients: list[httpx.Client] = field(default_factory=list)

    def visit(self, actor: Actor | None = None, **headers: str) -> Visit:
        """Somebody opens a browser; with an actor, signed in without hashing a password."""
        token = self.session(actor) if actor else ""
        cookies = {COOKIE: token} if token else {}
        client = httpx.Client(base_url=self.address, cookies=cookies, headers=headers, timeout=30)
        self.clients.append(client)
        return Visit(client, token)

    def session(self, actor: Actor) -> str:
        """The token of a new sign-in."""
        token, now = new_token(), self.clock.now()
        row = Session(
            id=token_hash(token),
            practice_id=actor.practice_id,
            member_id=actor.member_id,
            created_at=now,
            seen_at=now,
            expires_at=now + timedelta(hours=12),
        )
        self._add(row)
        return token

    def beat(self) -> None:
        """A publisher says that it lives."""
        now = self.clock.now()
        self._add(
            Daemon(
                id=f"daemon-{now.timestamp():.0f}"[:26],
                host="here",
                pid=1,
                version="1",
                started_at=now,
                beat_at=now,
                detail={},
            )
        )

    def _add(self, row: Session | Daemon) -> None:
        with self.practice.house.database.write() as work:
            work.server.add(row)
            work.commit()

    @contextmanager
    def counting(self) -> Iterator[SimpleNamespace]:
        """Counts the statements that reach the database meanwhile."""
        seen = SimpleNamespace(statements=[])

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.statements.append(statement)

        engine = self.practice.house.database.engine
        event.listen(engine, "before_cursor_execute", note)
        try:
            yield seen
        finally:
            event.remove(engine, "before_cursor_execute", note)


@contextmanager
def desk(folder: Path, database_url: str, clock: SetClock, channels: int = 1) -> Iterator[Desk]:
    """A founded practice with *channels* scripted channels, its pages served on loopback."""
    network = ScriptedNetwork(clock)
    practice = found(folder, database_url, clock, {"scripted": network}, ["scripted"] * channels)
    with serve(create_app(practice.house)) as address:
        made = Desk(practice, network, clock, address)
        made.beat()
        yield made
        for client in made.clients:
            client.close()
    practice.close()
