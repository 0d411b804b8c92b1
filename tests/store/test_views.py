"""What pages ask of the store stays quick when most publications are long over."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from domain.clock import SystemClock
from store.database import Database
from store.scope import PracticeScope
from tests.support.databases import SqliteTemplates

NOW = datetime(2027, 3, 1, tzinfo=UTC)
LOOKS: dict[str, Callable[[PracticeScope], object]] = {
    "the heartbeat": lambda scope: scope.publications.pulse(NOW),
    "what is open, by state": lambda scope: scope.publications.count_by_state(),
    "what needs a person": lambda scope: scope.troubles.counts(),
    "how many a Stop holds": lambda scope: scope.stops.scheduled(),
}


@pytest.mark.parametrize("look", LOOKS)
def test_a_look_at_what_is_open_passes_over_what_is_finished(
    tmp_path: Any, sqlite_templates: SqliteTemplates, look: str
) -> None:
    database = Database(sqlite_templates.database(tmp_path), SystemClock())
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, values: Any, *_rest: Any) -> None:
        asked.append((statement, values))

    event.listen(database.engine, "before_cursor_execute", note)
    with database.read() as work:
        LOOKS[look](work.practice("none"))
    event.remove(database.engine, "before_cursor_execute", note)
    statement, values = asked[-1]  # after BEGIN
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).all()
    database.close()
    assert any("ix_publications_open" in step[3] for step in plan), plan


def test_looking_at_the_tables_changes_nothing_and_may_be_done_at_any_time(database: Database) -> None:
    database.optimize()
    with database.read() as work:
        assert work.server.practices() == []
