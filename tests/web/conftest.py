"""Pages over real HTTP. Most stories are told on SQLite; what asks the store something new, on both."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clocks import SetClock
from tests.support.databases import SqliteTemplates
from tests.support.desk import Desk, desk


@pytest.fixture
def on_sqlite(tmp_path: Path, sqlite_templates: SqliteTemplates, clock: SetClock) -> Iterator[Desk]:
    with desk(tmp_path, sqlite_templates.database(tmp_path), clock, channels=2) as served:
        yield served


@pytest.fixture
def on_both(tmp_path: Path, database_url: str, clock: SetClock) -> Iterator[Desk]:
    with desk(tmp_path, database_url, clock, channels=2) as served:
        yield served
