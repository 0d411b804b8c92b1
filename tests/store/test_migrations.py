"""The schema: made by migrations alone, on both databases, up and down again."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text

from store.database import Database, StoreUnavailable, alembic_config
from store.models import Base
from tests.support.databases import PostgresqlTemplates


def test_the_migrations_make_exactly_the_tables_of_the_models(database: Database) -> None:
    with database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_going_down_leaves_nothing_and_going_up_again_works(database: Database) -> None:
    config = alembic_config(database.engine)
    command.downgrade(config, "base")
    left = set(inspect(database.engine).get_table_names())
    assert left <= {"alembic_version"}
    command.upgrade(config, "head")
    assert database.is_current()


def test_a_database_from_a_newer_version_is_refused_in_one_sentence(database: Database) -> None:
    with database.write() as work:
        work.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        work.commit()
    with pytest.raises(StoreUnavailable, match="newer Rounds"):
        database.migrate()


def test_a_file_that_is_no_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "rounds.db"
    path.write_bytes(b"not a database at all, but long enough to be read as one" * 40)
    with pytest.raises(StoreUnavailable, match="not a Rounds database"):
        Database(f"sqlite:///{path}").migrate()


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        Database(f"sqlite:///{tmp_path}/missing/rounds.db").migrate()


def test_sqlite_writes_ahead_and_waits_for_the_disk(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/rounds.db")
    database.migrate()
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
        assert connection.exec_driver_sql("PRAGMA foreign_keys").scalar() == 1
    database.close()


@pytest.fixture
def spare(postgresql_templates: PostgresqlTemplates) -> Iterator[str]:
    with postgresql_templates.database() as url:
        yield url


def test_a_postgresql_that_does_not_answer_is_refused_in_one_sentence(spare: str) -> None:
    gone = spare.split("?", maxsplit=1)[0] + "?host=127.0.0.1&port=9"
    with pytest.raises(StoreUnavailable, match="No PostgreSQL answers"):
        Database(gone).migrate()
