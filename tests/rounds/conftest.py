"""The command line as a person uses it, over a real database in a folder of its own."""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from config.settings import Settings
from domain.actor import Actor
from domain.clock import SystemClock
from domain.words import Role
from people.access import found_practice
from people.members import add_member
from rounds.cli import app
from rounds.wiring import House, prepare
from tests.support.databases import SqliteTemplates
from tests.support.servers import closed_port

ZONE = "America/New_York"
PEOPLE: Mapping[str, frozenset[Role]] = {
    "admin": frozenset({Role.ADMIN}),
    "author": frozenset({Role.AUTHOR}),
    "approver": frozenset({Role.APPROVER}),
    "publisher": frozenset({Role.PUBLISHER}),
    "auditor": frozenset({Role.AUDITOR}),
}


@dataclass
class Line:
    """Runs `rounds …` with an environment of its own."""

    env: dict[str, str]

    def run(self, *arguments: str, stdin: str = "", **env: str) -> Result:
        given = {**self.env, **env}
        return CliRunner().invoke(app, list(arguments), input=stdin, env=given, catch_exceptions=False)

    def ok(self, *arguments: str, stdin: str = "", **env: str) -> str:
        """What a command that works says to a person."""
        result = self.run(*arguments, stdin=stdin, **env)
        assert result.exit_code == 0, result.output
        return result.stdout

    def json(self, *arguments: str, stdin: str = "", **env: str) -> Any:
        """The one JSON document on standard output."""
        return json.loads(self.ok(*arguments, "--json", stdin=stdin, **env))

    def refused(self, *arguments: str, stdin: str = "", **env: str) -> str:
        """The one sentence on standard error of a command that does not work."""
        result = self.run(*arguments, stdin=stdin, **env)
        assert result.exit_code == 1, result.output
        assert result.stdout == ""
        return result.stderr.strip()


@dataclass
class Office:
    """A practice with one person for each role, and a website channel that needs no network."""

    house: House
    line: Line
    actors: dict[str, Actor]
    tokens: dict[str, str] = field(default_factory=dict)

    def as_(self, role: str) -> Line:
        """The command line in the hands of the person with this role."""
        if role not in self.tokens:
            self.tokens[role] = self.house.access.make_token(self.actors[role], "tests")[1]
        return Line({**self.line.env, "ROUNDS_TOKEN": self.tokens[role]})

    def draft(self, text: str = "Flu shots are in. Walk in any weekday.", *more: str) -> str:
        made = self.as_("author").json("post", "new", "--channel", "News", "--text", text, *more)
        return str(made["id"])

    def approved(self, text: str = "Flu shots are in. Walk in any weekday.", *more: str) -> str:
        post_id = self.draft(text, *more)
        self.as_("author").ok("post", "submit", post_id)
        self.as_("approver").ok("review", "approve", post_id, "--yes")
        return post_id

    def publications(self, post_id: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.as_("author").json("post", "show", post_id)["publications"]
        return found


@pytest.fixture(autouse=True)
def quiet_logs() -> Iterator[None]:
    """Every command sets up its logs; the next test gets them as they were."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Line:
    """An empty folder, nobody signed in."""
    for name in [name for name in os.environ if name.startswith("ROUNDS_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return Line(
        {
            "ROUNDS_DATA_DIR": str(tmp_path / "data"),
            "ROUNDS_TOKEN_FILE": str(tmp_path / "home" / "token"),
            "ROUNDS_PORT": str(closed_port()),
        }
    )


@pytest.fixture
def house(line: Line, sqlite_templates: SqliteTemplates) -> Iterator[House]:
    """The same server from inside: prepared, and nobody works there yet."""
    folder = Path(line.env["ROUNDS_DATA_DIR"])
    folder.mkdir()
    sqlite_templates.database(folder)
    made = House(Settings(data_dir=folder, port=int(line.env["ROUNDS_PORT"])), SystemClock())
    prepare(made)
    yield made
    made.database.close()


@pytest.fixture
def office(house: House, line: Line) -> Office:
    actors = people(house)
    made = Office(house, line, actors)
    made.as_("admin").ok("channel", "add", "website", "--name", "News")
    return made


def people(house: House) -> dict[str, Actor]:
    """One person a role, none with a password: hashing takes a while."""
    with house.database.write() as work:
        now = house.clock.now()
        founder = found_practice(
            work,
            now,
            practice="Elm Street Pediatrics",
            zone=ZONE,
            name="Ada Admin",
            email="admin@elmstreet.example",
            password_hash=None,
        )
        actors = {}
        for name, roles in PEOPLE.items():
            row = add_member(
                work,
                founder,
                house.clock,
                name=f"{name.title()} of Elm Street",
                email=f"{name}@office.example",
                roles=roles,
                password_hash=None,
            )
            actors[name] = Actor(row.id, founder.practice_id, row.name, roles, "password")
        work.commit()
    return actors


@pytest.fixture
def publish(office: Office) -> Callable[[], None]:
    """Let a daemon do everything that is due now."""

    def work() -> None:
        engine = office.house.daemon().engine
        while engine.round() or not engine.idle:
            pass
        engine.drain()

    return work
