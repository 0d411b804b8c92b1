"""The API over a practice of its own, on each kind of database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.clocks import SetClock
from tests.web.api.world import Caller, World, world


@pytest.fixture
def api(tmp_path: Path, database_url: str, clock: SetClock) -> Iterator[World]:
    with world(tmp_path, database_url, clock) as made:
        yield made


@pytest.fixture
def author(api: World) -> Caller:
    return api.as_(api.practice.author)


@pytest.fixture
def approver(api: World) -> Caller:
    return api.as_(api.practice.approver)


@pytest.fixture
def admin(api: World) -> Caller:
    return api.as_(api.practice.admin)
