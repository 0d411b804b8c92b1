"""Daemons say that they live; on SQLite only one may."""

import fcntl
import os
import socket
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import IO

from domain.clock import Clock
from domain.ids import new_id
from store.database import Database, StoreUnavailable
from store.models import Daemon

BEAT_EVERY = timedelta(seconds=5)
STALE_AFTER = timedelta(seconds=30)  # longer than any sleep, so that quiet never looks like dead


@dataclass
class Heartbeat:
    """This daemon's row. On SQLite it also holds a lock that the system releases when the process ends."""

    database: Database
    clock: Clock
    version: str
    id: str = field(default_factory=new_id)
    _lock: IO[str] | None = None

    def begin(self) -> tuple[str, ...]:
        """Register; returns the ids of daemons known to be dead, whose claims may be taken at once."""
        if self.database.is_sqlite:
            self._lock = _lock_beside(Path(str(self.database.engine.url.database)))
        dead: tuple[str, ...] = ()
        with self.database.write() as work:
            now = work.now()
            for daemon in work.server.daemons():
                gone = self.database.is_sqlite or now - daemon.beat_at > timedelta(hours=1)
                if gone:
                    daemon.stopped_at = now
                    dead = (*dead, daemon.id)
            work.server.add(
                Daemon(
                    id=self.id,
                    host=socket.gethostname(),
                    pid=os.getpid(),
                    version=self.version,
                    started_at=now,
                    beat_at=now,
                    detail={},
                )
            )
            work.commit()
        return dead

    def beat(self) -> None:
        with self.database.write() as work:
            daemon = work.server.daemon(self.id)
            if daemon is not None:
                daemon.beat_at = work.now()
                work.commit()

    def end(self) -> None:
        with self.database.write() as work:
            daemon = work.server.daemon(self.id)
            if daemon is not None:
                daemon.stopped_at = daemon.beat_at = work.now()
                work.commit()
        self.release()

    def release(self) -> None:
        """Let go of the lock without a goodbye, as a process does that dies."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None


def _lock_beside(database: Path) -> IO[str]:
    """The lock that says "a daemon works on this file"; raises StoreUnavailable when another holds it."""
    file = database.with_name(database.name + ".daemon").open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.seek(0)
        holder = file.read().strip() or "unknown"
        file.close()
        raise StoreUnavailable(
            f"Rounds already runs on {database} (process {holder}). Stop that one first, or use PostgreSQL "
            "to run several."
        ) from None
    file.seek(0)
    file.truncate()
    file.write(str(os.getpid()))
    file.flush()
    return file
