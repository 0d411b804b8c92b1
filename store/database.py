"""Opening a database, and the unit of work: leaving it without commit means rollback."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine, event, exc, func, select, text
from sqlalchemy.orm import Session

from domain.clock import Clock, SystemClock
from store.scope import PracticeScope
from store.server import ServerScope
from store.types import Instant

MIGRATIONS = Path(__file__).parent / "migrations"
BUSY_SECONDS = 10


NO_DATABASE = (exc.OperationalError, exc.InterfaceError)  # it does not answer, whatever it was asked


class StoreUnavailable(Exception):
    """The database cannot be used; the message says why and what to do."""


class Database:
    """One SQLite file or one PostgreSQL database."""

    def __init__(self, url: str, clock: Clock | None = None) -> None:
        """`url` is an SQLAlchemy URL: sqlite:///path or postgresql+psycopg://…

        Without a clock of its own, PostgreSQL's is asked, since the hosts of several daemons may disagree.
        """
        self.clock = clock or SystemClock()
        self.asks_server = clock is None and not url.startswith("sqlite")
        self.engine = _engine(url)
        self._writing = self.engine.execution_options(writes=True)

    @property
    def is_sqlite(self) -> bool:
        return self.engine.dialect.name == "sqlite"

    def write(self) -> "UnitOfWork":
        """A unit of work that may change things; on SQLite it holds the one write lock."""
        return UnitOfWork(Session(self._writing, expire_on_commit=False), self)

    def read(self) -> "UnitOfWork":
        """A unit of work that only looks."""
        return UnitOfWork(Session(self.engine, expire_on_commit=False), self)

    def optimize(self) -> None:
        """Let SQLite look at what its tables hold, to pick the right indexes; PostgreSQL does so itself."""
        if not self.is_sqlite:
            return
        with self._writing.connect() as connection:
            connection.exec_driver_sql("PRAGMA analysis_limit = 400")
            connection.exec_driver_sql("PRAGMA optimize = 0x10002")
            connection.commit()

    def close(self) -> None:
        self.engine.dispose()

    # ------------------------------------------------------------ schema

    def migrate(self) -> None:
        """Bring the schema up to date; raises StoreUnavailable when it is newer than this Rounds."""
        with _clear_errors(self.engine):
            self.check_not_newer()
            config = alembic_config(self.engine)
            command.upgrade(config, "head")

    def check_not_newer(self) -> None:
        """Raises StoreUnavailable when a newer Rounds has already migrated this database."""
        known = {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}
        current = self.schema_revision()
        if current is not None and current not in known:
            raise StoreUnavailable(
                f"This database was last used by a newer Rounds (schema {current}). "
                "Start that version again, or restore a backup from before the upgrade."
            )

    def schema_revision(self) -> str | None:
        with self.engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()

    def is_current(self) -> bool:
        """Whether every migration of this Rounds has run."""
        return self.schema_revision() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


class UnitOfWork:
    """One transaction over all repositories."""

    def __init__(self, session: Session, database: Database) -> None:
        self.session = session
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.session.close()

    def commit(self) -> None:
        self.session.commit()

    def practice(self, practice_id: str) -> PracticeScope:
        """The repositories of one practice; nothing of another practice can be reached through them."""
        return PracticeScope(self.session, practice_id)

    @property
    def server(self) -> ServerScope:
        """What belongs to the server rather than to one practice: sign-in, the queue, daemons."""
        return ServerScope(self.session)

    def now(self) -> datetime:
        """The instant that claims and leases go by."""
        if not self._database.asks_server:
            return self._database.clock.now()
        return self.session.execute(select(func.clock_timestamp(type_=Instant()))).scalar_one()


def _engine(url: str) -> Engine:
    if url.startswith("sqlite"):
        engine = create_engine(url, connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return create_engine(
        url, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args={"connect_timeout": 5}
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver's own transaction handling is switched off; _begin_sqlite opens them.
    connection.isolation_level = None
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",  # with NORMAL a power cut could forget that a post went out
        "foreign_keys = ON",
        f"busy_timeout = {BUSY_SECONDS * 1000}",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Any) -> None:
    # A writer asks for the write lock at once: upgrading a read lock later can fail half-way.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def alembic_config(engine: Engine) -> Config:
    """Alembic on this engine, with our migrations."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["engine"] = engine
    return config


@contextmanager
def _clear_errors(engine: Engine) -> Iterator[None]:
    try:
        yield
    except exc.OperationalError as error:
        raise StoreUnavailable(explain(error, str(engine.url.database or ""))) from error
    except exc.DatabaseError as error:
        raise StoreUnavailable(explain(error, str(engine.url.database or ""))) from error


def explain(error: exc.DBAPIError, where: str) -> str:
    """One sentence for a database failure: what, where, how to fix it."""
    said = str(error.orig).strip().splitlines()[0] if error.orig else str(error)
    for sign, sentence in _SENTENCES:
        if sign in said:
            return sentence.format(where=where)
    return f"The database {where} answered: {said}."


_SENTENCES = (
    (
        "readonly database",
        "The database {where} is read-only. Give this user write access to the data folder.",
    ),
    (
        "unable to open",
        "The database {where} cannot be opened. Check that its folder exists and is writable.",
    ),
    ("database or disk is full", "The disk that holds {where} is full. Free some space and start again."),
    ("No space left", "The disk that holds {where} is full. Free some space and start again."),
    ("database is locked", "Another process keeps {where} locked. Stop it, then start Rounds again."),
    (
        "malformed",
        "The database {where} is damaged. Keep the file, restore the latest backup, then start again.",
    ),
    ("file is not a database", "{where} is not a Rounds database. Check the path, or restore a backup."),
    ("connection failed", "No PostgreSQL answers for {where}. Check that it runs and that the URL is right."),
    ("does not exist", "The database {where} does not exist. Create it first: createdb {where}"),
)


def ping(database: Database) -> bool:
    """Whether the database answers at all."""
    try:
        with database.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except exc.DBAPIError:
        return False
    return True
