"""A practice behind the API on a real server, and members who call it with tokens."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
from PIL import Image

from domain.actor import Actor
from domain.clock import Clock
from domain.words import Role
from people.access import found_practice
from rounds.wiring import House
from tests.support.practice import ZONE, Practice, found
from tests.support.scripted import ScriptedNetwork
from tests.support.servers import serve
from web.app import create_app

V1 = "/api/v1"


@dataclass(frozen=True)
class Caller:
    """One member with a token, or a stranger without."""

    client: httpx.Client
    token: str = ""

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        headers |= more.pop("headers", {})
        return self.client.request(method, f"{V1}{path}", headers=headers, **more)

    def get(self, path: str, **query: Any) -> Any:
        return done(self.call("GET", path, params=query))

    def post(self, path: str, **body: Any) -> Any:
        return done(self.call("POST", path, json=body))

    def put(self, path: str, **body: Any) -> Any:
        return done(self.call("PUT", path, json=body))

    def patch(self, path: str, **body: Any) -> Any:
        return done(self.call("PATCH", path, json=body))

    def refused(self, status: int, method: str, path: str, **more: Any) -> dict[str, Any]:
        """The body of an answer with this status: an error always has its sentence."""
        answer = self.call(method, path, **more)
        assert answer.status_code == status, answer.text
        body: dict[str, Any] = answer.json()
        assert body["error"][0].isupper() or body["error"][0] == "“"
        assert " " in body["error"]
        return body


def done(answer: httpx.Response) -> Any:
    assert answer.status_code < 300, answer.text
    return answer.json()


@dataclass
class World:
    """One practice with everybody's token."""

    practice: Practice
    client: httpx.Client
    network: ScriptedNetwork

    def as_(self, actor: Actor) -> Caller:
        return Caller(self.client, self.practice.house.access.make_token(actor, "tests")[1])

    @property
    def stranger(self) -> Caller:
        return Caller(self.client)

    @property
    def channel_id(self) -> str:
        return self.practice.channel_ids[0]


@contextmanager
def world(
    folder: Path, database_url: str, clock: Clock, network: ScriptedNetwork | None = None
) -> Iterator[World]:
    network = network or ScriptedNetwork(clock)
    practice = found(folder, database_url, clock, {"scripted": network}, ["scripted"])
    with serve(create_app(practice.house)) as address, httpx.Client(base_url=address, timeout=30) as client:
        yield World(practice, client, network)
    practice.house.database.close()


def png() -> bytes:
    """A picture of 8 by 8 pixels."""
    out = BytesIO()
    Image.new("RGB", (8, 8), (40, 90, 160)).save(out, "PNG")
    return out.getvalue()


def another_practice(house: House) -> Actor:
    """A second practice in the same database; its one member may do everything there."""
    with house.database.write() as work:
        admin = found_practice(
            work,
            house.clock.now(),
            practice="Elm Street Pediatrics",
            zone=ZONE,
            name="Ida Brandt",
            email="ida@elmstreet.example",
            password_hash=None,
        )
        work.commit()
    house.members.set_roles(admin, admin.member_id, frozenset(Role))
    return Actor(admin.member_id, admin.practice_id, admin.name, frozenset(Role), "password")
