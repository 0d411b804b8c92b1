"""What every test may use."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from store.database import Database
from tests.support.browsers import chromium
from tests.support.clocks import SetClock
from tests.support.databases import PostgresqlTemplates, SqliteTemplates, postgresql_server
from tests.support.practice import Practice, found
from tests.support.scripted import LivelyNetwork, PricedNetwork

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder with labelled and contract data, which never travels with the project."""
    named = os.environ.get("ROUNDS_SHARED_DATA")
    places = [Path(named)] if named else [parent / "shared" / "data" for parent in ROOT.parents]
    for place in places:
        if place.is_dir():
            return place
    pytest.skip("the shared data is not on this machine (set ROUNDS_SHARED_DATA to its folder)")


@pytest.fixture(scope="session")
def sqlite_templates(tmp_path_factory: pytest.TempPathFactory) -> SqliteTemplates:
    return SqliteTemplates(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgresql_templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresqlTemplates]:
    with postgresql_server(tmp_path_factory.mktemp("postgresql")) as server:
        templates = PostgresqlTemplates(server)
        yield templates
        templates.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh, migrated database; the test runs once on each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_templates").database(tmp_path)
        return
    with request.getfixturevalue("postgresql_templates").database() as url:
        yield url


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def database(database_url: str, clock: SetClock) -> Iterator[Database]:
    opened = Database(database_url, clock)
    yield opened
    opened.close()


@pytest.fixture
def network(clock: SetClock) -> LivelyNetwork:
    """A network in memory with every facet."""
    return LivelyNetwork(clock)


@pytest.fixture
def practice(
    tmp_path: Path, database_url: str, clock: SetClock, network: LivelyNetwork
) -> Iterator[Practice]:
    """A practice with people and two channels on that network; each test runs on both databases."""
    networks = {"scripted": network, "priced": PricedNetwork(clock)}
    founded = found(tmp_path, database_url, clock, networks, ["scripted"] * 2)
    yield founded
    founded.close()


@pytest.fixture
def postgresql_practice(
    tmp_path: Path, postgresql_templates: PostgresqlTemplates, clock: SetClock, network: LivelyNetwork
) -> Iterator[Practice]:
    """The same on PostgreSQL alone, for people and daemons who wait for each other's rows."""
    with postgresql_templates.database() as url:
        networks = {"scripted": network, "priced": PricedNetwork(clock)}
        founded = found(tmp_path, url, clock, networks, ["scripted"] * 2)
        yield founded
        founded.close()


@pytest.fixture
def small_practice(
    tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock, network: LivelyNetwork
) -> Iterator[Practice]:
    """The same on SQLite alone, for questions that no database decides."""
    url = sqlite_templates.database(tmp_path)
    networks = {"scripted": network, "priced": PricedNetwork(clock)}
    founded = found(tmp_path, url, clock, networks, ["scripted"] * 2)
    yield founded
    founded.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened
